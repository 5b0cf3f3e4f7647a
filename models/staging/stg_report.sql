select
    substr(r.document_id, 1, 16) || '-r' || cast(r.report_no as varchar) as report_id,
    r.document_id,
    d.file_name,
    r.report_no,
    r.kind as report_kind,
    r.title as report_title,
    n.organization_name,
    r.fiscal_year,
    r.first_block,
    r.last_block,
    r.project_name,
    -- a department with its units, or one unit: performance reports do not say
    case
        when r.kind not in ('budget', 'final_account') then null
        when contains(r.title, '单位') then 'unit'
        when contains(r.title, '部门') then 'department'
    end as report_scope
from {{ source('raw', 'report') }} as r
inner join {{ ref('stg_document') }} as d on r.document_id = d.document_id
left join {{ ref('stg_organization_name') }} as n on r.organization_name = n.printed_name
