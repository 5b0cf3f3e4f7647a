-- P02: the money of a performance form against its sources, in each column or row that prints both, by
-- seeds/rules/form_part.csv. A source printed with what it is made of counts once. A blank cell is not 0: parts that
-- fall short are insufficient where one is blank, or where the form has no row for other money. What was carried over
-- may be a part of this year's appropriation.
with money as (
    select *, component || '@' || fund as part
    from {{ ref('int_form_figure') }}
    where unit = 'yuan'
        and statement in ('project', 'task', 'performance')
        and phase in ('initial_budget', 'total_budget', 'budget', 'appropriated', 'actual')
),

whole as (
    select * from money where part = 'total@all'
),

beside as (
    select
        w.figure_id as whole_id,
        i.identity_id,
        i.rule_id,
        i.part,
        i.within,
        i.is_last,
        p.figure_id,
        p.value,
        p.half_width,
        p.quote,
        p.number_no,
        p.row_no = w.row_no as is_row
    from whole as w
    inner join money as p
        on w.document_id = p.document_id
            and w.form_no = p.form_no
            and w.table_no = p.table_no
            and w.statement = p.statement
            and w.item = p.item
            and w.phase = p.phase
            and (w.row_no = p.row_no or w.col_no = p.col_no)
    inner join {{ ref('form_part') }} as i on p.part = i.part
),

-- a part of a part that is printed too is left out
top as (
    select b.*
    from beside as b
    left join beside as o on b.whole_id = o.whole_id and b.within = o.part
    where o.figure_id is null
),

blank as (
    select
        w.figure_id as whole_id,
        c.row_no = w.row_no as is_row,
        count(*) as cells
    from whole as w
    inner join {{ source('raw', 'form') }} as f
        on w.document_id = f.document_id and w.form_no = f.form_no and w.table_no = f.table_no
    inner join {{ source('raw', 'cell') }} as c
        on w.document_id = c.document_id
            and w.table_no = c.table_no
            and c.row_no between f.first_row and f.last_row
            and (c.row_no = w.row_no or c.col_no = w.col_no)
            and c.row_label is not null
            and trim(c.text) = ''
    group by w.figure_id, c.row_no = w.row_no
),

added as (
    select
        whole_id,
        identity_id,
        rule_id,
        is_row,
        sum(value) as parts_value,
        sum(value) filter (where part <> 'carryover_opening@all') as without_carryover,
        sum(half_width) as parts_half,
        bool_or(is_last) as has_last,
        {{ list_in_order('figure_id', 'number_no') }} as part_ids,
        {{ list_in_order('quote', 'number_no') }} as part_quotes,
        string_agg({{ readable('value', "'yuan'") }}, ' + ' order by number_no) as sum_text
    from top
    group by whole_id, identity_id, rule_id, is_row
),

compared as (
    select
        w.*,
        a.identity_id,
        a.rule_id,
        a.is_row,
        a.parts_value,
        a.has_last and coalesce(b.cells, 0) = 0 as is_complete,
        a.part_ids,
        a.part_quotes,
        a.sum_text,
        a.without_carryover = w.value as is_carryover_within,
        w.value - a.parts_value as difference,
        w.half_width + a.parts_half as tolerance
    from whole as w
    inner join added as a on w.figure_id = a.whole_id
    left join blank as b on a.whole_id = b.whole_id and a.is_row = b.is_row
)

select
    'form_fund:' || identity_id || ':' || cast(is_row as varchar) || ':' || figure_id as check_key,
    rule_id,
    cast(null as varchar) as severity,
    case
        when abs(difference) <= tolerance then {{ state_of('difference', 'tolerance') }}
        when difference < 0 and is_carryover_within then 'not_applicable'
        when difference > 0 and not is_complete then 'insufficient'
        else 'fail'
    end as state,
    {{ compared('parts_value', 'value') }},
    item_label || {{ phase_name('phase') }} || '资金总额印为' || {{ readable('value', 'unit') }} || '，各部分为 ' || sum_text || ' = '
    || {{ readable('parts_value', 'unit') }} || '，相差' || {{ readable('abs(difference)', 'unit') }} as message,
    list_prepend(figure_id, part_ids) as figure_ids,
    {{ evidence('list_prepend(quote, part_quotes)') }} as evidence
from compared
