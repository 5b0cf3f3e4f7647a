-- S01, S02: the standard tables that a report must have, and those that its document lists. A document without any table
-- publishes them elsewhere: nothing is missing from it.
with report as (
    select r.*, d.file_name as document_name
    from {{ ref('stg_report') }} as r
    inner join {{ ref('stg_document') }} as d on r.document_id = d.document_id
),

standard as (
    select document_id, report_id, count(distinct kind) as kinds
    from {{ ref('stg_table') }}
    where kind is not null and row_kind not in ('performance', 'none')
    group by document_id, report_id
),

required as (
    select r.*, q.kind, q.instead, k.title as kind_title, s.kinds
    from report as r
    inner join {{ ref('required_table') }} as q
        on r.report_kind = q.report_kind and coalesce(r.fiscal_year, 0) >= coalesce(q.first_year, 0)
    inner join {{ ref('table_kind') }} as k on q.kind = k.kind
    -- most of the set: a document that quotes a table or two is no publication of tables
    inner join standard as s on r.report_id = s.report_id and s.kinds >= 5
),

had as (
    select distinct r.report_id, r.kind
    from required as r
    inner join {{ ref('stg_table') }} as t
        on r.report_id = t.report_id
            and contains(' ' || r.kind || ' ' || coalesce(r.instead, '') || ' ', ' ' || t.kind || ' ')
),

unknown as (
    select report_id, count(*) as tables
    from {{ ref('stg_table') }}
    where reason = 'title_not_known'
    group by report_id
),

listed as (
    select
        l.document_id,
        l.listed_title,
        l.listed_printed,
        l.table_no,
        count(l.table_no) over (partition by l.document_id) as tables
    from {{ ref('int_table_listed') }} as l
    where l.is_listed
)

select
    'required:' || r.report_id || ':' || r.kind as check_key,
    'S01' as rule_id,
    cast(null as varchar) as severity,
    case
        when h.kind is not null then 'pass'
        -- one of the tables whose title is not known may be it
        when u.tables > 0 then 'insufficient'
        else 'fail'
    end as state,
    r.document_id,
    r.organization_name,
    r.fiscal_year,
    {{ nothing_compared() }},
    case when h.kind is not null then '有' else '没有' end || '“' || r.kind_title || '”' as message,
    cast([] as varchar[]) as figure_ids,
    [r.report_title] as evidence
from required as r
left join had as h on r.report_id = h.report_id and r.kind = h.kind
left join unknown as u on r.report_id = u.report_id

union all

select
    'listed:' || l.document_id || ':' || l.listed_title,
    'S02',
    cast(null as varchar),
    case when l.table_no is not null then 'pass' when l.tables = 0 then 'not_applicable' else 'fail' end,
    l.document_id,
    r.organization_name,
    r.fiscal_year,
    {{ nothing_compared() }},
    '目录列出的“' || l.listed_title || '”' || case when l.table_no is null then '没有公布' else '已公布' end,
    cast([] as varchar[]),
    [l.listed_printed]
from listed as l
left join (
    select document_id, organization_name, fiscal_year
    from report
    qualify row_number() over (partition by document_id order by report_no) = 1
) as r on l.document_id = r.document_id
