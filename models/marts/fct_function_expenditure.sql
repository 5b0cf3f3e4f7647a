-- One row an organisation, year and functional class that the documents name.
select
    md5(f.organization_name || '|' || cast(f.fiscal_year as varchar) || '|' || f.item_key) as function_expenditure_id,
    f.organization_name,
    min(f.region_code) as region_code,
    f.fiscal_year,
    f.item_key as function_name,
    min(d.code) as function_code,
    max(f.value) filter (where f.phase = 'initial_budget') as initial_budget_yuan,
    max(f.value) filter (where f.phase = 'supplementary_budget') as supplementary_budget_yuan,
    max(f.value) filter (where f.phase = 'actual') as actual_yuan,
    max(f.value) filter (where f.phase = 'share_pct') as share_pct,
    max(f.value) filter (where f.phase = 'execution_pct') as stated_execution_rate_pct
from {{ ref('int_organization_figure') }} as f
left join (
    -- a name that several codes have gives no code
    select name, min(code) as code
    from {{ ref('function_classification') }}
    group by name
    having count(distinct code) = 1
) as d on f.item_key = d.name
where f.statement = 'function'
group by f.organization_name, f.fiscal_year, f.item_key
