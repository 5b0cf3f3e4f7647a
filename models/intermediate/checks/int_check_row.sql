-- D05 to D07, B03, B05: a row of a standard table against its own parts, by seeds/rules/row_identity.csv. A blank cell
-- is not 0: with one missing, a row whose printed parts fall short is insufficient, and only one that they exceed fails.
with whole as (
    select f.*, i.identity_id, i.rule_id
    from {{ ref('int_table_figure') }} as f
    inner join (select distinct identity_id, rule_id, kinds, whole from {{ ref('row_identity') }}) as i
        on contains(' ' || i.kinds || ' ', ' ' || f.table_kind || ' ') and f.component = i.whole
    -- the first 合计 of a row is its own; a later one is of a group of columns
    qualify row_number() over (
        partition by f.document_id, f.table_no, f.row_no, f.item, f.phase, i.identity_id order by f.col_no
    ) = 1
),

part as (
    select
        w.figure_id as whole_id,
        w.identity_id,
        i.is_required,
        p.figure_id,
        p.value,
        p.half_width,
        p.col_no,
        p.quote
    from whole as w
    inner join {{ ref('row_identity') }} as i on w.identity_id = i.identity_id
        and contains(' ' || i.kinds || ' ', ' ' || w.table_kind || ' ')
    left join {{ ref('int_table_figure') }} as p
        on w.document_id = p.document_id
            and w.table_no = p.table_no
            and w.row_no = p.row_no
            and w.item = p.item
            and w.phase = p.phase
            and w.fund = p.fund
            and i.part = p.component
    qualify row_number() over (partition by w.figure_id, w.identity_id, i.part order by p.col_no) = 1
),

added as (
    select
        whole_id,
        identity_id,
        sum(value) as parts_value,
        sum(half_width) as parts_half,
        count(*) filter (where figure_id is null) as missing,
        list(figure_id order by col_no) filter (where figure_id is not null) as part_ids,
        list(quote order by col_no) filter (where figure_id is not null) as part_quotes,
        string_agg({{ readable('value', "'yuan'") }}, ' + ' order by col_no) filter (where figure_id is not null)
            as sum_text
    from part
    group by whole_id, identity_id
    having count(figure_id) > 0
),

compared as (
    select
        w.*,
        a.parts_value,
        a.missing,
        a.part_ids,
        a.part_quotes,
        a.sum_text,
        w.value - a.parts_value as difference,
        w.half_width + a.parts_half as tolerance
    from whole as w
    inner join added as a on w.figure_id = a.whole_id and w.identity_id = a.identity_id
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
    document_id,
    organization_name,
    fiscal_year,
    parts_value as expected,
    value as observed,
    difference,
    tolerance,
    unit,
    table_title || '“' || item_label || '”合计印为' || {{ readable('value', 'unit') }} || '，各栏为 ' || sum_text || ' = '
    || {{ readable('parts_value', 'unit') }} || '，相差' || {{ readable('abs(difference)', 'unit') }} as message,
    list_prepend(figure_id, part_ids) as figure_ids,
    list_prepend(quote, part_quotes) as evidence
from compared
