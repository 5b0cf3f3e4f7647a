-- One row an organisation, year and named project: budget, money received, spending, rate and score.
select
    md5(organization_name || '|' || cast(fiscal_year as varchar) || '|' || item_key) as project_id,
    organization_name,
    min(region_code) as region_code,
    fiscal_year,
    item_key as project_key,
    min(item) as project_name,
    max(value) filter (where statement = 'project' and phase = 'total_budget') as total_budget_yuan,
    max(value) filter (where statement = 'project' and phase = 'initial_budget') as initial_budget_yuan,
    max(value) filter (where statement = 'project' and phase = 'supplementary_budget') as supplementary_budget_yuan,
    max(value) filter (where statement = 'project' and phase = 'budget') as budget_yuan,
    max(value) filter (where statement = 'project' and phase = 'appropriated') as appropriated_yuan,
    max(value) filter (where statement = 'project' and phase = 'actual') as actual_yuan,
    max(value) filter (where statement = 'project' and phase = 'execution_pct') as stated_execution_rate_pct,
    max(value) filter (where statement = 'performance' and phase = 'score') as score
from {{ ref('int_organization_figure') }}
where statement in ('project', 'performance')
    and item_key not in ('overall', 'project_funds', 'total_funds')
group by organization_name, fiscal_year, item_key
