-- One row an organisation and year: 机关运行经费.
select
    md5(organization_name || '|' || cast(fiscal_year as varchar)) as organization_year_id,
    organization_name,
    min(region_code) as region_code,
    fiscal_year,
    max(value) filter (where item = 'operating_funds' and phase = 'actual') as actual_yuan,
    max(value) filter (where item = 'operating_funds' and phase = 'change') as change_yuan,
    max(value) filter (where item = 'operating_funds' and phase in ('budget', 'initial_budget')) as budget_yuan
from {{ ref('int_organization_figure') }}
where item in ('operating_funds')
    and phase in ('actual', 'change', 'budget', 'initial_budget')
group by organization_name, fiscal_year
