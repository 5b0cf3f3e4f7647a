-- S10: figures whose own print is wrong: no unit (which a 0 does not need), or a zero too many in front. T10: a share
-- without its %.
with fault as (
    select
        *,
        case when unit_implied and phase = 'share_pct' then 'T10' else 'S10' end as rule_id,
        case
            when unit_implied and phase = 'share_pct' then '没有印出百分号，按' || {{ readable('value', 'unit') }} || '计'
            when unit_implied then '没有印出单位，按上下文作' || {{ readable('value', 'unit') }} || '计'
            else '数字前多出0，按字面作' || {{ readable('value', 'unit') }} || '计'
        end as fault_text,
        case when unit_implied and unit = 'score' then 'info' end as fault_severity
    from {{ ref('int_told_figure') }}
    where (unit_implied and value <> 0)
        or regexp_matches(stated, '^0[0-9]')
)

select
    'number:' || figure_id as check_key,
    rule_id,
    fault_severity as severity,
    'fail' as state,
    document_id,
    organization_name,
    fiscal_year,
    cast(null as decimal(28, 6)) as expected,
    value as observed,
    cast(null as decimal(28, 6)) as difference,
    cast(null as decimal(28, 6)) as tolerance,
    unit,
    item_label || '“' || printed || '”' || fault_text as message,
    [figure_id] as figure_ids,
    [quote] as evidence
from fault
