-- Every table of a document, with the kind it was taken for, its report and its page.
select
    substr(g.document_id, 1, 16) || '-t' || cast(g.table_no as varchar) as table_id,
    g.document_id,
    g.table_no,
    r.report_id,
    g.block_no,
    b.page,
    g.kind,
    k.title as kind_title,
    k.rows as row_kind,
    g.title,
    g.unit_text,
    g.reason,
    g.fiscal_year,
    g.organization_name,
    g.note
from {{ source('raw', 'grid') }} as g
inner join {{ source('raw', 'block') }} as b on g.document_id = b.document_id and g.block_no = b.block_no
left join {{ ref('table_kind') }} as k on g.kind = k.kind
left join {{ ref('stg_report') }} as r
    on g.document_id = r.document_id and g.block_no between r.first_block and r.last_block
