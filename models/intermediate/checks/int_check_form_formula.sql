-- P03, where the document says how: the score for the execution of the budget is its points times the printed rate (not
-- over 100 %), in documents that print one of the formulas of seeds/rules/score_formula.csv. Others score as they see fit.
with stated as (
    select b.document_id, min(b.block_no) as block_no
    from {{ source('raw', 'block') }} as b
    inner join {{ ref('score_formula') }} as s on regexp_matches(b.text, s.pattern)
    group by b.document_id
),

formula as (
    select s.document_id, regexp_extract(b.text, '[^。\n]{0,20}执行率[^。\n]{0,20}') as quote
    from stated as s
    inner join {{ source('raw', 'block') }} as b on s.document_id = b.document_id and s.block_no = b.block_no
),

form_row as (
    select
        f.document_id,
        f.form_no,
        f.table_no,
        f.row_no,
        max(f.value) filter (where f.component = 'execution' and f.phase = 'points') as points,
        max(f.figure_id) filter (where f.component = 'execution' and f.phase = 'points') as points_id,
        max(f.quote) filter (where f.component = 'execution' and f.phase = 'points') as points_quote,
        max(f.value) filter (where f.component = 'total' and f.phase = 'execution_pct') as rate,
        max(f.half_width) filter (where f.component = 'total' and f.phase = 'execution_pct') as rate_half,
        max(f.figure_id) filter (where f.component = 'total' and f.phase = 'execution_pct') as rate_id,
        max(f.quote) filter (where f.component = 'total' and f.phase = 'execution_pct') as rate_quote
    from {{ ref('int_form_figure') }} as f
    group by f.document_id, f.form_no, f.table_no, f.row_no
),

scored as (
    select
        s.*,
        r.points,
        r.points_id,
        r.points_quote,
        r.rate,
        r.rate_half,
        r.rate_id,
        r.rate_quote,
        m.quote as formula_quote,
        cast(cast(r.points as decimal(12, 4)) * cast(least(r.rate, 100) as decimal(12, 4)) * cast(0.01 as decimal(3, 2)) as decimal(28, 6))
            as expected
    from {{ ref('int_form_figure') }} as s
    inner join formula as m on s.document_id = m.document_id
    left join form_row as r
        on s.document_id = r.document_id
            and s.form_no = r.form_no
            and s.table_no = r.table_no
            and s.row_no = r.row_no
    where s.component = 'execution' and s.phase = 'score' and s.statement = 'performance'
),

compared as (
    select
        *,
        value - expected as difference,
        cast(half_width + points * rate_half * cast(0.01 as decimal(3, 2)) as decimal(28, 6)) as tolerance
    from scored
)

select
    'form_formula:' || figure_id as check_key,
    'P03' as rule_id,
    cast(null as varchar) as severity,
    case
        when expected is null then 'insufficient'
        when abs(difference) <= half_width then 'pass'
        when abs(difference) <= tolerance then 'rounding'
        else 'fail'
    end as state,
    {{ compared('expected', 'value') }},
    item_label || '预算执行得分印为' || {{ readable('value', 'unit') }} || '，按分值' || {{ readable('points', 'unit') }} || '和执行率'
    || {{ readable('rate', "'percent'") }} || '应为' || {{ readable('expected', 'unit') }} as message,
    {{ evidence('[figure_id, points_id, rate_id]') }} as figure_ids,
    {{ evidence('[quote, points_quote, rate_quote, formula_quote]') }} as evidence
from compared
