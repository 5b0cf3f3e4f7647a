-- T02: the shares of one whole, told in one paragraph, come to 100 %: where their parts are all the parts that
-- seeds/rules/identity.csv knows of the whole, or where the amounts come to it. A selection comes to less, and a list with
-- parts of parts to more: nothing is said of these, nor where int_check_share finds one of the shares wrong.
with share as (
    select
        s.*,
        p.value as part_value,
        p.half_width as part_half,
        p.phase as part_phase,
        coalesce(c.state = 'fail', false) as is_wrong,
        md5(concat_ws('|', s.report_id, cast(s.block_no as varchar), cast(s.fiscal_year as varchar), s.base_item,
            cast(coalesce(s.whole_number, 0) as varchar))) as list_id
    from {{ ref('int_told_figure') }} as s
    left join {{ ref('int_told_figure') }} as p on s.document_id = p.document_id and s.of_number = p.number_no
    left join {{ ref('int_check_share') }} as c on c.check_key = 'share:' || s.figure_id
    where s.phase = 'share_pct' and (s.base_item is not null or s.whole_number is not null)
    -- a share that is told twice is one
    qualify row_number() over (
        partition by s.document_id, s.block_no, s.fiscal_year, s.base_item, s.whole_number, s.item_key, s.component
        order by s.number_no
    ) = 1
),

identity_size as (
    select
        identity_id,
        total_item,
        count(*) as parts,
        count(*) filter (where is_required) as required_parts
    from {{ ref('identity') }}
    group by identity_id, total_item
),

-- the identities whose parts are all in the list: with the optional ones, or without
known as (
    select
        s.list_id,
        z.parts - count(i.part_item) as unprinted,
        count(i.part_item) as found
    from share as s
    inner join {{ ref('identity') }} as i on s.base_item = i.total_item and s.item = i.part_item
    inner join identity_size as z on i.identity_id = z.identity_id
    group by s.list_id, i.identity_id, z.parts, z.required_parts
    having count(*) filter (where i.is_required) = z.required_parts
    qualify row_number() over (partition by s.list_id order by i.identity_id) = 1
),

added as (
    select
        list_id,
        report_id,
        document_id,
        fiscal_year,
        base_item,
        whole_number,
        min(organization_name) as organization_name,
        min(unit) as unit,
        min(part_phase) as part_phase,
        bool_or(is_wrong) as has_wrong,
        count(*) as shares,
        count(part_value) as parts,
        sum(value) as value,
        sum(half_width) as half_width,
        sum(part_value) as part_value,
        sum(part_half) as part_half,
        list(figure_id order by number_no) as figure_ids,
        list(quote order by number_no) as quotes,
        min(number_no) as first_number,
        string_agg({{ readable('value', 'unit') }}, ' + ' order by number_no) as sum_text,
        string_agg(item_label, '、' order by number_no) as labels
    from share
    group by list_id, report_id, document_id, fiscal_year, base_item, whole_number
    having count(*) > 1
),

compared as (
    select
        a.*,
        k.unprinted,
        coalesce(k.found = a.shares, false) as is_known,
        coalesce(
            a.parts = a.shares and abs(a.part_value - coalesce(w.value, r.value)) <= a.part_half + coalesce(w.half_width, r.half_width),
            false
        ) as is_whole,
        coalesce(w.value, r.value) as whole_value,
        coalesce(w.item_label, r.item_label) as whole_label,
        cast(100 as decimal(28, 6)) as expected,
        a.value - 100 as difference,
        -- what the rounding of the amounts allows comes on top
        a.half_width
        + coalesce({{ percent_of('(a.part_half + coalesce(w.half_width, r.half_width))', 'coalesce(w.value, r.value)') }}, 0)
            as tolerance
    from added as a
    left join known as k on a.list_id = k.list_id
    left join {{ ref('int_told_figure') }} as w
        on a.document_id = w.document_id and a.whole_number = w.number_no and w.phase = a.part_phase
    left join {{ ref('int_report_figure') }} as r
        on a.report_id = r.report_id
            and a.fiscal_year = r.fiscal_year
            and a.base_item = r.item
            and a.part_phase = r.phase
    qualify row_number() over (partition by a.list_id order by r.number_no) = 1
)

select
    'share_sum:' || figure_ids[1] as check_key,
    'T02' as rule_id,
    cast(null as varchar) as severity,
    case
        when has_wrong or whole_value = 0 then 'not_applicable'
        when abs(difference) <= half_width and (is_known or is_whole) then 'pass'
        when abs(difference) <= tolerance and (is_known or is_whole) then 'rounding'
        when is_whole or (is_known and (difference > 0 or unprinted = 0)) then 'fail'
        when is_known then 'insufficient'
        else 'not_applicable'
    end as state,
    document_id,
    organization_name,
    fiscal_year,
    expected,
    value as observed,
    difference,
    cast(tolerance as decimal(28, 6)) as tolerance,
    unit,
    coalesce(whole_label, '总数') || '的各部分（' || labels || '）占比为 ' || sum_text || ' = ' || {{ readable('value', 'unit') }}
    || '，合计应为100%' as message,
    figure_ids,
    {{ evidence('quotes') }} as evidence
from compared
