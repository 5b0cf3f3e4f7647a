-- 花不出去的项目：执行率低于某个百分数
-- 一行一个项目，执行率低的在前，金额为万元。自评得分放在旁边：钱没有花，分数却高的，值得问一问。
-- $below integer = 80: 执行率低于百分之几
-- $year integer?: 财政年度；不写则全部年度
select
    organization_name as 单位,
    fiscal_year as 年度,
    project_name as 项目,
    cast(budget_yuan * 0.0001 as decimal(18, 2)) as 预算_万元,
    cast(actual_yuan * 0.0001 as decimal(18, 2)) as 支出_万元,
    cast(100 * actual_yuan / nullif(budget_yuan, 0) as decimal(9, 1)) as 执行率_pct,
    cast(score as decimal(9, 2)) as 自评得分
from marts.fct_project
where actual_yuan * 100 < budget_yuan * $below
    and ($year is null or fiscal_year = $year)
order by 执行率_pct, 单位, 项目
