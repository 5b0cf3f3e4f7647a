-- P08: what the self-evaluated projects of a report spent, against the project expenditure of its organisation: of the
-- final account's expenditure table, else of the text. Not every project is evaluated, so only an excess contradicts.
-- A project that two forms print with one amount is counted once.
with project as (
    select *
    from {{ ref('int_form_figure') }}
    where statement = 'project' and component = 'total' and phase = 'actual'
    qualify row_number() over (
        partition by report_id, fiscal_year, organization_name, item_key, value order by number_no
    ) = 1
),

spent as (
    select
        report_id,
        fiscal_year,
        sum(value) as projects_value,
        sum(half_width) as projects_half,
        count(*) as projects,
        {{ list_in_order('figure_id', 'number_no') }} as project_ids,
        {{ list_in_order('quote', 'number_no') }} as project_quotes
    from project
    group by report_id, fiscal_year
),

whole as (
    select *, 0 as source_rank
    from {{ ref('int_table_figure') }}
    where item = 'expenditure_total' and component = 'project' and phase = 'actual' and fund = 'all' and table_kind = 'F3'
    union all
    select *, 1 as source_rank
    from {{ ref('int_told_figure') }}
    where item = 'expenditure_project' and component = 'total' and phase = 'actual' and fund = 'all'
),

compared as (
    select
        w.*,
        s.projects_value,
        s.projects,
        s.project_ids,
        s.project_quotes,
        s.projects_value - w.value as difference,
        s.projects_half + w.half_width as tolerance
    from spent as s
    inner join whole as w on s.report_id = w.report_id and s.fiscal_year = w.fiscal_year
    qualify row_number() over (partition by s.report_id, s.fiscal_year order by w.source_rank, w.number_no) = 1
)

select
    'project_total:' || figure_id as check_key,
    'P08' as rule_id,
    cast(null as varchar) as severity,
    case
        when difference <= 0 then 'pass'
        when difference <= tolerance then 'rounding'
        else 'fail'
    end as state,
    {{ compared('value', 'projects_value') }},
    '自评的' || cast(projects as varchar) || '个项目支出合计' || {{ readable('projects_value', 'unit') }} || '，项目支出印为'
    || {{ readable('value', 'unit') }} || '，超出' || {{ readable('difference', 'unit') }} as message,
    list_prepend(figure_id, project_ids) as figure_ids,
    {{ evidence('list_prepend(quote, project_quotes)') }} as evidence
from compared
