-- How much speaks for each figure of a failed check being the wrong one: the failed checks that the same change would
-- repair, less the identities that hold now and would break; and whether the change is a usual slip of the pen: a
-- sign, a decimal point, 元 for 万元, or two cells of a row or column in each other's place.
with change as (
    select
        c.*,
        f.table_no,
        f.row_no,
        f.col_no,
        f.number_no,
        f.source_kind
    from {{ ref('int_cause_change') }} as c
    inner join {{ ref('stg_figure') }} as f on c.figure_id = f.figure_id
),

repaired as (
    select
        a.check_key,
        a.figure_id,
        count(*) filter (
            where a.is_additive
                and b.is_additive
                and case
                    when a.change is null or b.change is null then abs(a.size - b.size) <= a.tolerance + b.tolerance
                    else abs(a.change - b.change) <= a.tolerance + b.tolerance
                end
        ) as checks_repaired,
        count(*) filter (
            where not b.is_additive
                and (
                    a.check_key = b.check_key
                    or b.unit is null
                    or b.unit <> 'percent'
                    or b.rule_id = 'T05'
                    or {{ rate_is_mended('a.value', 'a.change', 'b.unit', 'b.expected', 'b.observed', 'b.tolerance') }}
                )
            or (
                b.is_additive
                and not a.is_additive
                and (
                    a.unit is null
                    or a.unit <> 'percent'
                    or a.rule_id = 'T05'
                    or {{ rate_is_mended('b.value', 'b.change', 'a.unit', 'a.expected', 'a.observed', 'a.tolerance') }}
                )
            )
        ) as checks_touched
    from change as a
    inner join change as b on a.figure_id = b.figure_id
    group by a.check_key, a.figure_id
),

-- two cells of one row or column that would each be right in the other's place
swapped as (
    select distinct
        a.check_key,
        a.figure_id
    from change as a
    inner join change as b
        on a.document_id = b.document_id
            and a.table_no = b.table_no
            and a.check_key <> b.check_key
            and a.change = -b.change
            and b.value - a.value = a.change
            and (a.row_no = b.row_no or a.col_no = b.col_no)
    where a.change <> 0
)

select
    c.check_key,
    c.rule_id,
    c.document_id,
    c.figure_id,
    c.is_first,
    c.change,
    c.size,
    c.is_additive,
    c.table_no,
    c.row_no,
    c.number_no,
    r.checks_repaired,
    coalesce(s.confirmed_by_amount, 0) as checks_broken,
    w.figure_id is not null as is_swapped,
    w.figure_id is not null
    or abs(c.change + 2 * c.value) <= c.tolerance
    {% for power in [1, 2, 3, 4] %}
    or abs(c.change - {{ 10 ** power - 1 }} * c.value) <= c.tolerance
    or abs({{ 10 ** power }} * c.change + {{ 10 ** power - 1 }} * c.value) <= {{ 10 ** power }} * c.tolerance
    {% endfor %} as is_slip,
    -- an amount that would become negative was none
    coalesce(c.value >= 0 and c.value + c.change < 0, false) as is_implausible,
    r.checks_repaired + r.checks_touched - coalesce(s.confirmed_by_amount, 0) as weight
from change as c
inner join repaired as r on c.check_key = r.check_key and c.figure_id = r.figure_id
left join {{ ref('int_figure_status') }} as s on c.figure_id = s.figure_id
left join swapped as w on c.check_key = w.check_key and c.figure_id = w.figure_id
