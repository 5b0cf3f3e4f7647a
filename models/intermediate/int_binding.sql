-- Which cell of the standard tables an amount of the prose is, by seeds/rules/binding.csv: of one document,
-- organisation and year, never by value; or the reason why there is none. Of the rules that fit, the first that finds a
-- printed cell counts; where it finds several that differ, nothing tells which is meant.
-- Two rules may find one cell.
with first_found as (
    select *
    from {{ ref('int_binding_candidate') }}
    where is_of_period and is_of_organization
    qualify rank() over (partition by figure_id order by priority, row_rank) = 1
),

ordered as (
    select *, row_number() over (partition by figure_id order by number_no, binding_id) as nth
    from first_found
),

bound as (
    select
        figure_id,
        count(distinct value) as values_found,
        min(binding_id) filter (where nth = 1) as binding_id,
        min(cell_id) filter (where nth = 1) as cell_id
    from ordered
    group by figure_id
),

-- why there is none
printed as (
    select figure_id, bool_or(is_of_organization) as is_of_organization
    from {{ ref('int_binding_candidate') }}
    group by figure_id
),

-- the tables that should print it, and whether they have amounts that found no meaning
unread as (
    select distinct document_id, table_no
    from {{ source('raw', 'number') }}
    where outcome in ('column_not_recognised', 'row_not_recognised', 'no_unit')
        and cast(digits as decimal(24, 8)) <> 0
),

wanted as (
    select figure_id, min(table_no) as table_no, count(unread_no) as unread_tables
    from (
        select r.figure_id, g.table_no, u.table_no as unread_no
        from {{ ref('int_binding_rule') }} as r
        left join {{ source('raw', 'grid') }} as g
            on r.document_id = g.document_id and r.kind = g.kind
        left join unread as u on g.document_id = u.document_id and g.table_no = u.table_no
        qualify rank() over (
            partition by r.figure_id order by case when g.table_no is null then 1 else 0 end, r.priority
        ) = 1
    )
    group by figure_id
)

select
    a.figure_id,
    case
        when w.figure_id is null then 'no_rule'
        when w.table_no is null then 'no_table'
        when b.values_found = 1 then 'bound'
        when b.values_found > 1 then 'ambiguous'
        when p.is_of_organization then 'other_period'
        when not p.is_of_organization then 'other_organization'
        when w.unread_tables > 0 then 'unread'
        when a.value = 0 then 'blank'
        else 'not_printed'
    end as outcome,
    b.binding_id,
    case when b.values_found = 1 then b.cell_id end as cell_id,
    case when b.figure_id is null then w.table_no end as table_no
from {{ ref('int_prose_amount') }} as a
left join wanted as w on a.figure_id = w.figure_id
left join bound as b on a.figure_id = b.figure_id
left join printed as p on a.figure_id = p.figure_id
