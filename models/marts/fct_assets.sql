-- One row an organisation and year: assets and the vehicles and equipment held.
select
    md5(organization_name || '|' || cast(fiscal_year as varchar)) as organization_year_id,
    organization_name,
    min(region_code) as region_code,
    fiscal_year,
    max(value) filter (where item = 'assets_total' and phase = 'actual') as total_yuan,
    max(value) filter (where item = 'assets_net' and phase = 'actual') as net_yuan,
    max(value) filter (where item = 'assets_current' and phase = 'actual') as current_yuan,
    max(value) filter (where item = 'assets_fixed' and phase = 'actual') as fixed_yuan,
    max(value) filter (where item = 'fixed_land_buildings' and phase = 'actual') as land_buildings_yuan,
    max(value) filter (where item = 'fixed_general_equipment' and phase = 'actual') as general_equipment_yuan,
    max(value) filter (where item = 'fixed_special_equipment' and phase = 'actual') as special_equipment_yuan,
    max(value) filter (where item = 'fixed_relics' and phase = 'actual') as relics_yuan,
    max(value) filter (where item = 'fixed_books' and phase = 'actual') as books_yuan,
    max(value) filter (where item = 'fixed_furniture' and phase = 'actual') as furniture_yuan,
    max(value) filter (where item = 'vehicles' and phase = 'count') as vehicles_count,
    max(value) filter (where item = 'equipment_over_500k' and phase = 'count') as equipment_over_500k_count,
    max(value) filter (where item = 'equipment_over_1m' and phase = 'count') as equipment_over_1m_count
from {{ ref('int_organization_figure') }}
where item in ('assets_total', 'assets_net', 'assets_current', 'assets_fixed', 'fixed_land_buildings', 'fixed_general_equipment', 'fixed_special_equipment', 'fixed_relics', 'fixed_books', 'fixed_furniture', 'vehicles', 'equipment_over_500k', 'equipment_over_1m')
    and phase in ('actual', 'count')
group by organization_name, fiscal_year
