-- One row an organisation, year and economic class of basic expenditure that the documents name.
with named as (
    select
        *,
        case item
            when 'basic_salaries' then '301'
            when 'basic_goods_services' then '302'
            when 'basic_individuals_families' then '303'
            when 'basic_other_capital' then '310'
        end as economic_code
    from {{ ref('int_organization_figure') }}
    where item in ('basic_salaries', 'basic_goods_services', 'basic_individuals_families', 'basic_other_capital')
        or statement = 'economic'
)

select
    md5(organization_name || '|' || cast(fiscal_year as varchar) || '|' || item_key) as economic_expenditure_id,
    organization_name,
    min(region_code) as region_code,
    fiscal_year,
    min(economic_code) as economic_code,
    min(item_label) as economic_name,
    max(value) filter (where phase in ('initial_budget', 'budget')) as budget_yuan,
    max(value) filter (where phase = 'actual') as actual_yuan
from named
group by organization_name, fiscal_year, item_key
