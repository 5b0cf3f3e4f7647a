-- T06: one indicator printed several times in a document has one value. Parts are compared by their labels too, and
-- shares, changes and contracts are left out: the same item has many of them.
with ambiguous as (
    select name
    from {{ ref('function_classification') }}
    group by name
    having count(distinct code) > 1
),

grouped as (
    select
        *,
        first_value(figure_id) over same_indicator as first_id,
        first_value(value) over same_indicator as first_value,
        first_value(half_width) over same_indicator as first_half,
        first_value(quote) over same_indicator as first_quote,
        first_value(report_id) over same_indicator as first_report,
        row_number() over same_indicator as print_no
    from {{ ref('int_told_figure') }}
    where phase not in ('share_pct', 'change', 'change_pct', 'contract')
        and component not in ('part', 'indicator', 'section', 'indicators', 'execution', 'organization')
        and coalesce(statement, '') <> 'task'
        and is_single
        -- economic classes are told of basic expenditure, of single funds and of all expenditure, often without a word
        and item not in ('basic_salaries', 'basic_goods_services', 'basic_individuals_families', 'basic_other_capital')
        and coalesce(statement, '') <> 'economic'
        -- 行政运行 is a class of many: two prints may mean two classes
        and not (statement = 'function' and item in (select name from ambiguous))
        -- 行政运行60万元，其中：基本支出60万元: of that class, and not of the unit
        and (
            base_item is null
            or base_item in (select item from {{ ref('measure') }})
            or coalesce(statement, '') in ('function', 'project')
        )
    window same_indicator as (
        partition by document_id, organization_name, fiscal_year, statement, item_key, component, phase, fund,
            coalesce(tranche, ''),
            -- income of the year, and income with what was carried over
            case when statement = 'income' then parent_number is null end,
            case when component = 'total' then '' else item_label end,
            case when phase in ('execution_pct', 'funding_rate') then coalesce(base_phase, '') else '' end
        order by number_no
    )
),

compared as (
    select
        *,
        value - first_value as difference,
        -- a score is printed whole, not rounded
        case when unit = 'score' then 0 else half_width + first_half end as tolerance
    from grouped
    where print_no > 1
        -- one report may list two projects of one name; another report on that name means the same project
        and (report_id <> first_report or coalesce(statement, '') not in ('project', 'performance'))
),

-- one row a value, however often it is printed
distinct_value as (
    select *
    from compared
    qualify row_number() over (partition by first_id, value order by number_no) = 1
)

select
    'repeat:' || first_id || ':' || figure_id as check_key,
    'T06' as rule_id,
    cast(null as varchar) as severity,
    {{ state_of('difference', 'tolerance') }} as state,
    {{ compared('first_value', 'value') }},
    item_label || {{ phase_name('phase') }} || '在同一文件中先印为' || {{ readable('first_value', 'unit') }} || '，又印为'
    || {{ readable('value', 'unit') }} as message,
    [first_id, figure_id] as figure_ids,
    {{ evidence('[first_quote, quote]') }} as evidence
from distinct_value
