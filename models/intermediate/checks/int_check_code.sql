-- D08: a class is the sum of its sub-classes in the same table and column (类 = Σ款 = Σ项), and 合计 is the sum of the
-- classes. Only in columns where the codes make the tree plain: every code once. Where some classes have none, because
-- neither the row nor another table of the document prints it, parts may be missing: a difference is insufficient then.
with printed_code as (
    select *, count(*) over (partition by document_id, table_no, col_no, code) as prints
    from {{ ref('int_table_figure') }}
    where code is not null
),

coded as (
    select * exclude (prints)
    from printed_code
    qualify max(prints) over (partition by document_id, table_no, col_no) = 1
),

child as (
    select
        *,
        case length(code) when 7 then substr(code, 1, 5) when 5 then substr(code, 1, 3) else '' end as parent_code
    from coded
),

uncoded as (
    select document_id, table_no, col_no, count(*) as classes
    from {{ ref('int_table_figure') }}
    where statement = 'function' and code is null
    group by document_id, table_no, col_no
),

added as (
    select
        document_id,
        table_no,
        col_no,
        parent_code,
        sum(value) as parts_value,
        sum(half_width) as parts_half,
        count(*) as parts,
        list(figure_id order by row_no) as part_ids
    from child
    group by document_id, table_no, col_no, parent_code
),

parent as (
    select *, code as own_code
    from coded
    union all
    select *, '' as own_code
    from {{ ref('int_table_figure') }}
    where code is null
        and statement <> 'function'
        and regexp_matches(row_label, '^(合计|总计|支出合计|收入合计|本年支出合计|本年收入合计)$')
    qualify count(*) over (partition by document_id, table_no, col_no) = 1
),

compared as (
    select
        p.*,
        a.parts,
        a.parts_value,
        a.part_ids,
        p.value - a.parts_value as difference,
        p.half_width + a.parts_half as tolerance,
        coalesce(u.classes, 0) as uncoded_classes
    from parent as p
    inner join added as a
        on p.document_id = a.document_id
            and p.table_no = a.table_no
            and p.col_no = a.col_no
            and p.own_code = a.parent_code
    left join uncoded as u
        on p.document_id = u.document_id
            and p.table_no = u.table_no
            and p.col_no = u.col_no
)

select
    'code:' || figure_id as check_key,
    'D08' as rule_id,
    cast(null as varchar) as severity,
    case
        when abs(difference) > tolerance and uncoded_classes > 0 then 'insufficient'
        else {{ state_of('difference', 'tolerance') }}
    end as state,
    document_id,
    organization_name,
    fiscal_year,
    parts_value as expected,
    value as observed,
    difference,
    tolerance,
    unit,
    table_title || '“' || coalesce(code || ' ', '') || item_label || '”印为' || {{ readable('value', 'unit') }} || '，下级'
    || cast(parts as varchar) || '个科目合计' || {{ readable('parts_value', 'unit') }} || '，相差'
    || {{ readable('abs(difference)', 'unit') }} as message,
    list_prepend(figure_id, part_ids) as figure_ids,
    [quote] as evidence
from compared
