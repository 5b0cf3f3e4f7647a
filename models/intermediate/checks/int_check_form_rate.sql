-- P01: the execution rate that a performance form prints, against its own spending and full-year budget. A rate printed
-- without % may be a share of 1, and one whose last places were cut off counts as rounded.
with rate as (
    select *
    from {{ ref('int_form_figure') }}
    where phase = 'execution_pct'
),

operand as (
    select
        r.figure_id as rate_id,
        o.phase,
        o.figure_id,
        o.value,
        o.half_width,
        o.quote
    from rate as r
    inner join {{ ref('int_form_figure') }} as o
        on r.document_id = o.document_id
            and r.form_no = o.form_no
            and r.statement = o.statement
            and r.item = o.item
            and r.component = o.component
            and r.fund = o.fund
            and o.phase in ('actual', 'budget')
            and o.unit = 'yuan'
    -- the amounts of its row; where the form has no such row, those of its subject
    qualify row_number() over (
        partition by r.figure_id, o.phase
        order by case when r.table_no = o.table_no and r.row_no = o.row_no then 0 else 1 end, o.number_no
    ) = 1
),

compared as (
    select
        r.*,
        a.figure_id as actual_id,
        a.value as actual_value,
        a.half_width as actual_half,
        a.quote as actual_quote,
        b.figure_id as budget_id,
        b.value as budget_value,
        b.half_width as budget_half,
        b.quote as budget_quote,
        {{ percent_of('a.value', 'b.value') }} as recomputed,
        {{ percent_is_possible('r.value', 'r.half_width', 'a.value', 'a.half_width', 'b.value', 'b.half_width') }}
            as is_possible,
        not contains(r.printed, '%')
        and r.value <= 1
        and {{ percent_is_possible(
            'r.value * 100', 'r.half_width * 100', 'a.value', 'a.half_width', 'b.value', 'b.half_width'
        ) }} as is_share_of_1
    from rate as r
    left join operand as a on r.figure_id = a.rate_id and a.phase = 'actual'
    left join operand as b on r.figure_id = b.rate_id and b.phase = 'budget'
)

select
    'form_rate:' || figure_id as check_key,
    'P01' as rule_id,
    cast(null as varchar) as severity,
    case
        when actual_value is null or budget_value is null then 'insufficient'
        when budget_value = 0 and actual_value = 0 then 'not_applicable'
        when budget_value = 0 then 'fail'
        when is_share_of_1 or abs(recomputed - value) <= half_width and is_possible then 'pass'
        -- 99.999% printed as 99.99%: places cut off
        when is_possible or (value < recomputed and recomputed - value < half_width * 2) then 'rounding'
        else 'fail'
    end as state,
    document_id,
    organization_name,
    fiscal_year,
    recomputed as expected,
    value as observed,
    value - recomputed as difference,
    half_width as tolerance,
    unit,
    item_label || '执行率印为' || {{ readable('value', 'unit') }} || '，按' || {{ readable('actual_value', "'yuan'") }} || ' ÷ '
    || {{ readable('budget_value', "'yuan'") }}
    || case when budget_value = 0 then '没有意义' else '重算为' || {{ readable('recomputed', 'unit') }} end as message,
    {{ evidence('[figure_id, actual_id, budget_id]') }} as figure_ids,
    {{ evidence('[quote, actual_quote, budget_quote]') }} as evidence
from compared
