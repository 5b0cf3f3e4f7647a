-- 各地各单位的支出、执行率、项目占比、“三公”、采购和人均支出
-- 一行一个单位一年，金额为万元；没有印的数是空，不是 0。比较前先看“错误”一列：错误多的单位，数字要先核对。
-- $year integer?: 财政年度，如 2022；不写则全部年度
-- $name text?: 单位名称里的字，如 城市管理；不写则全部单位
select
    region_name as 地区,
    organization_name as 单位,
    fiscal_year as 年度,
    cast(expenditure_yuan * 0.0001 as decimal(18, 2)) as 支出_万元,
    round(execution_rate_pct, 1) as 执行率_pct,
    round(project_share_pct, 1) as 项目占比_pct,
    cast(three_public_yuan * 0.0001 as decimal(18, 2)) as 三公_万元,
    cast(procurement_yuan * 0.0001 as decimal(18, 2)) as 采购_万元,
    cast(staff_count as integer) as 在岗人数,
    cast(round(cast(expenditure_yuan * 0.0001 as double) / nullif(staff_count, 0), 1) as decimal(18, 1)) as 每人支出_万元,
    errors_count as 错误
from marts.mart_city_comparison
where ($year is null or fiscal_year = $year)
    and ($name is null or contains(organization_name, $name))
order by fiscal_year desc, expenditure_yuan desc nulls last, organization_name
