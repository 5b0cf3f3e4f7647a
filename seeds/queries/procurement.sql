-- 政府采购：货物、工程、服务，授予中小企业的占比
-- 一行一个单位一年，金额为万元；占比为重算，印刷的占比放在旁边。
-- $year integer?: 财政年度；不写则全部年度
select
    organization_name as 单位,
    fiscal_year as 年度,
    cast(total_yuan * 0.0001 as decimal(18, 2)) as 采购总额_万元,
    cast(goods_yuan * 0.0001 as decimal(18, 2)) as 货物_万元,
    cast(works_yuan * 0.0001 as decimal(18, 2)) as 工程_万元,
    cast(services_yuan * 0.0001 as decimal(18, 2)) as 服务_万元,
    cast(sme_yuan * 0.0001 as decimal(18, 2)) as 中小企业_万元,
    cast(100 * sme_yuan / nullif(total_yuan, 0) as decimal(9, 1)) as 中小企业占比_pct,
    cast(sme_share_pct as decimal(9, 1)) as 印刷占比_pct
from marts.fct_procurement
where ($year is null or fiscal_year = $year)
    and total_yuan is not null
order by total_yuan desc, organization_name, fiscal_year
