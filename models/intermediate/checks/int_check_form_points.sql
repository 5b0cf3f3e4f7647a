-- P04: the points of a performance form. Those of its indicators, with or without those for the execution of its
-- budget, come to its 总分, or to what a heading states (分值权重（90分）), and to 100; those of its tasks to that of all
-- tasks. A form that prints no total may go on elsewhere, and a cell merged over several rows prints its points once.
with form as (
    select
        i.*,
        e.value as execution_value,
        t.value as total_value,
        s.value as stated_value,
        coalesce(t.value, s.value) as told_value,
        i.value + coalesce(e.value, 0) as all_value,
        -- a score for the execution of the budget whose points are not printed
        e.value is null and es.value is not null as lacks_execution,
        coalesce(t.figure_ids, s.figure_ids, []) as whole_ids,
        coalesce(t.quotes, s.quotes, []) as whole_quotes,
        list_concat(i.figure_ids, coalesce(e.figure_ids, [])) as part_ids,
        list_concat(i.quotes, coalesce(e.quotes, [])) as part_quotes
    from {{ ref('int_form_points') }} as i
    {% for name, part in {'e': 'execution', 't': 'total', 's': 'stated'}.items() %}
    left join {{ ref('int_form_points') }} as {{ name }}
        on i.form_id = {{ name }}.form_id and i.phase = {{ name }}.phase and {{ name }}.part = '{{ part }}'
    {% endfor %}
    left join {{ ref('int_form_points') }} as es
        on i.form_id = es.form_id and es.phase = 'score' and es.part = 'execution'
    where i.phase = 'points' and i.part = 'indicator'
),

blank as (
    select distinct form_id
    from {{ ref('stg_indicator') }}
    where points is null
),

whole as (
    select
        'total' as check_kind,
        form.form_id,
        document_id,
        organization_name,
        fiscal_year,
        subject,
        case
            when total_value is null then coalesce(stated_value, 100)
            when total_value in (value, all_value) then 100
            else total_value
        end as expected,
        case
            when total_value is null and stated_value is not null then value
            when value in (100, total_value) and all_value <> 100 then value
            else all_value
        end as observed,
        told_value is null or (lacks_execution and all_value < coalesce(total_value, 100)) as is_untold,
        b.form_id is not null as has_blank,
        whole_ids,
        whole_quotes,
        part_ids,
        part_quotes
    from form
    left join blank as b on form.form_id = b.form_id
),

task as (
    select
        'task' as check_kind,
        t.form_id,
        t.document_id,
        t.organization_name,
        t.fiscal_year,
        t.subject || '的年度任务' as subject,
        e.value as expected,
        t.value as observed,
        false as is_untold,
        false as has_blank,
        e.figure_ids as whole_ids,
        e.quotes as whole_quotes,
        t.figure_ids as part_ids,
        t.quotes as part_quotes
    from {{ ref('int_form_points') }} as t
    inner join {{ ref('int_form_points') }} as e
        on t.form_id = e.form_id and t.phase = e.phase and e.part = 'execution'
    where t.phase = 'points' and t.part = 'task'
),

compared as (
    select * from whole
    union all
    select * from task
)

select
    'form_points:' || check_kind || ':' || form_id || ':' || coalesce({{ first_of('whole_ids') }}, '-') as check_key,
    'P04' as rule_id,
    cast(null as varchar) as severity,
    case
        when observed = expected then 'pass'
        when is_untold or (has_blank and observed < expected) then 'insufficient'
        else 'fail'
    end as state,
    document_id,
    organization_name,
    fiscal_year,
    cast(expected as decimal(28, 6)) as expected,
    cast(observed as decimal(28, 6)) as observed,
    cast(observed - expected as decimal(28, 6)) as difference,
    cast(0 as decimal(28, 6)) as tolerance,
    'score' as unit,
    subject || '各项分值合计' || {{ readable('observed', "'score'") }} || '，应为' || {{ readable('expected', "'score'") }} as message,
    list_concat(whole_ids, part_ids) as figure_ids,
    {{ evidence('list_concat(whole_quotes, part_quotes)') }} as evidence
from compared
