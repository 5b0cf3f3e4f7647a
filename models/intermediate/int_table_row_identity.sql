-- Which identities of seeds/rules/row_identity.csv hold for a standard table, by the columns it has, for each fund that
-- the whole is printed for: one row a part that has a column there.
with identity as (
    select
        *,
        split_part(whole, '@', 1) as whole_component,
        nullif(split_part(whole, '@', 2), '') as whole_fund,
        split_part(part, '@', 1) as part_component,
        nullif(split_part(part, '@', 2), '') as part_fund
    from {{ ref('row_identity') }}
),

table_column as (
    select distinct document_id, table_no, table_kind, component, fund
    from {{ ref('int_table_figure') }}
),

-- which identities a table's columns allow, for each fund that the whole is printed for
wanted as (
    select
        w.document_id,
        w.table_no,
        w.fund as whole_fund,
        i.identity_id,
        i.rule_id,
        i.whole_component,
        i.part_component,
        coalesce(i.part_fund, w.fund) as part_fund,
        i.sign,
        i.presence,
        p.component is not null as is_printed
    from table_column as w
    inner join identity as i
        on contains(' ' || i.kinds || ' ', ' ' || w.table_kind || ' ')
            and w.component = i.whole_component
            and w.fund = coalesce(i.whole_fund, w.fund)
    left join table_column as p
        on w.document_id = p.document_id
            and w.table_no = p.table_no
            and i.part_component = p.component
            and coalesce(i.part_fund, w.fund) = p.fund
    qualify bool_and(presence <> 'required' or p.component is not null) over (
        partition by w.document_id, w.table_no, w.fund, i.identity_id
    )
    and bool_and(presence <> 'absent' or p.component is null) over (
        partition by w.document_id, w.table_no, w.fund, i.identity_id
    )
)

select
    document_id,
    table_no,
    whole_fund,
    identity_id,
    rule_id,
    whole_component,
    part_component,
    part_fund,
    sign
from wanted
where is_printed and presence <> 'absent'
