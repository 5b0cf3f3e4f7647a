-- P06: an indicator of a self-evaluation that lost points, or whose result misses its target, and gives no reason in the
-- column that asks for it. Result and target are compared where both are one number of the same thing; a result
-- printed with an operator (≥90%) repeats the target and says nothing.
with judged as (
    select
        i.*,
        r.organization_name,
        r.fiscal_year,
        p.figure_id as points_id,
        s.figure_id as score_id,
        b.text as block_text,
        i.score < i.points as is_short,
        case
            when i.target_number is null or i.result_number is null or i.result_sign is not null then null
            when coalesce(i.target_counted, '') <> coalesce(i.result_counted, '') then null
            when i.target_operator = '>=' then i.result_number < i.target_number
            when i.target_operator = '>' then i.result_number <= i.target_number
            when i.target_operator = '<=' then i.result_number > i.target_number
            when i.target_operator = '<' then i.result_number >= i.target_number
        end as is_missed
    from {{ ref('stg_indicator') }} as i
    inner join {{ source('raw', 'block') }} as b on i.document_id = b.document_id and i.block_no = b.block_no
    left join {{ ref('stg_report') }} as r
        on i.document_id = r.document_id and i.block_no between r.first_block and r.last_block
    left join {{ ref('int_form_figure') }} as p
        on i.document_id = p.document_id
            and i.table_no = p.table_no
            and i.row_no = p.row_no
            and p.component = 'indicator'
            and p.phase = 'points'
    left join {{ ref('int_form_figure') }} as s
        on i.document_id = s.document_id
            and i.table_no = s.table_no
            and i.row_no = s.row_no
            and s.component = 'indicator'
            and s.phase = 'score'
    where i.asks_reason
)

select
    'indicator:' || indicator_id as check_key,
    'P06' as rule_id,
    cast(null as varchar) as severity,
    case
        when deviation_reason is not null then 'pass'
        when is_short or is_missed then 'fail'
        when is_short is null and is_missed is null then 'insufficient'
        else 'pass'
    end as state,
    document_id,
    organization_name,
    fiscal_year,
    cast(case when is_short then points end as decimal(28, 6)) as expected,
    cast(case when is_short then score end as decimal(28, 6)) as observed,
    cast(case when is_short then score - points end as decimal(28, 6)) as difference,
    cast(case when is_short then 0 end as decimal(28, 6)) as tolerance,
    case when is_short then 'score' end as unit,
    '指标“' || indicator_name || '”'
    || case when is_missed then '目标' || target || '，完成' || result || '；' else '' end
    || case when is_short then '分值' || points_stated || '，得分' || score_stated || '；' else '' end
    || '没有写明偏差原因' as message,
    {{ evidence('[points_id, score_id]') }} as figure_ids,
    [substr(block_text, char_start + 1, char_end - char_start)] as evidence
from judged
