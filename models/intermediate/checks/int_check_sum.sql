-- Totals against their parts, by the identities of seeds/rules/identity.csv. A total's parts are those printed after
-- it and before the next print of the same total: a report tells several breakdowns, each with its own total.
with total as (
    select
        f.*,
        i.identity_id,
        i.rule_id,
        lead(f.number_no) over (
            partition by f.report_id, f.fiscal_year, f.item, f.phase, i.identity_id order by f.number_no
        ) as next_total
    from {{ ref('int_told_figure') }} as f
    inner join (select distinct identity_id, rule_id, total_item from {{ ref('identity') }}) as i
        on f.item = i.total_item
    where f.component = 'total'
        and f.unit = 'yuan'
        and f.phase <> 'change'
),

wanted as (
    select t.*, i.part_item, i.is_required, i.scope
    from total as t
    inner join {{ ref('identity') }} as i on t.identity_id = i.identity_id
),

part as (
    select
        w.figure_id as total_id,
        w.identity_id,
        w.part_item,
        w.is_required,
        p.figure_id,
        p.value,
        p.half_width,
        p.quote,
        p.item_label,
        p.number_no
    from wanted as w
    left join {{ ref('int_told_figure') }} as p
        on w.report_id = p.report_id
            and w.fiscal_year = p.fiscal_year
            and w.phase = p.phase
            and w.part_item = p.item
            and p.component = 'total'
            and p.number_no > w.number_no
            and (w.next_total is null or p.number_no < w.next_total)
            and (w.scope = 'report' or p.block_no = w.block_no)
    qualify row_number() over (partition by w.figure_id, w.identity_id, w.part_item order by p.number_no) = 1
),

added as (
    select
        total_id,
        identity_id,
        sum(value) as parts_value,
        sum(half_width) as parts_half_width,
        count(figure_id) as parts_found,
        count(*) filter (where figure_id is null and is_required) as required_missing,
        count(*) filter (where figure_id is null and not is_required) as optional_missing,
        {{ list_in_order('figure_id', 'number_no', where='figure_id is not null') }} as part_ids,
        {{ list_in_order('quote', 'number_no', where='quote is not null') }} as part_quotes,
        string_agg(item_label, '、' order by number_no) filter (where figure_id is not null) as part_labels,
        string_agg({{ readable('value', "'yuan'") }}, ' + ' order by number_no)
            filter (where figure_id is not null) as sum_text
    from part
    group by total_id, identity_id
    having count(figure_id) > 0
),

compared as (
    select
        t.*,
        a.parts_value,
        a.parts_half_width + t.half_width as tolerance,
        t.value - a.parts_value as difference,
        a.required_missing,
        a.optional_missing,
        a.part_ids,
        a.part_quotes,
        a.part_labels,
        a.sum_text
    from total as t
    inner join added as a on t.figure_id = a.total_id and t.identity_id = a.identity_id
)

select
    identity_id || ':' || figure_id as check_key,
    rule_id,
    cast(null as varchar) as severity,
    case
        when abs(difference) <= tolerance then {{ state_of('difference', 'tolerance') }}
        -- parts that exceed the whole contradict it, whatever is missing
        when required_missing > 0 and difference > 0 then 'insufficient'
        when optional_missing > 0 and difference > 0 then 'insufficient'
        else 'fail'
    end as state,
    {{ compared('parts_value', 'value') }},
    item_label || '印为' || {{ readable('value', 'unit') }} || '，其各部分（' || part_labels || '）为 ' || sum_text
    || ' = ' || {{ readable('parts_value', 'unit') }} || '，相差' || {{ readable('abs(difference)', 'unit') }} as message,
    list_prepend(figure_id, part_ids) as figure_ids,
    {{ evidence('list_prepend(quote, part_quotes)') }} as evidence
from compared
