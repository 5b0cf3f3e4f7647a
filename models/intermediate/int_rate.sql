-- Every stated rate (完成率, 执行率, 到位率) with the numerator and denominator it speaks of: the nearest prints of the
-- same subject, the ones before it first. 全年预算 is the full-year budget, or initial plus supplementary; a rate that
-- names no base is of the full-year budget where one is printed, else of the initial one.
with rate as (
    select *
    from {{ ref('int_told_figure') }}
    where phase in ('execution_pct', 'funding_rate')
        or (phase = 'change_pct' and base like '%差异率')
),

near as (
    select
        r.figure_id as rate_id,
        f.phase,
        f.figure_id,
        f.value,
        f.half_width,
        f.quote,
        f.number_no
    from rate as r
    inner join {{ ref('int_told_figure') }} as f
        on r.report_id = f.report_id
            and r.fiscal_year = f.fiscal_year
            and coalesce(r.statement, '') = coalesce(f.statement, '')
            and r.item_key = f.item_key
            and coalesce(r.organization_name, '') = coalesce(f.organization_name, '')
            and f.component = 'total'
            and f.phase in ('actual', 'budget', 'initial_budget', 'supplementary_budget', 'appropriated')
    where r.component = 'total'
    qualify row_number() over (
        partition by r.figure_id, f.phase
        order by
            case when f.number_no < r.number_no then 0 else 1 end,
            abs(f.number_no - r.number_no)
    ) = 1
),

wide as (
    select
        rate_id,
        max(value) filter (where phase = 'actual') as actual_value,
        max(half_width) filter (where phase = 'actual') as actual_half,
        max(figure_id) filter (where phase = 'actual') as actual_id,
        max(quote) filter (where phase = 'actual') as actual_quote,
        max(value) filter (where phase = 'appropriated') as appropriated_value,
        max(half_width) filter (where phase = 'appropriated') as appropriated_half,
        max(figure_id) filter (where phase = 'appropriated') as appropriated_id,
        max(quote) filter (where phase = 'appropriated') as appropriated_quote,
        max(value) filter (where phase = 'budget') as budget_value,
        max(half_width) filter (where phase = 'budget') as budget_half,
        max(figure_id) filter (where phase = 'budget') as budget_id,
        max(quote) filter (where phase = 'budget') as budget_quote,
        max(value) filter (where phase = 'initial_budget') as initial_value,
        max(half_width) filter (where phase = 'initial_budget') as initial_half,
        max(figure_id) filter (where phase = 'initial_budget') as initial_id,
        max(quote) filter (where phase = 'initial_budget') as initial_quote,
        max(value) filter (where phase = 'supplementary_budget') as supplementary_value,
        max(half_width) filter (where phase = 'supplementary_budget') as supplementary_half,
        max(figure_id) filter (where phase = 'supplementary_budget') as supplementary_id,
        max(quote) filter (where phase = 'supplementary_budget') as supplementary_quote
    from near
    group by rate_id
),

based as (
    select
        r.*,
        w.* exclude (rate_id),
        case
            when r.base_phase = 'initial_budget' then 'initial'
            when r.base_phase = 'appropriated' then 'appropriated'
            when w.budget_value is not null then 'budget'
            when w.initial_value is not null and w.supplementary_value is not null
                and r.base_phase = 'budget' then 'initial_and_supplementary'
            when w.initial_value is not null and r.base_phase is null then 'initial'
            when w.supplementary_value is not null and w.initial_value is null then 'supplementary'
        end as denominator
    from rate as r
    left join wide as w on r.figure_id = w.rate_id
)

select
    b.* exclude (
        budget_value, budget_half, budget_id, budget_quote, initial_value, initial_half, initial_id, initial_quote,
        supplementary_value, supplementary_half, supplementary_id, supplementary_quote,
        appropriated_value, appropriated_half, appropriated_id, appropriated_quote,
        actual_value, actual_half, actual_id, actual_quote
    ),
    case when phase = 'funding_rate' then appropriated_value else actual_value end as numerator_value,
    case when phase = 'funding_rate' then appropriated_half else actual_half end as numerator_half,
    case when phase = 'funding_rate' then appropriated_id else actual_id end as numerator_id,
    case when phase = 'funding_rate' then appropriated_quote else actual_quote end as numerator_quote,
    case denominator
        when 'initial' then initial_value
        when 'appropriated' then appropriated_value
        when 'budget' then budget_value
        when 'supplementary' then supplementary_value
        when 'initial_and_supplementary' then initial_value + supplementary_value
    end as denominator_value,
    case denominator
        when 'initial' then initial_half
        when 'appropriated' then appropriated_half
        when 'budget' then budget_half
        when 'supplementary' then supplementary_half
        when 'initial_and_supplementary' then initial_half + supplementary_half
    end as denominator_half,
    case denominator
        when 'initial' then initial_id
        when 'appropriated' then appropriated_id
        when 'budget' then budget_id
        when 'supplementary' then supplementary_id
        when 'initial_and_supplementary' then supplementary_id
    end as denominator_id,
    case denominator
        when 'initial' then initial_quote
        when 'appropriated' then appropriated_quote
        when 'budget' then budget_quote
        when 'supplementary' then supplementary_quote
        when 'initial_and_supplementary' then supplementary_quote
    end as denominator_quote
from based as b
