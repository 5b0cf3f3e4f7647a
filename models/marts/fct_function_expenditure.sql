-- One row an organisation, year and functional class. Where standard tables print the codes, the classes are theirs;
-- else the classes that prose names.
with named as (
    select
        *,
        count(code) over (partition by organization_name, fiscal_year) as coded
    from {{ ref('int_organization_figure') }}
    where statement = 'function'
),

-- a name that several codes have gives no code
dictionary as (
    select name, min(code) as code
    from {{ ref('function_classification') }}
    group by name
    having count(distinct code) = 1
)

select
    md5(f.organization_name || '|' || cast(f.fiscal_year as varchar) || '|' || f.item_key) as function_expenditure_id,
    f.organization_name,
    min(f.region_code) as region_code,
    f.fiscal_year,
    min(f.item) as function_name,
    coalesce(min(f.code), min(d.code)) as function_code,
    max(f.value) filter (where f.phase = 'initial_budget') as initial_budget_yuan,
    max(f.value) filter (where f.phase = 'supplementary_budget') as supplementary_budget_yuan,
    max(f.value) filter (where f.phase = 'actual') as actual_yuan,
    max(f.value) filter (where f.phase = 'share_pct') as share_pct,
    max(f.value) filter (where f.phase = 'execution_pct') as stated_execution_rate_pct
from named as f
left join dictionary as d on f.item = d.name
where f.coded = 0 or f.code is not null
group by f.organization_name, f.fiscal_year, f.item_key
