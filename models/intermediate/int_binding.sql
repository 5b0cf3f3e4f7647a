-- Which cell of the standard tables an amount of the prose is, by seeds/rules/binding.csv: of one document,
-- organisation and year, never by value; or the reason why there is none. Of the rules that fit, the first that finds a
-- printed cell counts, else the first that finds a blank one; where it finds several that differ, nothing tells which
-- is meant. Two rules may find one cell.
with first_found as (
    select *
    from {{ ref('int_binding_candidate') }}
    where is_of_period and is_of_organization
    qualify rank() over (partition by figure_id order by is_blank, priority, phase_rank, row_rank) = 1
),

ordered as (
    select
        *,
        row_number() over (partition by figure_id order by table_no, row_no, col_no, binding_id) as nth
    from first_found
),

bound as (
    select
        figure_id,
        count(distinct value) as values_found,
        min(binding_id) filter (where nth = 1) as binding_id,
        min(cell_id) filter (where nth = 1) as cell_id,
        min(table_no) filter (where nth = 1) as table_no,
        min(row_no) filter (where nth = 1) as row_no,
        min(col_no) filter (where nth = 1) as col_no
    from ordered
    group by figure_id
),

-- why there is none
known as (
    select distinct unnest(string_split(items, ' ')) as item
    from {{ ref('binding') }}
),

printed as (
    select figure_id, bool_or(is_of_organization) as is_of_organization
    from {{ ref('int_binding_candidate') }}
    group by figure_id
),

-- the tables that should print it: whether they have amounts that found no meaning, or no amounts at all
unread as (
    select distinct document_id, table_no
    from {{ source('raw', 'number') }}
    where outcome in ('column_not_recognised', 'row_not_recognised', 'no_unit')
        and cast(digits as decimal(24, 8)) <> 0
),

filled as (
    select distinct document_id, table_no
    from {{ ref('int_table_figure') }}
),

wanted as (
    select
        figure_id,
        min(table_no) as table_no,
        count(unread_no) as unread_tables,
        count(filled_no) as filled_tables
    from (
        select r.figure_id, g.table_no, u.table_no as unread_no, f.table_no as filled_no
        from {{ ref('int_binding_rule') }} as r
        left join {{ source('raw', 'grid') }} as g
            on r.document_id = g.document_id and r.kind = g.kind
        left join unread as u on g.document_id = u.document_id and g.table_no = u.table_no
        left join filled as f on g.document_id = f.document_id and g.table_no = f.table_no
        qualify rank() over (
            partition by r.figure_id order by case when g.table_no is null then 1 else 0 end, r.priority
        ) = 1
    )
    group by figure_id
)

select
    a.figure_id,
    case
        when w.figure_id is null and (k.item is null or a.section in ('performance', 'assets', 'contract')) then 'no_rule'
        when w.figure_id is null then 'no_rule_fits'
        when w.table_no is null then 'no_table'
        when b.values_found > 1 then 'ambiguous'
        when b.cell_id is not null then 'bound'
        when b.figure_id is not null then 'blank'
        when p.is_of_organization then 'other_period'
        when not p.is_of_organization then 'other_organization'
        when w.unread_tables > 0 then 'unread'
        when w.filled_tables = 0 then 'empty_table'
        when not n.is_named then 'not_in_table'
        when n.is_beside then 'beside'
        else 'not_printed'
    end as outcome,
    b.binding_id,
    case when b.values_found = 1 then b.cell_id end as cell_id,
    coalesce(b.table_no, w.table_no) as table_no,
    case when b.values_found = 1 then b.row_no end as row_no,
    case when b.values_found = 1 then b.col_no end as col_no
from {{ ref('int_prose_amount') }} as a
left join wanted as w on a.figure_id = w.figure_id
left join bound as b on a.figure_id = b.figure_id
left join printed as p on a.figure_id = p.figure_id
left join {{ ref('int_binding_name') }} as n on a.figure_id = n.figure_id
left join known as k
    on case when a.statement in ('function', 'economic', 'project') then '@' || a.statement else a.item end = k.item
