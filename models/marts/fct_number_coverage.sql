-- One row a section of a document: how many of its printed numbers became figures, and how many were not understood.
with counted as (
    select
        n.document_id,
        case when n.table_no is null then 'narrative' else 'table' end as source_kind,
        n.section,
        count(*) as number_count,
        count(*) filter (where n.outcome = 'figure') as figure_count,
        count(*) filter (where o.is_unknown) as unknown_count
    from {{ source('raw', 'number') }} as n
    left join {{ ref('outcome') }} as o on n.outcome = o.reason
    group by n.document_id, case when n.table_no is null then 'narrative' else 'table' end, n.section
)

select
    md5(c.document_id || '|' || c.source_kind || '|' || coalesce(c.section, '-')) as number_coverage_id,
    c.document_id,
    d.file_name,
    c.source_kind,
    c.section,
    c.number_count,
    c.figure_count,
    c.number_count - c.figure_count - c.unknown_count as known_count,
    c.unknown_count,
    {{ percent_of('c.unknown_count', 'c.number_count', places=2, type='decimal(5, 2)') }} as unknown_pct
from counted as c
inner join {{ ref('stg_document') }} as d on c.document_id = d.document_id
