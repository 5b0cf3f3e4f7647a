-- Figures with the report and organisation they belong to.
select
    f.*,
    r.file_name,
    r.report_no,
    r.report_kind,
    r.report_scope,
    r.organization_name,
    o.region_code
from {{ ref('stg_figure') }} as f
inner join {{ ref('stg_report') }} as r on f.report_id = r.report_id
left join {{ ref('int_organization') }} as o on r.organization_name = o.organization_name
