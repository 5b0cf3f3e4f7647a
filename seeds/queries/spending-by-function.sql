-- 一个单位的钱用于哪些职能：支出功能分类
-- 一行一个科目，金额为万元，多的在前。
-- $organization organization: 单位名称或其中一部分
-- $year integer?: 财政年度；不写则全部年度
select
    fiscal_year as 年度,
    function_code as 科目编码,
    function_name as 科目,
    cast(initial_budget_yuan * 0.0001 as decimal(18, 2)) as 年初预算_万元,
    cast(actual_yuan * 0.0001 as decimal(18, 2)) as 决算_万元,
    cast(share_pct as decimal(9, 2)) as 印刷占比_pct
from marts.fct_function_expenditure
where organization_name = $organization
    and ($year is null or fiscal_year = $year)
order by fiscal_year, actual_yuan desc nulls last, function_name
