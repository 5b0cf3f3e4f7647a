-- P07: the grade of a performance evaluation against its score, by the thresholds of seeds/rules/grade.csv. The grade is
-- in the form's own cell, or in the words that follow the score. A score out of other than 100 is not judged.
with score as (
    select
        f.*,
        fm.grade as form_grade,
        t.value as full_points,
        regexp_extract(
            substr(b.text, f.char_end + 1, 60),
            '^[^0-9。；;\n]{0,12}(?:等级|等次|级别|评级|评定|评价结果|评为|结果为|属于|为)[^0-9。；;优良中差\n]{0,6}'
            || '(优秀|优|良好|良|中等|中|较差|差)(?:[”"」’，。；,;、）)（(\s等级档次]|\z)',
            1
        ) as told_grade
    from {{ ref('int_figure') }} as f
    inner join {{ source('raw', 'block') }} as b on f.document_id = b.document_id and f.block_no = b.block_no
    left join {{ ref('stg_form') }} as fm
        on f.document_id = fm.document_id and f.form_no = fm.form_no and f.table_no = fm.table_no
    left join {{ ref('int_form_figure') }} as t
        on f.document_id = t.document_id
            and f.form_no = t.form_no
            and f.item = t.item
            and t.component = 'total'
            and t.phase = 'points'
    where f.statement = 'performance' and f.phase = 'score' and f.component = 'total'
),

graded as (
    select
        s.*,
        g.grade,
        g.from_score,
        g.below_score
    from score as s
    inner join {{ ref('grade') }} as g
        on regexp_matches(coalesce(s.form_grade, nullif(s.told_grade, '')), g.pattern)
),

judged as (
    select
        *,
        case
            when value < from_score then from_score
            when value >= below_score then below_score
            else value
        end as bound
    from graded
)

select
    'grade:' || figure_id as check_key,
    'P07' as rule_id,
    cast(null as varchar) as severity,
    case
        when coalesce(full_points, 100) <> 100 then 'not_applicable'
        when bound = value and coalesce(value < below_score, true) then 'pass'
        else 'fail'
    end as state,
    document_id,
    organization_name,
    fiscal_year,
    cast(bound as decimal(28, 6)) as expected,
    value as observed,
    cast(value - bound as decimal(28, 6)) as difference,
    cast(0 as decimal(28, 6)) as tolerance,
    unit,
    item_label || '得分' || {{ readable('value', 'unit') }} || '，等级印为“' || coalesce(form_grade, told_grade) || '”，'
    || '该等级为' || coalesce({{ plain('from_score') }} || '分以上', '')
    || coalesce({{ plain('below_score') }} || '分以下', '') as message,
    [figure_id] as figure_ids,
    [quote] as evidence
from judged
