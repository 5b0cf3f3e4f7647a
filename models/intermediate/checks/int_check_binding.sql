-- T01: an amount of the prose and the table cell that it is, a blank one saying 0; S04 where one is 10,000 times the
-- other, so that a unit is wrong. A table printed in 元 shows what the prose rounded or cut off, so that they may differ
-- by one of the coarser units, as printed there.
with compared as (
    select
        a.*,
        b.outcome,
        c.figure_id as cell_id,
        case when b.outcome = 'blank' then 0 else c.value end as cell_value,
        c.resolution as cell_resolution,
        c.quote as cell_quote,
        c.row_label as cell_row,
        coalesce(c.table_title, k.title) as cell_table,
        c.page as cell_page,
        a.value - case when b.outcome = 'blank' then 0 else c.value end as difference,
        greatest(
            case when c.resolution < a.resolution then a.printed_step else a.resolution end,
            coalesce(c.resolution, 0)
        ) as tolerance
    from {{ ref('int_prose_amount') }} as a
    inner join {{ ref('int_binding') }} as b on a.figure_id = b.figure_id
    left join {{ ref('int_table_figure') }} as c on b.cell_id = c.figure_id
    left join {{ source('raw', 'grid') }} as g on a.document_id = g.document_id and b.table_no = g.table_no
    left join {{ ref('table_kind') }} as k on g.kind = k.kind
    where b.outcome in ('bound', 'blank', 'ambiguous')
),

judged as (
    select
        *,
        coalesce(
            abs(difference) > tolerance
            and cell_value <> 0
            and (
                abs(value - 10000 * cell_value) <= 10000 * cell_resolution
                or abs(10000 * value - cell_value) <= 10000 * resolution
            ),
            false
        ) as is_unit_slip
    from compared
)

select
    'binding:' || figure_id as check_key,
    case when is_unit_slip then 'S04' else 'T01' end as rule_id,
    cast(null as varchar) as severity,
    case when outcome = 'ambiguous' then 'insufficient' else {{ state_of('difference', 'tolerance') }} end as state,
    {{ compared('cell_value', 'value') }},
    case
        when outcome = 'ambiguous' then '正文“' || item_label || '”印为' || {{ readable('value', 'unit') }} || '，表中可对应的几格不相同'
        else '正文“' || item_label || '”印为' || {{ readable('value', 'unit') }} || '，' || cell_table
            || coalesce('（第' || cast(cell_page as varchar) || '页）', '') || coalesce('“' || cell_row || '”', '') || '印为'
            || case when outcome = 'blank' then '空白，即' else '' end || {{ readable('cell_value', 'unit') }}
            || case when is_unit_slip then '，相差一万倍，单位有误' else '，相差' || {{ readable('abs(difference)', 'unit') }} end
    end as message,
    list_filter([figure_id, cell_id], lambda printed: printed is not null) as figure_ids,
    {{ evidence('[quote, cell_quote]') }} as evidence
from judged
