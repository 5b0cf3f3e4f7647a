-- One row a printed number that got no meaning, with the reason: nothing is dropped in silence.
select
    substr(n.document_id, 1, 16) || '-' || cast(n.number_no as varchar) as number_id,
    n.document_id,
    d.file_name,
    n.outcome as reason,
    n.printed,
    n.term,
    n.section,
    n.page,
    n.block_no,
    n.char_start,
    n.char_end,
    n.quote
from {{ source('raw', 'number') }} as n
inner join {{ ref('stg_document') }} as d on n.document_id = d.document_id
where n.outcome <> 'figure'
