-- How the standard tables that an amount without a cell belongs to name it: in no cell, then the document prints no
-- cell of it; else in rows of their own, or, for a class, only in rows that are about another. A class that prose tells with
-- its code is named by that code, or by its name in rows that print none.
with missing as (
    select distinct
        r.figure_id,
        r.document_id,
        r.kind,
        r.item,
        r.code,
        r.parent_class,
        r.is_class,
        coalesce(n.pattern, m.label) as pattern
    from {{ ref('int_binding_rule') }} as r
    left join (select unnest(string_split(items, ' ')) as item, pattern from {{ ref('binding_name') }}) as n
        on r.item = n.item
    left join {{ ref('measure') }} as m on r.item = m.item
    where r.figure_id not in (
        select figure_id
        from {{ ref('int_binding_candidate') }}
        where is_of_organization
    )
),

-- what the rows of these tables are about
told as (
    select document_id, table_no, row_no, table_kind, statement, item, code
    from {{ ref('int_table_figure') }}
    union
    select document_id, table_no, row_no, table_kind, statement, item, code
    from {{ ref('int_table_blank') }}
),

about as (
    select
        q.figure_id,
        t.table_no,
        t.row_no,
        bool_and(q.is_class and (t.item <> q.item or t.code <> q.code or p.name <> q.parent_class)) as is_other
    from missing as q
    inner join told as t on q.document_id = t.document_id and q.kind = t.table_kind
    left join {{ ref('function_classification') }} as p
        on t.statement = 'function' and substr(t.code, 1, length(t.code) - 2) = p.code
    group by q.figure_id, t.table_no, t.row_no
),

named as (
    select q.figure_id, c.table_no, c.row_no
    from missing as q
    inner join {{ source('raw', 'grid') }} as g on q.document_id = g.document_id and q.kind = g.kind
    inner join {{ source('raw', 'cell') }} as c on g.document_id = c.document_id and g.table_no = c.table_no
    where case
            when q.is_class
                then contains(regexp_replace(c.text, '\s', '', 'g'), q.item)
                    or regexp_matches(c.text, '(^|[^0-9])' || q.code || '($|[^0-9])')
            else regexp_matches(regexp_replace(c.text, '\s', '', 'g'), q.pattern)
        end
)

select
    q.figure_id,
    count(n.figure_id) > 0 as is_named,
    -- each row that names it is about something else
    count(n.figure_id) > 0 and bool_and(coalesce(a.is_other, false)) as is_beside
from (select distinct figure_id from missing) as q
left join named as n on q.figure_id = n.figure_id
left join about as a on n.figure_id = a.figure_id and n.table_no = a.table_no and n.row_no = a.row_no
group by q.figure_id
