-- For every figure of a failed check: by how much it would have to change, alone, for the check to hold (`change`).
-- Known where the check adds figures of one unit: its first figure is one side, the others add up to the other.
-- Where they do not (a sum with minus signs), only the size is known, and for shares, rates and limits nothing: these
-- are not `additive`.
with operand as (
    select
        o.*,
        f.value,
        f.unit as figure_unit,
        o.figure_id = o.first_figure_id as is_first,
        r.kind,
        r.kind = 'identity' and o.unit in ('yuan', 'count', 'score') as is_sum
    from {{ ref('int_check_operand') }} as o
    inner join {{ ref('stg_figure') }} as f on o.figure_id = f.figure_id
    inner join {{ ref('rule') }} as r on o.rule_id = r.rule_id
    where o.state = 'fail'
),

sided as (
    select
        *,
        min(case when is_sum and figure_unit = unit then 1 else 0 end) over (partition by check_key) = 1 as is_additive,
        max(case when figure_unit <> 'percent' then 1 else 0 end) over (partition by check_key) = 1 as has_amounts,
        sum(case when is_first then value end) over (partition by check_key) as first_value,
        sum(case when is_first then cast(0 as decimal(28, 6)) else value end)
            over (partition by check_key) as others_value
    from operand
)

select
    check_key,
    rule_id,
    document_id,
    figure_id,
    is_first,
    value,
    unit,
    expected,
    observed,
    tolerance,
    is_additive,
    abs(difference) as size,
    case
        when not is_additive then null
        when first_value = observed and others_value = expected
            then case when is_first then -difference else difference end
        when first_value = expected and others_value = observed
            then case when is_first then difference else -difference end
    end as change
from sided
-- a rate is judged by its amounts, whatever percentage is printed beside them
where not (kind = 'threshold' and figure_unit = 'percent' and has_amounts)
