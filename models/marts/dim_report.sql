select
    r.report_id,
    r.document_id,
    r.file_name,
    r.report_no,
    r.report_kind,
    r.report_title,
    r.organization_name,
    o.region_code,
    r.fiscal_year,
    r.project_name,
    r.first_block,
    r.last_block
from {{ ref('stg_report') }} as r
left join {{ ref('int_organization') }} as o on r.organization_name = o.organization_name
