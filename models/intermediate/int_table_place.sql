-- Where a figure of a standard table stands: its column by what it means (`column_key`; in tables side by side, one
-- meaning stands in several columns), and how many amounts of its row, and of its column, found no meaning.
with unread as (
    select document_id, table_no, row_no, col_no
    from {{ source('raw', 'number') }}
    where outcome in ('column_not_recognised', 'row_not_recognised', 'no_unit')
        and cast(digits as decimal(24, 8)) <> 0
),

unread_row as (
    select document_id, table_no, row_no, count(*) as numbers
    from unread
    group by document_id, table_no, row_no
),

unread_column as (
    select document_id, table_no, col_no, count(*) as numbers
    from unread
    group by document_id, table_no, col_no
)

select
    f.figure_id,
    concat_ws(
        '|', f.component, f.fund, f.phase, cast(coalesce(f.fiscal_year, 0) as varchar),
        coalesce(f.organization_name, '')
    ) as column_key,
    coalesce(r.numbers, 0) as unread_in_row,
    coalesce(c.numbers, 0) as unread_in_column
from {{ ref('int_table_figure') }} as f
left join unread_row as r on f.document_id = r.document_id and f.table_no = r.table_no and f.row_no = r.row_no
left join unread_column as c on f.document_id = c.document_id and f.table_no = c.table_no and f.col_no = c.col_no
