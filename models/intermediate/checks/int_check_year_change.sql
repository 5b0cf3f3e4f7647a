-- A03: an amount against that of the year before, by seeds/rules/threshold.csv: as the documents of both years print it,
-- or the columns of a table, or the change that the text tells. A change from nothing has no percentage.
with subject as (
    select *
    from {{ ref('int_figure') }}
    where unit = 'yuan'
        and component = 'total'
        and statement in ('summary', 'income', 'fiscal', 'three_public', 'operating', 'procurement')
        and fiscal_year = report_year
        and organization_name is not null
        and phase in ('actual', 'initial_budget')
        -- what is left over is no line of business
        and item not in ('carryover_opening', 'carryover_closing')
),

of_documents as (
    select
        f.figure_id as current_id,
        p.figure_id as previous_id,
        p.value as previous_value,
        0 as source_rank
    from {{ ref('int_organization_figure') }} as f
    inner join {{ ref('int_organization_figure') }} as p
        on f.organization_name = p.organization_name
            and f.fiscal_year = p.fiscal_year + 1
            and f.statement = p.statement
            and f.item_key = p.item_key
            and f.phase = p.phase
            and f.document_id <> p.document_id
            and p.report_year = p.fiscal_year
    where f.instalment_count = 1 and p.instalment_count = 1
),

of_columns as (
    select f.figure_id, p.figure_id, p.value, 1
    from {{ ref('int_table_figure') }} as f
    inner join {{ ref('int_table_figure') }} as p
        on f.document_id = p.document_id
            and f.table_no = p.table_no
            and f.item = p.item
            and f.fund = p.fund
            and f.phase = p.phase
            and f.organization_name = p.organization_name
            and f.fiscal_year = p.fiscal_year + 1
            and p.component = 'total'
            and (f.row_no = p.row_no or f.col_no = p.col_no)
    where f.component = 'total'
),

of_text as (
    select f.figure_id, c.figure_id, f.value - c.value, 2
    from {{ ref('int_told_figure') }} as c
    inner join {{ ref('int_told_figure') }} as f on c.document_id = f.document_id and c.of_number = f.number_no
    where c.phase = 'change' and not ({{ is_against_budget('c.base') }}) and f.item = c.item
),

pair as (
    select
        f.*,
        e.previous_id,
        e.previous_value,
        p.quote as previous_quote,
        f.value - e.previous_value as change_yuan,
        abs({{ percent_of('(f.value - e.previous_value)', 'e.previous_value') }}) as change_pct
    from subject as f
    inner join (
        select * from of_documents union all select * from of_columns union all select * from of_text
    ) as e on f.figure_id = e.current_id
    inner join {{ ref('int_figure') }} as p on e.previous_id = p.figure_id
    qualify row_number() over (
        partition by f.organization_name, f.fiscal_year, f.statement, f.item_key, f.phase
        order by e.source_rank, f.document_id, f.number_no, p.number_no
    ) = 1
),

-- one money under several names (收入合计, 支出合计, 财政拨款) changes once
distinct_pair as (
    select *
    from pair
    qualify row_number() over (
        partition by document_id, organization_name, fiscal_year, phase, value, previous_value order by number_no
    ) = 1
),

standard as (
    select p.figure_id, t.*
    from distinct_pair as p
    inner join {{ ref('threshold') }} as t on t.phase = 'year_change' and {{ is_about('t', 'p') }}
    qualify {{ specificity('t') }} = max({{ specificity('t') }}) over (partition by p.figure_id)
),

judged as (
    select p.*, t.rule_id, t.severity, t.above_pct, t.title
    from distinct_pair as p
    left join standard as t
        on p.figure_id = t.figure_id
            and p.change_pct > t.above_pct
            and (t.minimum_gap_yuan is null or abs(p.change_yuan) >= t.minimum_gap_yuan)
    qualify row_number() over (partition by p.figure_id order by t.above_pct desc nulls last) = 1
)

select
    'year_change:' || figure_id as check_key,
    'A03' as rule_id,
    severity,
    case when previous_value = 0 then 'not_applicable' when rule_id is not null then 'fail' else 'pass' end as state,
    document_id,
    organization_name,
    fiscal_year,
    previous_value as expected,
    value as observed,
    change_yuan as difference,
    cast(0 as decimal(28, 6)) as tolerance,
    unit,
    item_label || {{ phase_name('phase') }} || '本年' || {{ readable('value', 'unit') }} || '，上年' || {{ readable('previous_value', 'unit') }}
    || '，相差' || {{ readable('round(change_pct, 2)', "'percent'") }} || coalesce('，' || title, '') as message,
    [figure_id, previous_id] as figure_ids,
    {{ evidence('[quote, previous_quote]') }} as evidence
from judged
