-- B08: where a budget has no money but fiscal appropriations of the year (收支总表: 财政拨款 of all funds = 收入总计),
-- 财政拨款收支总表 comes to the same total. With other income or anything carried over, the two need not agree.
with figure as (
    select *
    from {{ ref('int_table_figure') }}
    -- the column of the income side is 本年收入 in some
    where component in ('total', 'income')
        and fund = 'all'
        and table_kind in ('B1', 'B4')
        and fiscal_year = report_year
    qualify row_number() over (
        partition by report_id, organization_name, table_kind, item order by table_no, row_no, col_no
    ) = 1
),

fiscal as (
    select
        report_id,
        organization_name,
        max(value) filter (where item = 'income_fiscal') as fiscal_value,
        sum(value) filter (where item in ('income_general_public', 'income_government_fund', 'income_state_capital'))
            as funds_value
    from figure
    where table_kind = 'B1'
    group by report_id, organization_name
),

compared as (
    select
        t.*,
        coalesce(f.fiscal_value, f.funds_value) as fiscal_value,
        r.figure_id as right_id,
        r.value as right_value,
        r.quote as right_quote,
        r.table_title as right_title,
        r.value - t.value as difference,
        case when t.resolution = r.resolution then 0 else t.half_width + r.half_width end as tolerance
    from figure as t
    left join fiscal as f on t.report_id = f.report_id and t.organization_name = f.organization_name
    left join figure as r
        on t.report_id = r.report_id
            and t.organization_name = r.organization_name
            and r.table_kind = 'B4'
            and r.item = 'fiscal_income_expenditure_total'
    where t.table_kind = 'B1' and t.item = 'income_expenditure_total'
)

select
    'sole_source:' || figure_id as check_key,
    'B08' as rule_id,
    cast(null as varchar) as severity,
    case
        when fiscal_value is null or right_value is null then 'insufficient'
        when fiscal_value <> value then 'not_applicable'
        else {{ state_of('difference', 'tolerance') }}
    end as state,
    {{ compared('value', 'right_value') }},
    '收入全部是财政拨款，' || table_title || '总计印为' || {{ readable('value', 'unit') }} || '，' || right_title || '总计印为'
    || {{ readable('right_value', 'unit') }} || '，相差' || {{ readable('abs(difference)', 'unit') }} as message,
    {{ evidence('[figure_id, right_id]') }} as figure_ids,
    {{ evidence('[quote, right_quote]') }} as evidence
from compared
