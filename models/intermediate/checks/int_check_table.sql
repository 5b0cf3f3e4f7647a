-- C01 to C05, B01, B02, B04, B05, B09 and D01: the same money in two standard tables of one document, by
-- seeds/rules/table_equality.csv (`@class` is each functional class), and the two sides of a 收支总表. Where the rule says 0, two prints in one unit are
-- the same number.
with printed as (
    select
        f.*,
        case when statement = 'function' and c.code is not null and coalesce(f.code, c.code) = c.code then '@class' else item end as side_item
    from {{ ref('int_table_figure') }} as f
    left join {{ ref('int_function_class') }} as c on f.item = c.name
),

figure as (
    select *
    from printed
    qualify row_number() over (
        partition by report_id, table_kind, organization_name, fiscal_year, item, component, fund, phase
        order by table_no, row_no, col_no
    ) = 1
),

pair as (
    select
        e.equality_id,
        e.rule_id,
        e.tolerance as own_tolerance,
        l.*,
        r.figure_id as right_id,
        r.value as right_value,
        r.half_width as right_half,
        r.resolution as right_resolution,
        r.quote as right_quote,
        r.table_title as right_title,
        r.item_label as right_label
    from {{ ref('table_equality') }} as e
    inner join figure as l
        on e.left_kind = l.table_kind
            and e.left_item = l.side_item
            and e.left_component = l.component
            and e.left_fund = l.fund
    inner join figure as r
        on l.report_id = r.report_id
            and e.right_kind = r.table_kind
            and e.right_item = r.side_item
            and (e.left_item <> '@class' or l.item = r.item)
            and e.right_component = r.component
            and e.right_fund = r.fund
            and l.phase = r.phase
            and l.fiscal_year = r.fiscal_year
            and l.organization_name = r.organization_name

    union all

    select
        'sides' as equality_id,
        case l.table_kind when 'F1' then 'D01' when 'F4' then 'D10' when 'B4' then 'B04' else 'B01' end as rule_id,
        cast(null as varchar) as own_tolerance,
        l.*,
        r.figure_id,
        r.value,
        r.half_width,
        r.resolution,
        r.quote,
        r.table_title,
        r.item_label
    from printed as l
    inner join printed as r
        on l.document_id = r.document_id
            and l.table_no = r.table_no
            and l.item = r.item
            and l.fund = r.fund
            and l.phase = r.phase
            and l.fiscal_year = r.fiscal_year
            and l.row_no = r.row_no
            and l.col_no < r.col_no
            and r.component = 'total'
    where l.table_kind in ('F1', 'B1', 'F4', 'B4')
        and l.item in ('income_expenditure_total', 'fiscal_income_expenditure_total')
        and l.component = 'total'
),

compared as (
    select
        p.*,
        p.right_value - p.value as difference,
        case
            when {{ is_exact('coalesce(p.own_tolerance, u.tolerance)', 'p.resolution', 'p.right_resolution') }} then 0
            else p.half_width + p.right_half
        end as tolerance
    from pair as p
    inner join {{ ref('rule') }} as u on p.rule_id = u.rule_id
)

select
    'table:' || equality_id || ':' || figure_id || ':' || right_id as check_key,
    rule_id,
    cast(null as varchar) as severity,
    {{ state_of('difference', 'tolerance') }} as state,
    {{ compared('value', 'right_value') }},
    table_title || '“' || item_label || '”印为' || {{ readable('value', 'unit') }} || '，' || right_title || '“' || right_label
    || '”印为' || {{ readable('right_value', 'unit') }} || '，相差' || {{ readable('abs(difference)', 'unit') }} as message,
    [figure_id, right_id] as figure_ids,
    {{ evidence('[quote, right_quote]') }} as evidence
from compared
