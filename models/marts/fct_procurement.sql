-- One row an organisation and year: government procurement, in total, by kind and by size of supplier.
select
    md5(organization_name || '|' || cast(fiscal_year as varchar)) as organization_year_id,
    organization_name,
    min(region_code) as region_code,
    fiscal_year,
    max(value) filter (where item = 'procurement_total' and phase = 'actual') as total_yuan,
    max(value) filter (where item = 'procurement_goods' and phase = 'actual') as goods_yuan,
    max(value) filter (where item = 'procurement_works' and phase = 'actual') as works_yuan,
    max(value) filter (where item = 'procurement_services' and phase = 'actual') as services_yuan,
    max(value) filter (where item = 'procurement_sme' and phase = 'actual') as sme_yuan,
    max(value) filter (where item = 'procurement_small_micro' and phase = 'actual') as small_micro_yuan,
    max(value) filter (where item = 'procurement_sme' and phase = 'share_pct') as sme_share_pct,
    max(value) filter (where item = 'procurement_small_micro' and phase = 'share_pct') as small_micro_share_pct,
    max(value) filter (where item = 'purchased_services' and phase = 'actual') as purchased_services_yuan,
    max(value) filter (where item = 'procurement_total' and phase in ('budget', 'initial_budget')) as total_budget_yuan,
    max(value) filter (where item = 'procurement_goods' and phase in ('budget', 'initial_budget')) as goods_budget_yuan,
    max(value) filter (where item = 'procurement_works' and phase in ('budget', 'initial_budget')) as works_budget_yuan,
    max(value) filter (where item = 'procurement_services' and phase in ('budget', 'initial_budget')) as services_budget_yuan,
    max(value) filter (where item = 'procurement_sme' and phase in ('budget', 'initial_budget')) as sme_budget_yuan,
    max(value) filter (where item = 'procurement_small_micro' and phase in ('budget', 'initial_budget')) as small_micro_budget_yuan,
    max(value) filter (where item = 'purchased_services' and phase in ('budget', 'initial_budget')) as purchased_services_budget_yuan
from {{ ref('int_organization_figure') }}
where item in ('procurement_total', 'procurement_goods', 'procurement_works', 'procurement_services', 'procurement_sme', 'procurement_small_micro', 'purchased_services')
    and phase in ('actual', 'share_pct', 'budget', 'initial_budget')
group by organization_name, fiscal_year
