-- One row an organisation and year, with indicators that make places comparable.
with execution as (
    select
        organization_name,
        fiscal_year,
        max(region_code) as region_code,
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
    md5(e.organization_name || '|' || cast(e.fiscal_year as varchar)) as organization_year_id,
    e.organization_name,
    e.region_code,
    g.region_name,
    e.fiscal_year,
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
from execution as e
left join {{ ref('dim_region') }} as g on e.region_code = g.region_code
left join {{ ref('fct_three_public') }} as t
    on e.organization_name = t.organization_name and e.fiscal_year = t.fiscal_year
left join {{ ref('fct_procurement') }} as p
    on e.organization_name = p.organization_name and e.fiscal_year = p.fiscal_year
left join {{ ref('fct_staffing') }} as s
    on e.organization_name = s.organization_name and e.fiscal_year = s.fiscal_year
left join flagged as f
    on e.organization_name = f.organization_name and e.fiscal_year = f.fiscal_year
