-- The blank cells of standard tables with what their amounts would be: blank means none.
select
    b.document_id,
    r.report_id,
    b.table_no,
    b.row_no,
    b.col_no,
    b.page,
    g.kind as table_kind,
    b.row_label,
    coalesce(b.statement, m.statement) as statement,
    b.item,
    b.code,
    b.component,
    b.fund,
    b.phase,
    b.fiscal_year,
    coalesce(n.organization_name, b.organization_name, r.organization_name) as organization_name
from {{ source('raw', 'blank') }} as b
inner join {{ source('raw', 'grid') }} as g on b.document_id = g.document_id and b.table_no = g.table_no
inner join {{ ref('stg_report') }} as r on b.document_id = r.document_id and b.report_no = r.report_no
left join {{ ref('measure') }} as m on b.item = m.item
left join {{ ref('stg_organization_name') }} as n on b.organization_name = n.printed_name
