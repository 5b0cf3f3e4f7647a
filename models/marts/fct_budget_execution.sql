-- One row an organisation, year and line: the whole unit, basic, project, a functional class, a named project. Each
-- amount is the one of int_organization_figure; the rate is recomputed where both of its operands are printed.
with line as (
    select
        *,
        case
            when statement = 'function' then 'function'
            when statement = 'project' then 'project_named'
            when item in ('expenditure_total', 'total_funds') then 'whole_unit'
            when item = 'expenditure_basic' then 'basic'
            when item in ('expenditure_project', 'project_funds') then 'project'
        end as line_type
    from {{ ref('int_organization_figure') }}
    where phase in ('initial_budget', 'supplementary_budget', 'budget', 'actual', 'execution_pct')
        and (
            statement in ('function', 'project')
            or item in ('expenditure_total', 'total_funds', 'expenditure_basic', 'expenditure_project', 'project_funds')
        )
),

-- 支出合计 and 部门整体资金 are one line, and so are 项目支出 and 项目资金; the item of the tables is preferred
chosen as (
    select
        *,
        case when line_type in ('function', 'project_named') then item_key else line_type end as line_key
    from line
    qualify row_number() over (
        partition by organization_name, fiscal_year, line_type, line_key, phase
        order by case when item in ('total_funds', 'project_funds') then 1 else 0 end, figure_id
    ) = 1
),

wide as (
    select
        organization_name,
        fiscal_year,
        line_type,
        line_key,
        case
            when line_type in ('function', 'project_named') then min(item)
            when line_type = 'whole_unit' then '支出合计'
            when line_type = 'basic' then '基本支出'
            else '项目支出'
        end as line_name,
        min(region_code) as region_code,
        max(value) filter (where phase = 'initial_budget') as initial_budget_yuan,
        max(value) filter (where phase = 'supplementary_budget') as supplementary_budget_yuan,
        max(value) filter (where phase = 'budget') as stated_full_year_budget_yuan,
        max(value) filter (where phase = 'actual') as actual_yuan,
        max(value) filter (where phase = 'execution_pct') as stated_execution_rate_pct,
        max(figure_id) filter (where phase = 'actual') as actual_figure_id,
        max(document_id) filter (where phase = 'actual') as actual_document_id
    from chosen
    group by organization_name, fiscal_year, line_type, line_key
),

full_year as (
    select
        *,
        coalesce(
            stated_full_year_budget_yuan,
            case
                when initial_budget_yuan is not null and supplementary_budget_yuan is not null
                    then initial_budget_yuan + supplementary_budget_yuan
            end,
            initial_budget_yuan
        ) as full_year_budget_yuan
    from wide
)

select
    md5(organization_name || '|' || cast(fiscal_year as varchar) || '|' || line_type || '|' || line_key)
        as budget_execution_id,
    organization_name,
    region_code,
    fiscal_year,
    line_type,
    line_name,
    initial_budget_yuan,
    supplementary_budget_yuan,
    full_year_budget_yuan,
    actual_yuan,
    stated_execution_rate_pct,
    {{ percent_of('actual_yuan', 'full_year_budget_yuan') }} as execution_rate_pct,
    actual_figure_id,
    actual_document_id
from full_year
