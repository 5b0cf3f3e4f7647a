-- B07: 机关运行经费 is the public part (公用经费) of the basic expenditure of administrative units. Only where the
-- functional classes show no other unit: all but 行政运行 are such as institutions and offices alike carry, by
-- seeds/rules/shared_class.csv. Some leave the public part of these classes out: either sum is right.
with operating as (
    select *
    from {{ ref('int_figure') }}
    where item = 'operating_funds'
        and component = 'total'
        and phase = case report_kind when 'final_account' then 'actual' else 'initial_budget' end
        and fiscal_year = report_year
        and report_kind in ('final_account', 'budget')
    qualify row_number() over (
        partition by report_id, organization_name
        order by case when table_kind is not null then 0 else 1 end, number_no
    ) = 1
),

-- what a class spends on running: its public part where that has a column, else its basic expenditure
class as (
    select
        f.report_id,
        f.organization_name,
        f.code,
        min(f.item) as item,
        max(f.value) filter (where f.component = 'public') as public_value,
        max(f.value) filter (where f.component = 'basic') as basic_value
    from {{ ref('int_table_figure') }} as f
    where f.table_kind in ('B5', 'F5')
        and f.statement = 'function'
        and length(f.code) = 7
        and f.component in ('public', 'basic')
        and f.fiscal_year = f.report_year
    group by f.report_id, f.organization_name, f.code
),

shared as (
    select c.*, s.code is not null as is_shared
    from class as c
    left join {{ ref('shared_class') }} as s on s.code in (c.code, substr(c.code, 1, 5))
),

unit as (
    select
        report_id,
        organization_name,
        count(*) filter (where item = '行政运行') as running_classes,
        count(*) filter (
            where item <> '行政运行' and not is_shared and coalesce(public_value, basic_value) > 0
        ) as other_classes,
        sum(public_value) filter (where item = '行政运行') as running_value
    from shared
    group by report_id, organization_name
),

public_part as (
    select *
    from {{ ref('int_table_figure') }}
    where fiscal_year = report_year
        and (
            (table_kind = 'F6' and item = 'basic_public' and component = 'total')
            or (table_kind = 'B6' and item = 'expenditure_basic' and component = 'public')
            or (table_kind = 'B5' and item = 'general_public_expenditure' and component = 'public')
        )
    qualify row_number() over (
        partition by report_id, organization_name
        order by case table_kind when 'B5' then 1 else 0 end, number_no
    ) = 1
),

compared as (
    select
        o.*,
        u.running_classes,
        u.other_classes,
        p.figure_id as public_id,
        p.quote as public_quote,
        p.table_title as public_title,
        case when abs(o.value - u.running_value) < abs(o.value - p.value) then u.running_value else p.value end
            as public_value,
        greatest(o.resolution, p.resolution) as tolerance
    from operating as o
    left join unit as u on o.report_id = u.report_id and o.organization_name = u.organization_name
    left join public_part as p on o.report_id = p.report_id and o.organization_name = p.organization_name
),

measured as (
    select *, value - public_value as difference from compared
)

select
    'operating:' || figure_id as check_key,
    'B07' as rule_id,
    cast(null as varchar) as severity,
    case
        when public_value is null or running_classes is null then 'insufficient'
        when running_classes = 0 or other_classes > 0 then 'not_applicable'
        else {{ state_of('difference', 'tolerance') }}
    end as state,
    {{ compared('public_value', 'value') }},
    '机关运行经费印为' || {{ readable('value', 'unit') }} || '，' || public_title || '的公用经费为'
    || {{ readable('public_value', 'unit') }} || '，相差' || {{ readable('abs(difference)', 'unit') }} as message,
    {{ evidence('[figure_id, public_id]') }} as figure_ids,
    {{ evidence('[quote, public_quote]') }} as evidence
from measured
