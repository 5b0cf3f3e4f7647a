-- One figure that may not exceed another, by seeds/rules/limit.csv, inside a report.
with pair as (
    select
        m.limit_id,
        m.rule_id,
        m.message as limit_message,
        l.*,
        g.figure_id as greater_id,
        g.value as greater_value,
        g.quote as greater_quote,
        g.item_label as greater_label,
        l.half_width + g.half_width as tolerance,
        l.value - g.value as difference
    from {{ ref('int_report_figure') }} as l
    inner join {{ ref('limit') }} as m on l.item = m.lesser_item and l.phase = m.lesser_phase
    inner join {{ ref('int_report_figure') }} as g
        on l.report_id = g.report_id
            and l.fiscal_year = g.fiscal_year
            and g.item = m.greater_item
            and g.phase = m.greater_phase
            and (m.scope = 'report' or l.block_no = g.block_no)
)

select
    limit_id || ':' || figure_id || ':' || greater_id as check_key,
    rule_id,
    cast(null as varchar) as severity,
    case
        when difference <= 0 then 'pass'
        when difference <= tolerance then 'rounding'
        else 'fail'
    end as state,
    {{ compared('greater_value', 'value') }},
    limit_message || '：' || item_label || {{ readable('value', 'unit') }} || '，' || greater_label
    || {{ readable('greater_value', 'unit') }} || '，超出' || {{ readable('difference', 'unit') }} as message,
    [figure_id, greater_id] as figure_ids,
    {{ evidence('[quote, greater_quote]') }} as evidence
from pair
