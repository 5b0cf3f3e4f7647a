-- T03: a stated completion rate against its own numerator and denominator; those of performance forms are P01. 预决算差异率 is |决算 − 预算| ÷ 预算.
with operand as (
    select
        * replace (
            case when base like '%差异率' then abs(numerator_value - denominator_value) else numerator_value end
                as numerator_value,
            case when base like '%差异率' then numerator_half + denominator_half else numerator_half end as numerator_half
        ),
        base like '%差异率' as is_difference_rate
    from {{ ref('int_rate') }}
    where form_no is null
),

compared as (
    select
        *,
        {{ percent_of('numerator_value', 'denominator_value') }} as expected,
        case
            when numerator_value is null or denominator_value is null then null
            else {{ percent_is_possible(
                'abs(value)', 'half_width', 'numerator_value', 'numerator_half', 'denominator_value', 'denominator_half'
            ) }}
        end as is_possible
    from operand
)

select
    'rate:' || figure_id as check_key,
    'T03' as rule_id,
    cast(null as varchar) as severity,
    case
        when numerator_value is null or denominator_value is null then 'insufficient'
        when denominator_value = 0 and value = 0 then 'not_applicable'
        when denominator_value = 0 then 'fail'
        when abs(expected - abs(value)) <= half_width and is_possible then 'pass'
        when is_possible then 'rounding'
        else 'fail'
    end as state,
    document_id,
    organization_name,
    fiscal_year,
    expected,
    value as observed,
    value - expected as difference,
    half_width as tolerance,
    unit,
    item_label || case when is_difference_rate then '预决算差异率' when phase = 'funding_rate' then '资金到位率' else '执行率' end
    || '印为' || {{ readable('value', 'unit') }} || '，按' || {{ readable('numerator_value', "'yuan'") }} || ' ÷ '
    || {{ readable('denominator_value', "'yuan'") }}
    || case when denominator_value = 0 then '没有意义' else '重算为' || {{ readable('expected', 'unit') }} end as message,
    {{ evidence('[figure_id, numerator_id, denominator_id]') }} as figure_ids,
    {{ evidence('[quote, numerator_quote, denominator_quote]') }} as evidence
from compared
