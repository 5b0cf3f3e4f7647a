-- B11: the money of the year in a project's 绩效目标表 within the budget of that project, the rows of its name in the
-- table of projects. The money of all its years (实施期) may exceed one year's budget.
with target as (
    select *
    from {{ ref('int_form_figure') }}
    where statement = 'project'
        and component = 'total'
        and phase = 'initial_budget'
        and report_kind = 'budget'
        and fiscal_year = report_year
    -- a form that goes on over a page prints its money again
    qualify row_number() over (partition by document_id, form_no, item_key order by number_no) = 1
),

project as (
    select
        document_id,
        item_key,
        sum(value) as value,
        max(resolution) as resolution,
        list(figure_id order by number_no) as figure_ids,
        list(quote order by number_no) as quotes,
        min(table_title) as table_title
    from {{ ref('int_table_figure') }}
    where table_kind = 'B10' and statement = 'project' and component = 'total' and fund = 'all'
    group by document_id, item_key
),

compared as (
    select
        t.*,
        p.value as project_value,
        p.figure_ids as project_ids,
        p.quotes as project_quotes,
        p.table_title as project_title,
        t.value - p.value as difference,
        greatest(t.resolution, p.resolution) as tolerance
    from target as t
    left join project as p on t.document_id = p.document_id and t.item_key = p.item_key
)

select
    'target:' || figure_id as check_key,
    'B11' as rule_id,
    cast(null as varchar) as severity,
    case
        when project_value is null then 'insufficient'
        when difference <= 0 then 'pass'
        when difference <= tolerance then 'rounding'
        else 'fail'
    end as state,
    {{ compared('project_value', 'value') }},
    '绩效目标表中“' || item_label || '”资金印为' || {{ readable('value', 'unit') }} || '，' || project_title || '印为'
    || {{ readable('project_value', 'unit') }} || '，超出' || {{ readable('difference', 'unit') }} as message,
    list_prepend(figure_id, coalesce(project_ids, [])) as figure_ids,
    {{ evidence('list_prepend(quote, coalesce(project_quotes, []))') }} as evidence
from compared
