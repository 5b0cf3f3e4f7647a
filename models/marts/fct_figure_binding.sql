-- One row an amount told in the prose of a final account or budget, with the cell of the standard tables that it is,
-- or the reason why there is none.
select
    a.figure_id,
    a.document_id,
    f.file_name,
    a.report_id,
    a.organization_name,
    a.fiscal_year,
    a.section,
    a.statement,
    a.item,
    a.item_label,
    a.code,
    a.whole_item,
    a.whole_fund as fund,
    a.phase,
    a.value as value_yuan,
    f.page,
    a.quote,
    b.outcome,
    b.binding_id,
    b.cell_id as cell_figure_id,
    coalesce(c.table_no, b.table_no) as table_no,
    coalesce(c.table_kind, g.kind) as table_kind,
    coalesce(c.table_title, k.title) as table_title,
    c.page as table_page,
    c.row_no,
    c.col_no,
    c.row_label,
    c.component as cell_component,
    c.fund as cell_fund,
    c.value as cell_value_yuan,
    a.value - c.value as difference_yuan,
    t.state
from {{ ref('int_binding') }} as b
inner join {{ ref('int_prose_amount') }} as a on b.figure_id = a.figure_id
inner join {{ ref('int_figure') }} as f on b.figure_id = f.figure_id
left join {{ ref('int_figure') }} as c on b.cell_id = c.figure_id
left join {{ source('raw', 'grid') }} as g on a.document_id = g.document_id and b.table_no = g.table_no
left join {{ ref('table_kind') }} as k on g.kind = k.kind
left join {{ ref('int_check_binding') }} as t on t.check_key = 'binding:' || b.figure_id
