-- Cells of self-evaluation forms under the headings 一级指标, 二级指标, 三级指标, …
select
    c.document_id,
    c.table_no,
    c.block_no,
    c.row_no,
    c.col_no,
    c.column_label,
    nullif(trim(replace(replace(c.text, chr(10), ''), ' ', '')), '') as cell_text
from {{ source('raw', 'cell') }} as c
where c.column_label is not null
    and c.row_label = ''
