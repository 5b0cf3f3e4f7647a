-- D08, D12: a class is the sum of its sub-classes in the same table and column (类 = Σ款 = Σ项), and 合计 is the sum of
-- the classes; tables side by side continue one column (`lane`). Only where the codes make the tree plain: every code
-- once. Where some classes have none, because neither the row nor another table of the document prints it, parts may be
-- missing: a difference is insufficient then.
with keyed as (
    select
        f.*,
        l.column_key,
        l.unread_in_column,
        count(*) over (partition by f.document_id, f.table_no, l.column_key, f.code) as prints_of_key
    from {{ ref('int_table_figure') }} as f
    inner join {{ ref('int_table_place') }} as l on f.figure_id = l.figure_id
    -- these print no codes
    where f.table_kind not in ('F1', 'F4', 'B1', 'B4')
),

laned as (
    select
        * exclude (prints_of_key),
        -- two columns of one meaning are not one column
        case
            when max(case when code is null then 1 else prints_of_key end)
                over (partition by document_id, table_no, column_key) = 1
                then column_key
            else cast(col_no as varchar) || '|' || coalesce(organization_name, '')
        end as lane
    from keyed
),

printed_code as (
    select *, count(*) over (partition by document_id, table_no, lane, code) as prints
    from laned
    where code is not null
),

coded as (
    select * exclude (prints)
    from printed_code
    qualify max(prints) over (partition by document_id, table_no, lane) = 1
),

-- the next higher code that is printed: 款 may be left out between 类 and 项
child as (
    select
        c.*,
        coalesce(l.code, h.code, '') as parent_code
    from coded as c
    left join coded as l
        on c.document_id = l.document_id
            and c.table_no = l.table_no
            and c.lane = l.lane
            and length(c.code) = 7
            and substr(c.code, 1, 5) = l.code
    left join coded as h
        on c.document_id = h.document_id
            and c.table_no = h.table_no
            and c.lane = h.lane
            and length(c.code) > 3
            and substr(c.code, 1, 3) = h.code
),

uncoded as (
    select document_id, table_no, lane, count(*) as classes
    from laned
    where statement = 'function' and code is null
    group by document_id, table_no, lane
),

added as (
    select
        document_id,
        table_no,
        lane,
        parent_code,
        sum(value) as parts_value,
        sum(half_width) as parts_half,
        count(*) as parts,
        {{ list_in_order('figure_id', 'number_no') }} as part_ids
    from child
    group by document_id, table_no, lane, parent_code
),

parent as (
    select *, code as own_code
    from coded
    union all
    select *, '' as own_code
    from laned
    where code is null
        and statement not in ('function', 'economic')
        and regexp_matches(row_label, '^(合计|总计|支出合计|收入合计|支出总计|收入总计|本年支出合计|本年收入合计)\z')
    qualify count(*) over (partition by document_id, table_no, lane) = 1
),

compared as (
    select
        p.*,
        a.parts,
        a.parts_value,
        a.part_ids,
        p.value - a.parts_value as difference,
        p.half_width + a.parts_half as tolerance,
        coalesce(u.classes, 0) + p.unread_in_column as uncoded_classes
    from parent as p
    inner join added as a
        on p.document_id = a.document_id
            and p.table_no = a.table_no
            and p.lane = a.lane
            and p.own_code = a.parent_code
    left join uncoded as u
        on p.document_id = u.document_id
            and p.table_no = u.table_no
            and p.lane = u.lane
)

select
    'code:' || figure_id as check_key,
    case when table_kind = 'F6' then 'D12' else 'D08' end as rule_id,
    cast(null as varchar) as severity,
    case
        when abs(difference) > tolerance and difference > 0 and uncoded_classes > 0 then 'insufficient'
        else {{ state_of('difference', 'tolerance') }}
    end as state,
    {{ compared('parts_value', 'value') }},
    table_title || '“' || coalesce(code || ' ', '') || item_label || '”印为' || {{ readable('value', 'unit') }} || '，下级'
    || cast(parts as varchar) || '个科目合计' || {{ readable('parts_value', 'unit') }} || '，相差'
    || {{ readable('abs(difference)', 'unit') }} as message,
    list_prepend(figure_id, part_ids) as figure_ids,
    [quote] as evidence
from compared
