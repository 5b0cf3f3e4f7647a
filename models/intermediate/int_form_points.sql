-- The points and scores that a performance form prints, added up by what they are for: one row a form, phase (`points`,
-- `score`) and part: its indicators, the execution of its budget, its tasks, its total, and what a heading states for
-- all indicators.
with figure as (
    select
        *,
        case
            when statement = 'task' then 'task'
            when component = 'indicators' then 'stated'
            else component
        end as part
    from {{ ref('int_form_figure') }}
    where phase in ('points', 'score')
        and (statement = 'task' or component in ('indicator', 'indicators', 'execution', 'total'))
    -- headings and totals are printed again on every page of a form
    qualify part in ('indicator', 'task')
        or row_number() over (partition by document_id, form_no, part, phase order by number_no) = 1
)

select
    substr(document_id, 1, 16) || '-f' || cast(form_no as varchar) as form_id,
    document_id,
    form_no,
    phase,
    part,
    min(organization_name) as organization_name,
    min(fiscal_year) as fiscal_year,
    coalesce(min(base), min(item_label)) as subject,
    sum(value) as value,
    count(*) as figures,
    min(resolution) as finest_resolution,
    max(resolution) as coarsest_resolution,
    {{ list_in_order('figure_id', 'number_no') }} as figure_ids,
    {{ list_in_order('quote', 'number_no') }} as quotes
from figure
group by document_id, form_no, phase, part
