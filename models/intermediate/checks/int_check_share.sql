-- T02: a printed share against part and whole. The whole is the number that the sentence names or opens, else the
-- figure of the base's item in the same report.
with share as (
    select
        s.*,
        p.figure_id as part_id,
        p.value as part_value,
        p.half_width as part_half,
        p.phase as part_phase,
        p.quote as part_quote
    from {{ ref('int_told_figure') }} as s
    left join {{ ref('int_told_figure') }} as p
        on s.document_id = p.document_id and s.of_number = p.number_no
    where s.phase = 'share_pct'
),

linked as (
    select
        s.*,
        coalesce(w.figure_id, r.figure_id) as whole_id,
        coalesce(w.value, r.value) as whole_value,
        coalesce(w.half_width, r.half_width) as whole_half,
        coalesce(w.quote, r.quote) as whole_quote,
        coalesce(w.item_label, r.item_label) as whole_label
    from share as s
    left join {{ ref('int_told_figure') }} as w
        on s.document_id = w.document_id
            and s.whole_number = w.number_no
            and w.phase = s.part_phase
    left join {{ ref('int_report_figure') }} as r
        on s.report_id = r.report_id
            and s.fiscal_year = r.fiscal_year
            and s.base_item = r.item
            and s.part_phase = r.phase
            and (r.tranche is null or r.tranche = s.tranche)
    qualify row_number() over (partition by s.figure_id order by r.number_no) = 1
),

compared as (
    select
        *,
        {{ percent_of('part_value', 'whole_value') }} as expected,
        case
            when part_value is null or whole_value is null then null
            else {{ percent_is_possible('value', 'half_width', 'part_value', 'part_half', 'whole_value', 'whole_half') }}
        end as is_possible
    from linked
)

select
    'share:' || figure_id as check_key,
    'T02' as rule_id,
    cast(null as varchar) as severity,
    case
        when part_value is null or whole_value is null then 'insufficient'
        when whole_value = 0 then 'not_applicable'
        when abs(expected - value) <= half_width and is_possible then 'pass'
        when is_possible then 'rounding'
        else 'fail'
    end as state,
    document_id,
    organization_name,
    fiscal_year,
    expected,
    value as observed,
    value - expected as difference,
    half_width as tolerance,
    unit,
    item_label || '占' || coalesce(nullif(base, ''), whole_label, '总数') || '印为' || {{ readable('value', 'unit') }} || '，按'
    || {{ readable('part_value', "'yuan'") }} || ' ÷ ' || {{ readable('whole_value', "'yuan'") }} || '重算为'
    || {{ readable('expected', 'unit') }} as message,
    {{ evidence('[figure_id, part_id, whole_id]') }} as figure_ids,
    {{ evidence('[quote, part_quote, whole_quote]') }} as evidence
from compared
