-- One row an indicator of a performance form: its points and score as numbers, its target and result taken apart into
-- an operator, a number and what is counted, where they are no more than that.
{% set operators = '^(≥|≧|>=|＞=|>|＞|≤|≦|<=|＜=|<|＜|=|＝|不低于|不少于|大于等于|不高于|不超过|小于等于|大于|小于|等于)?' %}
{% set amount = operators ~ '([0-9]+(?:,[0-9]{3})*(?:[.][0-9]+)?)([^0-9.，,；;、~～至-]{0,10})\\z' %}
with worded as (
    select
        *,
        -- a word for an operator is kept apart from the number: 定性 is none
        case when target_operator = '定性' then '' else coalesce(target_operator, '') end || coalesce(target, '')
        || coalesce(target_unit, '') as target_text
    from {{ source('raw', 'indicator') }}
),

parted as (
    select
        *,
        nullif(regexp_extract(target_text, '{{ amount }}', 1), '') as target_sign,
        try_cast(replace(nullif(regexp_extract(target_text, '{{ amount }}', 2), ''), ',', '') as decimal(20, 4)) as target_number,
        regexp_extract(target_text, '{{ amount }}', 3) as target_counted,
        nullif(regexp_extract(result, '{{ amount }}', 1), '') as result_sign,
        try_cast(replace(nullif(regexp_extract(result, '{{ amount }}', 2), ''), ',', '') as decimal(20, 4)) as result_number,
        regexp_extract(result, '{{ amount }}', 3) as result_counted
    from worded
)

select
    substr(document_id, 1, 16) || '-t' || cast(table_no as varchar) || '-' || cast(indicator_no as varchar) as indicator_id,
    substr(document_id, 1, 16) || '-f' || cast(form_no as varchar) as form_id,
    document_id,
    form_no,
    table_no,
    block_no,
    indicator_no,
    row_no,
    page,
    char_start,
    char_end,
    level_1 as level_1_printed,
    regexp_replace(level_1, '[（(]?[0-9.]+分[）)]?\z', '') as level_1,
    level_2,
    level_3,
    -- 指标1：群众满意度 is 群众满意度
    nullif(regexp_replace(coalesce(level_3, level_2, level_1), '^指标[0-9]*[：:]', ''), '') as indicator_name,
    nullif(target_text, '') as target,
    case
        when target_sign in ('≥', '≧', '>=', '＞=', '不低于', '不少于', '大于等于') then '>='
        when target_sign in ('>', '＞', '大于') then '>'
        when target_sign in ('≤', '≦', '<=', '＜=', '不高于', '不超过', '小于等于') then '<='
        when target_sign in ('<', '＜', '小于') then '<'
        when target_sign in ('=', '＝', '等于') then '='
    end as target_operator,
    target_number,
    target_counted,
    result,
    result_sign,
    result_number,
    result_counted,
    points as points_stated,
    try_cast(regexp_replace(points, '分\z', '') as decimal(12, 4)) as points,
    score as score_stated,
    try_cast(regexp_replace(score, '分\z', '') as decimal(12, 4)) as score,
    reason is not null as asks_reason,
    case when not regexp_matches(coalesce(reason, ''), '^(无|没有|/|-|—|－)*\z') then reason end as deviation_reason
from parted
