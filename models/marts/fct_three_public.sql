-- One row an organisation and year: 三公经费, budget and actual, with the counts behind them.
select
    md5(organization_name || '|' || cast(fiscal_year as varchar)) as organization_year_id,
    organization_name,
    min(region_code) as region_code,
    fiscal_year,
    max(value) filter (where item = 'three_public_total' and phase in ('budget', 'initial_budget')) as total_budget_yuan,
    max(value) filter (where item = 'three_public_total' and phase = 'actual') as total_actual_yuan,
    max(value) filter (where item = 'overseas' and phase in ('budget', 'initial_budget')) as overseas_budget_yuan,
    max(value) filter (where item = 'overseas' and phase = 'actual') as overseas_actual_yuan,
    max(value) filter (where item = 'vehicle' and phase in ('budget', 'initial_budget')) as vehicle_budget_yuan,
    max(value) filter (where item = 'vehicle' and phase = 'actual') as vehicle_actual_yuan,
    max(value) filter (where item = 'vehicle_purchase' and phase in ('budget', 'initial_budget')) as vehicle_purchase_budget_yuan,
    max(value) filter (where item = 'vehicle_purchase' and phase = 'actual') as vehicle_purchase_actual_yuan,
    max(value) filter (where item = 'vehicle_operation' and phase in ('budget', 'initial_budget')) as vehicle_operation_budget_yuan,
    max(value) filter (where item = 'vehicle_operation' and phase = 'actual') as vehicle_operation_actual_yuan,
    max(value) filter (where item = 'reception' and phase in ('budget', 'initial_budget')) as reception_budget_yuan,
    max(value) filter (where item = 'reception' and phase = 'actual') as reception_actual_yuan,
    max(value) filter (where item = 'three_public_total' and phase = 'execution_pct') as stated_execution_rate_pct,
    max(value) filter (where item = 'overseas_groups' and phase = 'count') as overseas_groups_count,
    max(value) filter (where item = 'overseas_persons' and phase = 'count') as overseas_persons_count,
    max(value) filter (where item = 'vehicles_purchased' and phase = 'count') as vehicles_purchased_count,
    max(value) filter (where item = 'vehicles_owned' and phase = 'count') as vehicles_owned_count,
    max(value) filter (where item = 'reception_batches' and phase = 'count') as reception_batches_count,
    max(value) filter (where item = 'reception_persons' and phase = 'count') as reception_persons_count,
    max(value) filter (where item = 'meetings' and phase = 'actual') as meetings_actual_yuan,
    max(value) filter (where item = 'training' and phase = 'actual') as training_actual_yuan
from {{ ref('int_organization_figure') }}
where item in ('three_public_total', 'overseas', 'vehicle', 'vehicle_purchase', 'vehicle_operation', 'reception', 'overseas_groups', 'overseas_persons', 'vehicles_purchased', 'vehicles_owned', 'reception_batches', 'reception_persons', 'meetings', 'training')
    and phase in ('actual', 'budget', 'initial_budget', 'execution_pct', 'count')
group by organization_name, fiscal_year
