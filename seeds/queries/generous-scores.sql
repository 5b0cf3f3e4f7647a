-- 自评分数高而钱没有花完的项目
-- 一行一个项目，得分高的在前，金额为万元。
-- $score integer = 90: 得分不低于
-- $below integer = 95: 执行率低于百分之几
select
    organization_name as 单位,
    fiscal_year as 年度,
    project_name as 项目,
    cast(score as decimal(9, 2)) as 自评得分,
    cast(100 * actual_yuan / nullif(budget_yuan, 0) as decimal(9, 1)) as 执行率_pct,
    cast((budget_yuan - actual_yuan) * 0.0001 as decimal(18, 2)) as 没有花的_万元
from marts.fct_project
where score >= $score
    and actual_yuan * 100 < budget_yuan * $below
order by 自评得分 desc, 执行率_pct, 项目
