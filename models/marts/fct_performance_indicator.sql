-- One row an indicator of a self-evaluation form: 一级, 二级, 三级指标 with target and result. A level that the form
-- prints once for several rows is carried down.
with wide as (
    select
        document_id,
        table_no,
        block_no,
        row_no,
        max(cell_text) filter (where column_label = '一级指标') as level_1_printed,
        max(cell_text) filter (where column_label = '二级指标') as level_2_printed,
        max(cell_text) filter (where column_label = '三级指标') as indicator_name,
        max(cell_text) filter (where column_label like '%指标值' and column_label not like '%完成%') as target,
        max(cell_text) filter (where column_label like '%完成%值') as result,
        max(cell_text) filter (where column_label = '分值') as points_stated,
        max(cell_text) filter (where column_label = '得分') as score_stated
    from {{ ref('stg_indicator') }}
    group by document_id, table_no, block_no, row_no
),

carried as (
    select
        *,
        last_value(level_1_printed ignore nulls) over rows_above as level_1,
        last_value(level_2_printed ignore nulls) over rows_above as level_2
    from wide
    window rows_above as (
        partition by document_id, table_no order by row_no rows between unbounded preceding and current row
    )
)

select
    substr(c.document_id, 1, 16) || '-t' || cast(c.table_no as varchar) || '-' || cast(c.row_no as varchar)
        as performance_indicator_id,
    c.document_id,
    r.organization_name,
    r.fiscal_year,
    c.table_no,
    c.row_no,
    c.level_1,
    c.level_2,
    c.indicator_name,
    c.target,
    c.result,
    try_cast(c.points_stated as decimal(10, 4)) as points,
    try_cast(c.score_stated as decimal(10, 4)) as score
from carried as c
left join {{ ref('stg_report') }} as r
    on c.document_id = r.document_id and c.block_no between r.first_block and r.last_block
where c.indicator_name is not null
