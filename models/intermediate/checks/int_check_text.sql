-- S08 and S10: placeholders, template prompts and malformed numbers, by the patterns of seeds/rules/text_pattern.csv.
-- A pattern from a table is compiled again for every text that it is held against. So the whole document comes first,
-- its blocks as lines (a match in a block is one in there, as ^ and $ are ends of lines), and then the blocks of those hit.
with document as (
    select document_id, string_agg(text, chr(10) order by block_no) as text
    from {{ source('raw', 'block') }}
    group by document_id
),

suspect as (
    select d.document_id, p.pattern_id, p.rule_id, p.severity, p.message, p.pattern
    from document as d
    inner join {{ ref('text_pattern') }} as p on regexp_matches(d.text, '(?m)' || p.pattern)
),

hit as (
    select
        b.document_id,
        b.block_no,
        p.pattern_id,
        p.rule_id,
        p.severity,
        p.message,
        regexp_extract(b.text, '[^。\n]{0,20}(' || p.pattern || ')[^。\n]{0,20}') as quote,
        regexp_extract(b.text, p.pattern) as matched
    from {{ source('raw', 'block') }} as b
    inner join suspect as p on b.document_id = p.document_id and regexp_matches(b.text, p.pattern)
)

select
    'text:' || h.pattern_id || ':' || h.document_id || ':' || cast(h.block_no as varchar) as check_key,
    h.rule_id,
    h.severity,
    'fail' as state,
    h.document_id,
    r.organization_name,
    r.fiscal_year,
    {{ nothing_compared() }},
    h.message || '：“' || trim(h.matched, '，。；：、 （(') || '”' as message,
    cast([] as varchar[]) as figure_ids,
    [h.quote] as evidence
from hit as h
left join {{ ref('stg_report') }} as r
    on h.document_id = r.document_id and h.block_no between r.first_block and r.last_block
