-- Tables that a document lists and tables that it has, side by side: one row for each pair of a kind in order of print,
-- and one for each that has no other.
with listed as (
    select
        document_id,
        title,
        printed,
        coalesce(kind, title) as match_key,
        kind,
        note,
        row_number() over (partition by document_id, coalesce(kind, title) order by entry_no) as nth
    from {{ source('raw', 'listed_table') }}
),

-- a standard table may come in several parts (by unit, by project) under one entry of the list
had as (
    select
        *,
        coalesce(kind, regexp_replace(title, '[\s“”]', '', 'g')) as match_key,
        row_number() over (
            partition by document_id, coalesce(kind, regexp_replace(title, '[\s“”]', '', 'g')) order by table_no
        ) as nth
    from {{ ref('stg_table') }}
)

select
    coalesce(h.document_id, l.document_id) as document_id,
    h.table_id,
    h.table_no,
    coalesce(h.kind, l.kind) as kind,
    l.title as listed_title,
    l.printed as listed_printed,
    l.note as listed_note,
    l.title is not null as is_listed
from had as h
full join listed as l on h.document_id = l.document_id and h.match_key = l.match_key and h.nth = l.nth
