-- S10: an amount or score that was printed without its unit, which was taken from its surroundings.
select
    'unit:' || figure_id as check_key,
    'S10' as rule_id,
    case when unit = 'score' then 'info' end as severity,
    'fail' as state,
    document_id,
    organization_name,
    fiscal_year,
    cast(null as decimal(28, 6)) as expected,
    value as observed,
    cast(null as decimal(28, 6)) as difference,
    cast(null as decimal(28, 6)) as tolerance,
    unit,
    item_label || '“' || printed || '”没有印出单位，按上下文作' || {{ readable('value', 'unit') }} || '计' as message,
    [figure_id] as figure_ids,
    [quote] as evidence
from {{ ref('int_figure') }}
where unit_implied
