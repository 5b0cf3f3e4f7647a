-- Figures with the report and organisation they belong to; functional classes of prose with their code, where the
-- document's own tables give it.
select
    f.* replace (
        coalesce(f.code, c.code) as code,
        case when f.statement = 'function' then coalesce(f.code, c.code, f.item_key) else f.item_key end as item_key
    ),
    r.file_name,
    r.report_no,
    r.report_kind,
    r.report_scope,
    r.fiscal_year as report_year,
    coalesce(f.unit_name, r.organization_name) as organization_name,
    o.region_code
from {{ ref('stg_figure') }} as f
inner join {{ ref('stg_report') }} as r on f.report_id = r.report_id
left join {{ ref('int_organization') }} as o 
    on coalesce(f.unit_name, r.organization_name) = o.organization_name
left join {{ ref('int_function_code') }} as c
    on f.document_id = c.document_id and f.statement = 'function' and f.item = c.item
