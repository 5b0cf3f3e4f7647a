-- One row an organisation and year, with indicators that make places comparable.
with organization_year as (
    select distinct organization_name, fiscal_year, region_code
    from {{ ref('int_organization_figure') }}
),

execution as (
    select
        organization_name,
        fiscal_year,
        max(actual_yuan) filter (where line_type = 'whole_unit') as expenditure_yuan,
        max(full_year_budget_yuan) filter (where line_type = 'whole_unit') as budget_yuan,
        max(execution_rate_pct) filter (where line_type = 'whole_unit') as execution_rate_pct,
        max(actual_yuan) filter (where line_type = 'basic') as basic_yuan,
        max(actual_yuan) filter (where line_type = 'project') as project_yuan
    from {{ ref('fct_budget_execution') }}
    group by organization_name, fiscal_year
),

flagged as (
    select
        organization_name,
        fiscal_year,
        count(*) filter (where state in ('pass', 'rounding', 'fail')) as checks_count,
        count(*) filter (where state = 'fail') as anomalies_count,
        count(*) filter (where state = 'fail' and severity = 'error') as errors_count
    from {{ ref('fct_check') }}
    group by organization_name, fiscal_year
)

select
    md5(y.organization_name || '|' || cast(y.fiscal_year as varchar)) as organization_year_id,
    y.organization_name,
    y.region_code,
    g.region_name,
    y.fiscal_year,
    e.expenditure_yuan,
    e.budget_yuan,
    e.execution_rate_pct,
    e.basic_yuan,
    e.project_yuan,
    {{ percent_of('e.project_yuan', '(e.basic_yuan + e.project_yuan)') }} as project_share_pct,
    t.total_actual_yuan as three_public_yuan,
    {{ percent_of('t.total_actual_yuan', 'e.expenditure_yuan') }} as three_public_share_pct,
    p.total_yuan as procurement_yuan,
    p.sme_share_pct,
    s.establishment_count,
    s.staff_count,
    g.population,
    f.checks_count,
    f.anomalies_count,
    f.errors_count
from organization_year as y
left join execution as e
    on y.organization_name = e.organization_name and y.fiscal_year = e.fiscal_year
left join {{ ref('dim_region') }} as g on y.region_code = g.region_code
left join {{ ref('fct_three_public') }} as t
    on y.organization_name = t.organization_name and y.fiscal_year = t.fiscal_year
left join {{ ref('fct_procurement') }} as p
    on y.organization_name = p.organization_name and y.fiscal_year = p.fiscal_year
left join {{ ref('fct_staffing') }} as s
    on y.organization_name = s.organization_name and y.fiscal_year = s.fiscal_year
left join flagged as f
    on y.organization_name = f.organization_name and y.fiscal_year = f.fiscal_year
