-- D05 to D07, D09, D14, B03 to B05: a row of a standard table against its own parts, by seeds/rules/row_identity.csv.
-- An identity holds where the table has the columns it requires. A blank cell is not 0: where one is blank or unread,
-- a row whose printed parts fall short is insufficient, and only one that they exceed fails.
with whole as (
    select f.*, i.identity_id, i.rule_id
    from {{ ref('int_table_figure') }} as f
    inner join (
        select distinct document_id, table_no, whole_fund, whole_component, identity_id, rule_id
        from {{ ref('int_table_row_identity') }}
    ) as i
        on f.document_id = i.document_id
            and f.table_no = i.table_no
            and f.component = i.whole_component
            and f.fund = i.whole_fund
    -- the first 合计 of a row is its own; a later one is of a group of columns
    qualify row_number() over (
        partition by f.document_id, f.table_no, f.row_no, f.side, f.item, f.phase, f.fiscal_year, i.identity_id
        order by f.col_no
    ) = 1
),

part as (
    select
        w.figure_id as whole_id,
        w.identity_id,
        i.sign,
        p.figure_id,
        p.value,
        p.half_width,
        p.col_no,
        p.quote
    from whole as w
    inner join {{ ref('int_table_row_identity') }} as i
        on w.document_id = i.document_id
            and w.table_no = i.table_no
            and w.identity_id = i.identity_id
            and w.fund = i.whole_fund
    left join {{ ref('int_table_figure') }} as p
        on w.document_id = p.document_id
            and w.table_no = p.table_no
            and w.row_no = p.row_no
            and w.side = p.side
            and w.item = p.item
            and w.phase = p.phase
            and coalesce(w.fiscal_year, 0) = coalesce(p.fiscal_year, 0)
            and i.part_component = p.component
            and i.part_fund = p.fund
    qualify row_number() over (
        partition by w.figure_id, w.identity_id, i.part_component, i.part_fund order by p.col_no
    ) = 1
),

added as (
    select
        whole_id,
        identity_id,
        sum(value * sign) as parts_value,
        sum(half_width) as parts_half,
        count(*) filter (where figure_id is null) as missing,
        {{ list_in_order('figure_id', 'col_no', where='figure_id is not null') }} as part_ids,
        {{ list_in_order('quote', 'col_no', where='figure_id is not null') }} as part_quotes,
        string_agg({{ readable('value * sign', "'yuan'") }}, ' + ' order by col_no)
            filter (where figure_id is not null) as sum_text
    from part
    group by whole_id, identity_id
    having count(figure_id) > 0
),

compared as (
    select
        w.*,
        a.parts_value,
        a.missing + l.unread_in_row as missing,
        a.part_ids,
        a.part_quotes,
        a.sum_text,
        w.value - a.parts_value as difference,
        w.half_width + a.parts_half as tolerance
    from whole as w
    inner join added as a on w.figure_id = a.whole_id and w.identity_id = a.identity_id
    inner join {{ ref('int_table_place') }} as l on w.figure_id = l.figure_id
)

select
    'row:' || identity_id || ':' || figure_id as check_key,
    rule_id,
    cast(null as varchar) as severity,
    case
        when abs(difference) <= tolerance then {{ state_of('difference', 'tolerance') }}
        when missing > 0 and difference > 0 then 'insufficient'
        else 'fail'
    end as state,
    {{ compared('parts_value', 'value') }},
    table_title || '“' || item_label || '”合计印为' || {{ readable('value', 'unit') }} || '，各栏为 ' || sum_text || ' = '
    || {{ readable('parts_value', 'unit') }} || '，相差' || {{ readable('abs(difference)', 'unit') }} as message,
    list_prepend(figure_id, part_ids) as figure_ids,
    list_prepend(quote, part_quotes) as evidence
from compared
