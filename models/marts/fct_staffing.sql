-- One row an organisation and year: posts established and staff in post.
select
    md5(organization_name || '|' || cast(fiscal_year as varchar)) as organization_year_id,
    organization_name,
    min(region_code) as region_code,
    fiscal_year,
    max(value) filter (where item = 'establishment' and phase = 'count') as establishment_count,
    max(value) filter (where item = 'staff_actual' and phase = 'count') as staff_count
from {{ ref('int_organization_figure') }}
where item in ('establishment', 'staff_actual')
    and phase in ('count')
group by organization_name, fiscal_year
