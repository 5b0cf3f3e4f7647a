-- One row an amount told in the prose of a final account or budget, with the cell of the standard tables that it is,
-- or the reason why there is none.
with cell as (
    -- few of all figures: what a join holds in memory grows with them
    select figure_id, table_title, page, row_label, component, fund, value
    from {{ ref('int_figure') }}
    where figure_id in (select cell_id from {{ ref('int_binding') }})
),

blank as (
    select *
    from {{ ref('int_table_blank') }}
    qualify row_number() over (partition by document_id, table_no, row_no, col_no order by component) = 1
)

select
    a.figure_id,
    a.document_id,
    a.file_name,
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
    a.page,
    a.quote,
    b.outcome,
    b.binding_id,
    b.cell_id as cell_figure_id,
    b.table_no,
    g.kind as table_kind,
    coalesce(c.table_title, k.title) as table_title,
    coalesce(c.page, e.page) as table_page,
    b.row_no,
    b.col_no,
    coalesce(c.row_label, e.row_label) as row_label,
    coalesce(c.component, e.component) as cell_component,
    coalesce(c.fund, e.fund) as cell_fund,
    c.value as cell_value_yuan,
    a.value - c.value as difference_yuan,
    t.state
from {{ ref('int_binding') }} as b
inner join {{ ref('int_prose_amount') }} as a on b.figure_id = a.figure_id
left join cell as c on b.cell_id = c.figure_id
left join blank as e on a.document_id = e.document_id and b.table_no = e.table_no and b.row_no = e.row_no and b.col_no = e.col_no
left join {{ source('raw', 'grid') }} as g on a.document_id = g.document_id and b.table_no = g.table_no
left join {{ ref('table_kind') }} as k on g.kind = k.kind
left join {{ ref('int_check_binding') }} as t on t.check_key = 'binding:' || b.figure_id
