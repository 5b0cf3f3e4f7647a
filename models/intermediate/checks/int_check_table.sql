-- C01 to C04, B01, B02, B05 and D01: the same money in two standard tables of one document, by
-- seeds/rules/table_equality.csv, and the two sides of a 收支总表.
with figure as (
    select *
    from {{ ref('int_table_figure') }}
    qualify row_number() over (
        partition by report_id, table_kind, item, component, fund, phase order by table_no, row_no, col_no
    ) = 1
),

pair as (
    select
        e.equality_id,
        e.rule_id,
        l.*,
        r.figure_id as right_id,
        r.value as right_value,
        r.half_width as right_half,
        r.quote as right_quote,
        r.table_title as right_title,
        r.item_label as right_label
    from {{ ref('table_equality') }} as e
    inner join figure as l
        on e.left_kind = l.table_kind
            and e.left_item = l.item
            and e.left_component = l.component
            and e.left_fund = l.fund
    inner join figure as r
        on l.report_id = r.report_id
            and e.right_kind = r.table_kind
            and e.right_item = r.item
            and e.right_component = r.component
            and e.right_fund = r.fund
            and l.phase = r.phase

    union all

    select
        'sides' as equality_id,
        case when l.table_kind = 'F1' then 'D01' else 'B01' end as rule_id,
        l.*,
        r.figure_id,
        r.value,
        r.half_width,
        r.quote,
        r.table_title,
        r.item_label
    from {{ ref('int_table_figure') }} as l
    inner join {{ ref('int_table_figure') }} as r
        on l.document_id = r.document_id
            and l.table_no = r.table_no
            and l.item = r.item
            and l.fund = r.fund
            and l.phase = r.phase
            and l.row_no = r.row_no
            and l.col_no < r.col_no
            and r.component = 'total'
    where l.table_kind in ('F1', 'B1')
        and l.item = 'income_expenditure_total'
        and l.component = 'total'
),

compared as (
    select
        *,
        right_value - value as difference,
        half_width + right_half as tolerance
    from pair
)

select
    'table:' || equality_id || ':' || figure_id || ':' || right_id as check_key,
    rule_id,
    cast(null as varchar) as severity,
    {{ state_of('difference', 'tolerance') }} as state,
    document_id,
    organization_name,
    fiscal_year,
    value as expected,
    right_value as observed,
    difference,
    tolerance,
    unit,
    table_title || '“' || item_label || '”印为' || {{ readable('value', 'unit') }} || '，' || right_title || '“' || right_label
    || '”印为' || {{ readable('right_value', 'unit') }} || '，相差' || {{ readable('abs(difference)', 'unit') }} as message,
    [figure_id, right_id] as figure_ids,
    {{ evidence('[quote, right_quote]') }} as evidence
from compared
