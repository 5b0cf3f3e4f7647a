-- One row an organisation and year: income by source.
select
    md5(organization_name || '|' || cast(fiscal_year as varchar)) as organization_year_id,
    organization_name,
    min(region_code) as region_code,
    fiscal_year,
    max(value) filter (where item = 'income_total' and phase = 'actual') as total_yuan,
    max(value) filter (where item = 'income_fiscal' and phase = 'actual') as fiscal_yuan,
    max(value) filter (where item = 'income_general_public' and phase = 'actual') as general_public_yuan,
    max(value) filter (where item = 'income_government_fund' and phase = 'actual') as government_fund_yuan,
    max(value) filter (where item = 'income_state_capital' and phase = 'actual') as state_capital_yuan,
    max(value) filter (where item = 'income_superior_subsidy' and phase = 'actual') as superior_subsidy_yuan,
    max(value) filter (where item = 'income_undertaking' and phase = 'actual') as undertaking_yuan,
    max(value) filter (where item = 'income_operating' and phase = 'actual') as operating_yuan,
    max(value) filter (where item = 'income_affiliates' and phase = 'actual') as affiliates_yuan,
    max(value) filter (where item = 'income_other' and phase = 'actual') as other_yuan,
    max(value) filter (where item = 'carryover_opening' and phase = 'actual') as carryover_opening_yuan,
    max(value) filter (where item = 'carryover_closing' and phase = 'actual') as carryover_closing_yuan,
    max(value) filter (where item = 'income_total' and phase in ('budget', 'initial_budget')) as total_budget_yuan,
    max(value) filter (where item = 'income_fiscal' and phase in ('budget', 'initial_budget')) as fiscal_budget_yuan,
    max(value) filter (where item = 'income_general_public' and phase in ('budget', 'initial_budget')) as general_public_budget_yuan,
    max(value) filter (where item = 'income_government_fund' and phase in ('budget', 'initial_budget')) as government_fund_budget_yuan,
    max(value) filter (where item = 'income_state_capital' and phase in ('budget', 'initial_budget')) as state_capital_budget_yuan,
    max(value) filter (where item = 'income_superior_subsidy' and phase in ('budget', 'initial_budget')) as superior_subsidy_budget_yuan,
    max(value) filter (where item = 'income_undertaking' and phase in ('budget', 'initial_budget')) as undertaking_budget_yuan,
    max(value) filter (where item = 'income_operating' and phase in ('budget', 'initial_budget')) as operating_budget_yuan,
    max(value) filter (where item = 'income_affiliates' and phase in ('budget', 'initial_budget')) as affiliates_budget_yuan,
    max(value) filter (where item = 'income_other' and phase in ('budget', 'initial_budget')) as other_budget_yuan,
    max(value) filter (where item = 'carryover_opening' and phase in ('budget', 'initial_budget')) as carryover_opening_budget_yuan,
    max(value) filter (where item = 'carryover_closing' and phase in ('budget', 'initial_budget')) as carryover_closing_budget_yuan
from {{ ref('int_organization_figure') }}
where item in ('income_total', 'income_fiscal', 'income_general_public', 'income_government_fund', 'income_state_capital', 'income_superior_subsidy', 'income_undertaking', 'income_operating', 'income_affiliates', 'income_other', 'carryover_opening', 'carryover_closing')
    and phase in ('actual', 'budget', 'initial_budget')
group by organization_name, fiscal_year
