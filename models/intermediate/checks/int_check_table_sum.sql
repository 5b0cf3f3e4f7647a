-- D02 to D04, D10, D11, D13, B01, B04, B06: totals of a standard table against the items they are made of, by
-- seeds/rules/table_identity.csv: in the same column, in the same row or column (`line`), or anywhere in the table.
with figure as (
    select
        f.*,
        l.column_key,
        l.unread_in_column,
        case
            when statement = 'function' and c.code is not null then '@class'
            when statement = 'economic' then f.code
            else item
        end as part_name
    from {{ ref('int_table_figure') }} as f
    inner join {{ ref('int_table_place') }} as l on f.figure_id = l.figure_id
    left join {{ ref('int_function_class') }} as c on f.item = c.name
),

whole as (
    select f.*, i.identity_id, i.rule_id, i.scope
    from figure as f
    inner join (select distinct identity_id, rule_id, kinds, scope, whole from {{ ref('table_identity') }}) as i
        on contains(' ' || i.kinds || ' ', ' ' || f.table_kind || ' ') and f.item = i.whole
    where f.unit = 'yuan' and f.phase <> 'change'
),

candidate as (
    select
        w.figure_id as whole_id,
        w.identity_id,
        w.scope,
        i.part,
        i.sign,
        i.presence,
        p.figure_id,
        p.value,
        p.half_width,
        p.number_no,
        p.quote,
        p.item_label,
        p.row_no = w.row_no as is_in_row
    from whole as w
    inner join {{ ref('table_identity') }} as i on w.identity_id = i.identity_id and w.item = i.whole
    left join figure as p
        on w.document_id = p.document_id
            and w.table_no = p.table_no
            and i.part = p.part_name
            and w.column_key = p.column_key
            and w.figure_id <> p.figure_id
            and (
                w.scope = 'table'
                or w.col_no = p.col_no
                or (w.scope = 'line' and w.row_no = p.row_no)
            )
),

-- items are columns where the same row has any of them, and rows else
part as (
    select *
    from candidate
    qualify scope <> 'line'
        or figure_id is null
        or is_in_row = bool_or(coalesce(is_in_row, false)) over (partition by whole_id, identity_id)
),

added as (
    select
        whole_id,
        identity_id,
        sum(value * sign) as parts_value,
        sum(half_width) as parts_half,
        count(distinct part) filter (where figure_id is null) as missing,
        count(figure_id) as parts,
        -- one item printed twice leaves open which of them counts
        count(figure_id) filter (where part <> '@class') - count(distinct part)
            filter (where figure_id is not null and part <> '@class') as repeated,
        {{ list_in_order('figure_id', 'number_no', where='figure_id is not null') }} as part_ids,
        {{ list_in_order('quote', 'number_no', where='figure_id is not null') }} as part_quotes,
        string_agg(item_label, '、' order by number_no) filter (where figure_id is not null) as part_labels
    from part
    group by whole_id, identity_id
    having count(figure_id) > 0
        and count(distinct part) filter (where presence = 'required' and figure_id is null) = 0
        and count(figure_id) filter (where presence = 'absent') = 0
),

compared as (
    select
        w.*,
        a.parts,
        a.parts_value,
        a.missing + a.repeated + w.unread_in_column as doubts,
        a.repeated,
        a.part_ids,
        a.part_quotes,
        a.part_labels,
        w.value - a.parts_value as difference,
        w.half_width + a.parts_half as tolerance
    from whole as w
    inner join added as a on w.figure_id = a.whole_id and w.identity_id = a.identity_id
)

select
    'table_sum:' || identity_id || ':' || figure_id as check_key,
    rule_id,
    cast(null as varchar) as severity,
    case
        when abs(difference) <= tolerance then {{ state_of('difference', 'tolerance') }}
        when repeated > 0 or (doubts > 0 and difference > 0) then 'insufficient'
        else 'fail'
    end as state,
    {{ compared('parts_value', 'value') }},
    table_title || '“' || item_label || '”印为' || {{ readable('value', 'unit') }} || '，其'
    || cast(parts as varchar) || '项（' || part_labels || '）合计' || {{ readable('parts_value', 'unit') }} || '，相差'
    || {{ readable('abs(difference)', 'unit') }} as message,
    list_prepend(figure_id, part_ids) as figure_ids,
    {{ evidence('list_prepend(quote, part_quotes)') }} as evidence
from compared
