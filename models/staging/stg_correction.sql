-- Corrections of misprints with the number each is about. One that finds no number as it was printed, or several, has
-- no number here, and the build fails: the document or its reading has changed, and somebody must look again.
select
    c.document_id,
    c.block_no,
    c.row_no,
    c.col_no,
    c.printed,
    c.corrected,
    c.reason,
    case when count(n.number_no) = 1 then min(n.number_no) end as number_no
from {{ ref('correction') }} as c
inner join {{ source('raw', 'document') }} as d on c.document_id = d.document_id
left join {{ source('raw', 'number') }} as n
    on c.document_id = n.document_id
        and c.block_no = n.block_no
        and coalesce(c.row_no, -1) = coalesce(n.row_no, -1)
        and coalesce(c.col_no, -1) = coalesce(n.col_no, -1)
        and c.printed = n.stated
        and n.outcome = 'figure'
group by c.document_id, c.block_no, c.row_no, c.col_no, c.printed, c.corrected, c.reason
