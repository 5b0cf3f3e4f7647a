-- P03: no score above its points. P05: the scores of a self-evaluation come to its total, those of its tasks to that of
-- all tasks. Scores count as printed to two places, and a total with fewer places than its parts as rounded. Whether the
-- total includes the execution of the budget is told by which sum it is, else by the points.
with pair as (
    select
        s.*,
        p.figure_id as points_id,
        p.value as points,
        p.quote as points_quote
    from {{ ref('int_form_figure') }} as s
    inner join {{ ref('int_form_figure') }} as p
        on s.document_id = p.document_id
            and s.table_no = p.table_no
            and s.row_no = p.row_no
            and s.component = p.component
            and s.item = p.item
            and p.phase = 'points'
    where s.phase = 'score'
),

form as (
    select
        i.*,
        t.value as total_value,
        t.figure_ids as total_ids,
        t.quotes as total_quotes,
        t.coarsest_resolution as total_resolution,
        e.value as execution_value,
        e.figure_ids as execution_ids,
        e.quotes as execution_quotes,
        least(i.finest_resolution, coalesce(e.finest_resolution, i.finest_resolution)) as parts_resolution,
        case
            when t.value = i.value then false
            when t.value = i.value + e.value or tp.value = ip.value + ep.value then true
            else coalesce(tp.value <> ip.value, true)
        end as adds_execution,
        ip.figures > i.figures or (ep.value is not null and e.value is null) as has_blank
    from {{ ref('int_form_points') }} as i
    inner join {{ ref('int_form_points') }} as t on i.form_id = t.form_id and t.part = 'total' and t.phase = 'score'
    left join {{ ref('int_form_points') }} as e on i.form_id = e.form_id and e.part = 'execution' and e.phase = 'score'
    {% for name, part in {'ip': 'indicator', 'ep': 'execution', 'tp': 'total'}.items() %}
    left join {{ ref('int_form_points') }} as {{ name }}
        on i.form_id = {{ name }}.form_id and {{ name }}.part = '{{ part }}' and {{ name }}.phase = 'points'
    {% endfor %}
    where i.part = 'indicator' and i.phase = 'score'
),

summed as (
    select
        'total' as check_kind,
        form_id,
        document_id,
        organization_name,
        fiscal_year,
        subject,
        value + case when adds_execution then coalesce(execution_value, 0) else 0 end as parts_value,
        total_value,
        case when adds_execution then list_concat(figure_ids, coalesce(execution_ids, [])) else figure_ids end
            as part_ids,
        case when adds_execution then list_concat(quotes, coalesce(execution_quotes, [])) else quotes end
            as part_quotes,
        total_ids,
        total_quotes,
        figures + 1 as terms,
        case when total_resolution > parts_resolution then total_resolution else 0.01 end as total_unit,
        has_blank
    from form
    union all
    select
        'task',
        t.form_id,
        t.document_id,
        t.organization_name,
        t.fiscal_year,
        t.subject || '的年度任务',
        t.value,
        e.value,
        t.figure_ids,
        t.quotes,
        e.figure_ids,
        e.quotes,
        t.figures,
        0.01,
        coalesce(p.figures, 0) <> t.figures
    from {{ ref('int_form_points') }} as t
    inner join {{ ref('int_form_points') }} as e
        on t.form_id = e.form_id and t.phase = e.phase and e.part = 'execution'
    left join {{ ref('int_form_points') }} as p on t.form_id = p.form_id and t.part = p.part and p.phase = 'points'
    where t.part = 'task' and t.phase = 'score'
),

compared as (
    select
        *,
        total_value - parts_value as difference,
        (cast(terms as decimal(9, 0)) * cast(0.01 as decimal(9, 4)) + cast(total_unit as decimal(9, 4)))
        * cast(0.5 as decimal(2, 1)) as tolerance
    from summed
)

select
    'form_score:' || figure_id as check_key,
    'P03' as rule_id,
    cast(null as varchar) as severity,
    case when value > points then 'fail' else 'pass' end as state,
    document_id,
    organization_name,
    fiscal_year,
    points as expected,
    value as observed,
    value - points as difference,
    cast(0 as decimal(28, 6)) as tolerance,
    unit,
    item_label || '得分印为' || {{ readable('value', 'unit') }} || '，分值为' || {{ readable('points', 'unit') }} as message,
    [figure_id, points_id] as figure_ids,
    {{ evidence('[quote, points_quote]') }} as evidence
from pair

union all

select
    'form_score:' || check_kind || ':' || form_id,
    'P05',
    null,
    case
        when abs(difference) <= tolerance then {{ state_of('difference', 'tolerance') }}
        when has_blank and difference > 0 then 'insufficient'
        else 'fail'
    end,
    document_id,
    organization_name,
    fiscal_year,
    cast(parts_value as decimal(28, 6)),
    cast(total_value as decimal(28, 6)),
    cast(difference as decimal(28, 6)),
    cast(tolerance as decimal(28, 6)),
    'score',
    subject || '总分印为' || {{ readable('total_value', "'score'") }} || '，各项得分合计'
    || {{ readable('parts_value', "'score'") }} || '，相差' || {{ readable('abs(difference)', "'score'") }},
    list_concat(total_ids, part_ids),
    {{ evidence('list_concat(total_quotes, part_quotes)') }}
from compared
