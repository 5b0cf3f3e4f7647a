-- A02: the full-year budget against the initial one of the same subject, by seeds/rules/threshold.csv. A change from
-- nothing has no percentage.
with pair as (
    select
        b.*,
        i.figure_id as initial_id,
        i.value as initial_value,
        i.quote as initial_quote,
        b.value - i.value as change_yuan,
        abs({{ percent_of('(b.value - i.value)', 'i.value') }}) as change_pct
    from {{ ref('int_report_figure') }} as b
    left join {{ ref('int_report_figure') }} as i
        on b.report_id = i.report_id
            and b.fiscal_year = i.fiscal_year
            and b.statement = i.statement
            and b.item_key = i.item_key
            and coalesce(b.organization_name, '') = coalesce(i.organization_name, '')
            and i.phase = 'initial_budget'
            and i.tranche is null
    where b.phase = 'budget' and b.tranche is null and b.unit = 'yuan'
    qualify row_number() over (partition by b.figure_id order by i.number_no) = 1
),

standard as (
    select p.figure_id, t.*
    from pair as p
    inner join {{ ref('threshold') }} as t on t.phase = 'budget_change' and {{ is_about('t', 'p') }}
    qualify {{ specificity('t') }} = max({{ specificity('t') }}) over (partition by p.figure_id)
),

judged as (
    select p.*, t.rule_id, t.severity, t.above_pct, t.title
    from pair as p
    left join standard as t
        on p.figure_id = t.figure_id
            and p.change_pct > t.above_pct
            and (t.minimum_gap_yuan is null or abs(p.change_yuan) >= t.minimum_gap_yuan)
    qualify row_number() over (partition by p.figure_id order by t.above_pct desc nulls last) = 1
)

select
    'budget_change:' || figure_id as check_key,
    'A02' as rule_id,
    severity,
    case
        when initial_value is null then 'insufficient'
        when initial_value = 0 then 'not_applicable'
        when rule_id is not null then 'fail'
        else 'pass'
    end as state,
    document_id,
    organization_name,
    fiscal_year,
    initial_value as expected,
    value as observed,
    change_yuan as difference,
    cast(0 as decimal(28, 6)) as tolerance,
    unit,
    item_label || '全年预算数' || {{ readable('value', 'unit') }} || '，年初预算数' || {{ readable('initial_value', 'unit') }} || '，相差'
    || {{ readable('round(change_pct, 2)', "'percent'") }} || coalesce('，' || title, '') as message,
    {{ evidence('[figure_id, initial_id]') }} as figure_ids,
    {{ evidence('[quote, initial_quote]') }} as evidence
from judged
