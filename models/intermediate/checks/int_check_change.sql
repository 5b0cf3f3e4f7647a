-- T05 and T04: a printed percentage of change against the printed change and the current amount.
with pair as (
    select
        p.*,
        c.figure_id as change_id,
        c.value as change_value,
        c.half_width as change_half,
        c.quote as change_quote,
        a.figure_id as current_id,
        a.value as current_value,
        a.half_width as current_half,
        a.quote as current_quote,
        a.value - c.value as previous_value,
        a.half_width + c.half_width as previous_half
    from {{ ref('int_told_figure') }} as p
    left join {{ ref('int_told_figure') }} as c
        on p.report_id = c.report_id
            and p.item = c.item
            and c.phase = 'change'
            and c.number_no < p.number_no
            and c.block_no = p.block_no
            and not ({{ is_against_budget('c.base') }})
            -- 比2019年增加10万元，比上年下降20%: two changes
            and (coalesce(p.base, '') = '' or coalesce(c.base, '') = '' or p.base = c.base)
    left join {{ ref('int_told_figure') }} as a
        on c.document_id = a.document_id and c.of_number = a.number_no
    where p.phase = 'change_pct'
        and coalesce(p.base, '') not like '%差异率'
        -- a change against the budget has the budget as its base, not last year
        and not ({{ is_against_budget('p.base') }})
    qualify row_number() over (partition by p.figure_id order by c.number_no desc) = 1
),

compared as (
    select
        *,
        sign(value) * sign(change_value) < 0 as is_opposed,
        {{ percent_of('change_value', 'previous_value') }} as expected,
        case
            when current_value is null then null
            else {{ percent_is_possible(
                'abs(value)', 'half_width', 'abs(change_value)', 'change_half', 'abs(previous_value)', 'previous_half'
            ) }}
        end as is_possible
    from pair
)

select
    'change:' || figure_id as check_key,
    'T05' as rule_id,
    cast(null as varchar) as severity,
    case
        when current_value is null or change_value is null then 'insufficient'
        -- T04 tells it
        when is_opposed then 'not_applicable'
        when previous_value = 0 and value = 0 then 'not_applicable'
        when previous_value = 0 then 'fail'
        when abs(expected - value) <= half_width and is_possible then 'pass'
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
    item_label || '增减幅度印为' || {{ readable('value', 'unit') }} || '，本年' || {{ readable('current_value', "'yuan'") }}
    || '、增减' || {{ readable('change_value', "'yuan'") }}
    || case
        when previous_value = 0 then '，上年为0，不存在增减幅度'
        else '，重算为' || {{ readable('expected', 'unit') }}
    end as message,
    {{ evidence('[figure_id, change_id, current_id]') }} as figure_ids,
    {{ evidence('[quote, change_quote, current_quote]') }} as evidence
from compared

union all

select
    'direction:' || figure_id,
    'T04',
    null,
    case when change_value is null then 'insufficient' when is_opposed then 'fail' else 'pass' end,
    document_id,
    organization_name,
    fiscal_year,
    case when is_opposed then expected end,
    value,
    case when is_opposed then value - expected end,
    case when is_opposed then half_width end,
    unit,
    item_label || '增减幅度印为' || {{ readable('value', 'unit') }} || '，增减额印为' || {{ readable('change_value', "'yuan'") }}
    || '，方向相反' || coalesce('，重算为' || {{ readable('expected', 'unit') }}, ''),
    {{ evidence('[figure_id, change_id, current_id]') }},
    {{ evidence('[quote, change_quote, current_quote]') }}
from compared
