-- Failed checks by what is wrong: `cause_key` is one for all that one mistake breaks. Checks belong together that name
-- the same figure, figures of one row, one amount missing in one table or of one item, one table whose rows fail by
-- the dozen (columns out of place), one form, or the same statement printed twice. A check joins the lowest key that
-- any of these gives; three rounds carry it over the chains that documents have.
with failed as (
    select
        c.check_key,
        c.rule_id,
        c.document_id,
        c.severity,
        c.difference,
        s.suspect_figure_id,
        s.is_named and r.kind = 'identity' as is_named,
        s.change,
        s.checks_repaired,
        f.table_no,
        f.form_no,
        f.item_key,
        f.table_no as suspect_table,
        -- one row of a table, or one figure of prose
        coalesce(cast(f.row_no as varchar), f.figure_id, '') as suspect_place,
        c.document_id || '|' || coalesce(s.suspect_figure_id, c.check_key) as by_figure,
        case
            when f.table_no is null or f.form_no is not null then c.check_key
            else concat_ws('|', c.document_id, cast(f.table_no as varchar), cast(f.row_no as varchar))
        end as by_row,
        case
            when not coalesce(s.is_additive, false) or f.table_no is null or f.form_no is not null then c.check_key
            else concat_ws('|', c.document_id, cast(f.table_no as varchar), cast(s.size as varchar))
        end as by_amount_in_table,
        case
            when not coalesce(s.is_additive, false) then c.check_key
            else concat_ws('|', c.document_id, f.item_key, cast(s.size as varchar))
        end as by_amount_of_item,
        case
            when f.form_no is not null then concat_ws('|', c.document_id, 'form', cast(f.form_no as varchar), c.rule_id)
            when f.table_no is not null and f.table_kind is not null
                and count(*) over (partition by c.document_id, f.table_no, c.rule_id) >= {{ var('rows_out_of_place') }}
                then concat_ws('|', c.document_id, 'table', cast(f.table_no as varchar), c.rule_id)
            else c.check_key
        end as by_layout,
        case
            -- forms of different projects have the same points
            when c.observed is null or c.expected is null or c.unit = 'score' then c.check_key
            else concat_ws(
                '|', c.document_id, c.rule_id, cast(c.expected as varchar), cast(c.observed as varchar), v.amounts
            )
        end as by_statement
    from {{ ref('int_check') }} as c
    inner join {{ ref('rule') }} as r on c.rule_id = r.rule_id
    left join {{ ref('int_cause_suspect') }} as s on c.check_key = s.check_key
    left join {{ ref('stg_figure') }} as f on s.suspect_figure_id = f.figure_id
    left join (
        select check_key, string_agg(cast(value as varchar), ' ' order by value) as amounts
        from {{ ref('int_cause_change') }}
        group by check_key
    ) as v on c.check_key = v.check_key
    where c.state = 'fail'
),

first_round as (
    select *, {{ lowest_of_neighbours('check_key') }} as first_key
    from failed
),

second_round as (
    select *, {{ lowest_of_neighbours('first_key') }} as second_key
    from first_round
),

joined as (
    select
        check_key,
        document_id,
        rule_id,
        suspect_figure_id,
        is_named,
        change,
        checks_repaired,
        suspect_table,
        suspect_place,
        {{ lowest_of_neighbours('second_key') }} as cause_key
    from second_round
),

placed as (
    select *, dense_rank() over (partition by cause_key, suspect_table order by suspect_place) as nth_place
    from joined
)

select
    check_key,
    document_id,
    rule_id,
    cause_key,
    max(nth_place) over (partition by cause_key) as places,
    -- where many rows of one table are wrong none is named: their columns are out of place
    case
        when is_named and max(nth_place) over (partition by cause_key) < {{ var('rows_out_of_place') }}
            then suspect_figure_id
    end as suspect_figure_id,
    change,
    checks_repaired
from placed
