-- One row a table that a document has or lists: whether it was found, recognised and read, and how its checks came out.
with number_count as (
    select
        n.document_id,
        n.table_no,
        count(*) as number_count,
        count(*) filter (where n.outcome = 'figure') as figure_count,
        count(*) filter (where o.is_unknown) as unread_count
    from {{ source('raw', 'number') }} as n
    left join {{ ref('outcome') }} as o on n.outcome = o.reason
    where n.table_no is not null
    group by n.document_id, n.table_no
),

check_count as (
    select
        f.document_id,
        f.table_no,
        count(*) filter (where c.state = 'pass') as pass_count,
        count(*) filter (where c.state = 'rounding') as rounding_count,
        count(*) filter (where c.state = 'fail') as fail_count,
        count(*) filter (where c.state in ('insufficient', 'not_applicable')) as unchecked_count
    from {{ ref('fct_check') }} as c
    inner join {{ ref('fct_figure') }} as f on {{ first_of('c.figure_ids') }} = f.figure_id
    where f.table_no is not null
    group by f.document_id, f.table_no
)

select
    md5(
        l.document_id || '|' || coalesce(cast(l.table_no as varchar), '-') || '|' || coalesce(l.listed_title, '-')
    ) as table_coverage_id,
    l.document_id,
    d.file_name,
    t.report_id,
    l.table_no,
    t.page,
    l.kind,
    k.title as kind_title,
    t.title,
    l.listed_title,
    l.is_listed,
    case
        when l.table_no is null then 'not_supplied'
        when t.kind is null then 'not_recognised'
        when t.row_kind = 'none' then 'not_read'
        else 'recognised'
    end as state,
    t.reason,
    coalesce(n.number_count, 0) as number_count,
    coalesce(n.figure_count, 0) as figure_count,
    coalesce(n.unread_count, 0) as unread_count,
    coalesce(c.pass_count, 0) as pass_count,
    coalesce(c.rounding_count, 0) as rounding_count,
    coalesce(c.fail_count, 0) as fail_count,
    coalesce(c.unchecked_count, 0) as unchecked_count
from {{ ref('int_table_listed') }} as l
inner join {{ ref('stg_document') }} as d on l.document_id = d.document_id
left join {{ ref('stg_table') }} as t on l.table_id = t.table_id
left join {{ ref('table_kind') }} as k on l.kind = k.kind
left join number_count as n on l.document_id = n.document_id and l.table_no = n.table_no
left join check_count as c on l.document_id = c.document_id and l.table_no = c.table_no
