-- A07: the initial budget that a final account quotes, against the budget as it was published. Functional classes, 三公,
-- 机关运行经费 and all expenditure are taken from the tables of the budget before its text.
with quoted as (
    select *
    from {{ ref('int_report_figure') }}
    where report_kind = 'final_account'
        and phase = 'initial_budget'
        and fiscal_year = report_year
        and organization_name is not null
        and unit = 'yuan'
        and statement not in ('project', 'performance', 'task', 'economic')
),

published as (
    select *
    from {{ ref('int_figure') }}
    where report_kind = 'budget'
        and phase = 'initial_budget'
        and component = 'total'
        and unit = 'yuan'
        and fiscal_year = report_year
        -- classes are quoted for 一般公共预算; 支出总表 has all funds
        and (table_kind is null or table_kind in ('B1', 'B3', 'B5', 'B9', 'B11'))
        and not (statement = 'function' and coalesce(table_kind, '') in ('B1', 'B3'))
    qualify row_number() over (
        partition by organization_name, fiscal_year, report_scope, statement, item_key
        order by case when table_kind is not null then 0 else 1 end, document_id, number_no
    ) = 1
),

pair as (
    select
        q.*,
        p.figure_id as published_id,
        p.value as published_value,
        p.quote as published_quote,
        p.file_name as published_file,
        q.value - p.value as difference,
        greatest(q.resolution, p.resolution) as tolerance
    from quoted as q
    left join published as p
        on q.organization_name = p.organization_name
            and q.fiscal_year = p.fiscal_year
            and q.statement = p.statement
            and q.item_key = p.item_key
            and (q.report_scope is null or p.report_scope is null or q.report_scope = p.report_scope)
    qualify row_number() over (partition by q.figure_id order by p.document_id, p.number_no) = 1
)

select
    'quoted_budget:' || figure_id as check_key,
    'A07' as rule_id,
    cast(null as varchar) as severity,
    case when published_value is null then 'insufficient' else {{ state_of('difference', 'tolerance') }} end as state,
    {{ compared('published_value', 'value') }},
    item_label || '年初预算数在决算中写作' || {{ readable('value', 'unit') }} || '，《' || published_file || '》公布的预算为'
    || {{ readable('published_value', 'unit') }} || '，相差' || {{ readable('abs(difference)', 'unit') }} as message,
    {{ evidence('[figure_id, published_id]') }} as figure_ids,
    {{ evidence('[quote, published_quote]') }} as evidence
from pair
