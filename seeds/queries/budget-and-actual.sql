-- 一个单位的年初预算、全年预算和决算
-- 一行一个支出项，金额为万元；“印刷执行率”与“重算执行率”不同的，看 gouji query contradictions。
-- $organization organization: 单位名称或其中一部分
-- $year integer?: 财政年度；不写则全部年度
select
    fiscal_year as 年度,
    line_name as 支出项,
    cast(initial_budget_yuan * 0.0001 as decimal(18, 2)) as 年初预算_万元,
    cast(full_year_budget_yuan * 0.0001 as decimal(18, 2)) as 全年预算_万元,
    cast(actual_yuan * 0.0001 as decimal(18, 2)) as 决算_万元,
    cast(stated_execution_rate_pct as decimal(9, 2)) as 印刷执行率_pct,
    cast(execution_rate_pct as decimal(9, 2)) as 重算执行率_pct
from marts.fct_budget_execution
where organization_name = $organization
    and ($year is null or fiscal_year = $year)
order by
    fiscal_year,
    case line_type when 'whole_unit' then 1 when 'basic' then 2 when 'project' then 3 when 'function' then 4 else 5 end,
    actual_yuan desc nulls last,
    line_name
