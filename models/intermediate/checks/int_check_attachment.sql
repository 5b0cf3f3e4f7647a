-- S11: attachments that the text names and that were not loaded; a list of 附表 without the tables. A page that links to
-- files has published them: whether these are what is announced is not checked.
with named as (
    select
        b.document_id,
        b.block_no,
        b.text,
        regexp_extract(
            b.text, '附[件表][0-9一二三四五六七八九十]{0,3}[:：]?([^:：【】\n]{2,80}[.](xlsx|xls|docx|doc|pdf|et|wps))', 1
        ) as attachment
    from {{ source('raw', 'block') }} as b
    where regexp_matches(b.text, '附[件表][^\n]{0,100}[.](xlsx|xls|docx|doc|pdf|et|wps)')
        or regexp_matches(b.text, '(详见|见)(本)?附[件表]')
),

enclosed as (
    select h.document_id, max(t.block_no) as last_table
    from {{ source('raw', 'block') }} as h
    inner join {{ source('raw', 'block') }} as t
        on h.document_id = t.document_id and t.block_no > h.block_no and t.kind = 'table'
    where h.kind = 'heading' and regexp_matches(h.text, '附件\s*\z')
    group by h.document_id
),

attachment as (
    select
        n.document_id,
        n.block_no,
        n.text as quote,
        case
            when nullif(n.attachment, '') is null then '正文称内容见附件'
            else '附件“' || n.attachment || '”'
        end as announced,
        d.document_id is not null or (nullif(n.attachment, '') is null and e.document_id is not null) as is_supplied
    from named as n
    -- an attachment that stands in the same file, under a heading of its own, with a table
    left join enclosed as e on n.document_id = e.document_id and n.block_no < e.last_table
    left join {{ ref('stg_document') }} as d
        on nullif(n.attachment, '') is not null and contains(d.file_name, n.attachment)
    qualify row_number() over (partition by n.document_id, n.block_no order by d.document_id nulls last) = 1
),

table_list as (
    select
        h.document_id,
        h.block_no,
        h.text || ' ' || string_agg(l.text, ' ' order by l.block_no) as quote,
        '“' || regexp_replace(h.text, '\[[^\]]*\]', '', 'g') || '”列出' || cast(count(l.block_no) as varchar) || '张表' as announced,
        count(c.block_no) > 0 as is_supplied
    from {{ source('raw', 'block') }} as h
    inner join {{ source('raw', 'block') }} as l
        on h.document_id = l.document_id
            and l.block_no > h.block_no
            and l.block_no <= h.block_no + 20
            and regexp_matches(l.text, '表\s*\z')
    left join {{ source('raw', 'block') }} as c
        on h.document_id = c.document_id and c.block_no > h.block_no and c.kind = 'table'
    where h.kind = 'heading'
        and regexp_matches(h.text, '附表\s*\z')
    group by h.document_id, h.block_no, h.text
),

linked as (
    select distinct document_id from {{ source('raw', 'attachment') }}
),

every_announcement as (
    select 'file' as kind, document_id, block_no, quote, announced, is_supplied from attachment
    union all
    select 'tables', document_id, block_no, quote, announced, is_supplied from table_list
)

select
    'attachment:' || a.kind || ':' || a.document_id || ':' || cast(a.block_no as varchar) as check_key,
    'S11' as rule_id,
    cast(null as varchar) as severity,
    case when a.is_supplied then 'pass' when l.document_id is not null then 'insufficient' else 'fail' end as state,
    a.document_id,
    r.organization_name,
    r.fiscal_year,
    {{ nothing_compared() }},
    a.announced || case when a.is_supplied then '已提供' else '，未随文提供' end as message,
    cast([] as varchar[]) as figure_ids,
    [substr(a.quote, 1, 300)] as evidence
from every_announcement as a
left join linked as l on a.document_id = l.document_id
left join {{ ref('stg_report') }} as r
    on a.document_id = r.document_id and a.block_no between r.first_block and r.last_block
