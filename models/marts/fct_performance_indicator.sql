-- One row an indicator of a performance form: 一级, 二级, 三级指标 with target, result, points and score, and why it fell
-- short. A level that the form prints once for several rows is in each of them.
with form as (
    select
        document_id,
        form_no,
        max(subject_kind) as subject_kind,
        max(subject) as subject,
        max(organization_name) as organization_name,
        bool_or(has_results) as has_results
    from {{ ref('stg_form') }}
    group by document_id, form_no
)

select
    i.indicator_id as performance_indicator_id,
    i.form_id,
    i.document_id,
    r.file_name,
    r.report_id,
    coalesce(o.organization_name, r.organization_name) as organization_name,
    r.fiscal_year,
    case when f.subject_kind = 'project' then f.subject end as project_name,
    f.has_results as is_self_evaluation,
    i.page,
    i.block_no,
    i.char_start,
    i.char_end,
    i.table_no,
    i.row_no,
    i.level_1,
    i.level_2,
    i.level_3,
    i.indicator_name,
    i.target,
    i.target_operator,
    i.target_number,
    i.result,
    i.result_number,
    i.points,
    i.score,
    i.deviation_reason
from {{ ref('stg_indicator') }} as i
inner join form as f on i.document_id = f.document_id and i.form_no = f.form_no
left join {{ ref('stg_report') }} as r
    on i.document_id = r.document_id and i.block_no between r.first_block and r.last_block
left join {{ ref('stg_organization_name') }} as o on f.organization_name = o.printed_name
where i.indicator_name is not null
