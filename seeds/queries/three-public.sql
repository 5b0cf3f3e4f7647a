-- “三公”经费：预算、决算和三项构成
-- 一行一个单位一年，金额为元，决算多的在前；“超预算”为决算大于预算。
-- $year integer?: 财政年度；不写则全部年度
-- $name text?: 单位名称里的字；不写则全部单位
select
    organization_name as 单位,
    fiscal_year as 年度,
    total_budget_yuan as 预算_元,
    total_actual_yuan as 决算_元,
    overseas_actual_yuan as 出国_元,
    vehicle_actual_yuan as 用车_元,
    reception_actual_yuan as 接待_元,
    case when total_actual_yuan > total_budget_yuan then '是' when total_actual_yuan <= total_budget_yuan then '否' end as 超预算
from marts.fct_three_public
where ($year is null or fiscal_year = $year)
    and ($name is null or contains(organization_name, $name))
order by total_actual_yuan desc nulls last, organization_name, fiscal_year
