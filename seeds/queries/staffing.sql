-- 人员：编制、在岗、超编，每个在岗人员的基本支出
-- 一行一个单位一年；每人基本支出为万元，含公用经费，所以不是工资。
-- $year integer?: 财政年度；不写则全部年度
select
    s.organization_name as 单位,
    s.fiscal_year as 年度,
    cast(s.establishment_count as integer) as 编制,
    cast(s.staff_count as integer) as 在岗,
    cast(case when s.staff_count > s.establishment_count then s.staff_count - s.establishment_count
        when s.staff_count <= s.establishment_count then 0 end as integer) as 超编,
    cast(c.basic_yuan * 0.0001 as decimal(18, 2)) as 基本支出_万元,
    cast(cast(c.basic_yuan * 0.0001 as double) / nullif(s.staff_count, 0) as decimal(18, 1)) as 每人基本支出_万元
from marts.fct_staffing as s
left join marts.mart_city_comparison as c
    on s.organization_name = c.organization_name and s.fiscal_year = c.fiscal_year
where ($year is null or s.fiscal_year = $year)
order by 每人基本支出_万元 desc nulls last, 单位, 年度
