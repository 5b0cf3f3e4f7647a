-- One figure an organisation, year, item and phase: that of a report about the year before one that tells of it as last
-- year; that of a standard table before prose; of the weightiest report (a final account before a performance report
-- before a budget), and there the first printed.
-- Spending told by instalments of the budget (年初预算安排, 追加预算安排) is added up.
{% set told_once = "organization_name, fiscal_year, statement, item_key, phase, report_id, source_rank" %}
with of_table as (
    select *
    from {{ ref('int_table_figure') }}
    where component = 'total'
        and organization_name is not null
        and fiscal_year is not null
    qualify row_number() over (
        partition by report_id, fiscal_year, statement, item_key, phase
        order by case when fund = 'all' then 0 else 1 end, number_no
    ) = 1
),

of_prose as (
    -- instalments count only where the report prints no undivided amount
    select *
    from {{ ref('int_report_figure') }}
    where organization_name is not null and fiscal_year is not null
    qualify tranche is null
        or count(*) filter (where tranche is null) over (
            partition by report_id, fiscal_year, statement, item_key, phase
        ) = 0
),

printed as (
    select *, 0 as source_rank from of_table
    union all
    select *, 1 as source_rank from of_prose
),

-- windows, for groups with names in them stay in memory, however many they are
instalments as (
    select
        organization_name,
        fiscal_year,
        statement,
        item_key,
        phase,
        report_id,
        document_id,
        file_name,
        report_kind,
        report_year,
        source_rank,
        sum(value) over (partition by {{ told_once }}) as value,
        sum(half_width) over (partition by {{ told_once }}) as half_width,
        unit,
        number_no,
        figure_id,
        item,
        item_label,
        code,
        region_code,
        count(*) over (partition by {{ told_once }}) as instalment_count
    from printed
    qualify row_number() over (partition by {{ told_once }} order by number_no) = 1
)

select *
from instalments
qualify row_number() over (
    partition by organization_name, fiscal_year, statement, item_key, phase
    order by
        case when report_year = fiscal_year then 0 else 1 end,
        source_rank,
        case report_kind
            when 'final_account' then 1
            when 'project_performance' then case when statement in ('project', 'performance') then 0 else 4 end
            when 'unit_performance' then 2
            when 'budget' then 3
            else 5
        end,
        document_id,
        number_no
) = 1
