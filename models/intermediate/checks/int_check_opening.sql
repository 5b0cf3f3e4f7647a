-- A05: what a year opens with is what the year before closed with, in the final accounts of both: all money (F1), fiscal
-- money (F4, fund by fund), and each of the two funds (F8, F9, or the text).
with carried as (
    select
        *,
        case when item in ('carryover_opening', 'carryover_closing') then item else component end as carried_item,
        case
            when table_kind = 'F1' then 'all'
            when table_kind = 'F4' then 'fiscal:' || fund
            when fund <> 'all' then fund
            when section in ('summary', 'income', 'expenditure') then 'all'
        end as scope
    from {{ ref('int_figure') }}
    where report_kind = 'final_account'
        and phase = 'actual'
        and fiscal_year = report_year
        and organization_name is not null
        and (
            (component = 'total' and item in ('carryover_opening', 'carryover_closing'))
            or (
                table_kind in ('F8', 'F9')
                and component in ('carryover_opening', 'carryover_closing')
                and item in ('government_fund_expenditure', 'state_capital_expenditure')
            )
        )
),

chosen as (
    select *
    from carried
    where scope is not null
    qualify row_number() over (
        partition by organization_name, fiscal_year, scope, carried_item
        order by case when table_kind is not null then 0 else 1 end, document_id, number_no
    ) = 1
),

pair as (
    select
        o.*,
        c.figure_id as closing_id,
        c.value as closing_value,
        c.quote as closing_quote,
        c.file_name as closing_file,
        o.value - c.value as difference,
        o.half_width + c.half_width as tolerance
    from chosen as o
    left join chosen as c
        on o.organization_name = c.organization_name
            and o.fiscal_year = c.fiscal_year + 1
            and o.scope = c.scope
            and coalesce(o.report_scope, '') = coalesce(c.report_scope, '')
            and c.carried_item = 'carryover_closing'
    where o.carried_item = 'carryover_opening'
)

select
    'opening:' || figure_id as check_key,
    'A05' as rule_id,
    cast(null as varchar) as severity,
    case when closing_value is null then 'insufficient' else {{ state_of('difference', 'tolerance') }} end as state,
    {{ compared('closing_value', 'value') }},
    '年初结转和结余印为' || {{ readable('value', 'unit') }} || '，上年《' || closing_file || '》年末结转和结余为'
    || {{ readable('closing_value', 'unit') }} || '，相差' || {{ readable('abs(difference)', 'unit') }} as message,
    {{ evidence('[figure_id, closing_id]') }} as figure_ids,
    {{ evidence('[quote, closing_quote]') }} as evidence
from pair
