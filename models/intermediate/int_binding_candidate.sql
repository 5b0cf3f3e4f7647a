-- The cells that print the same thing as an amount of the prose, or leave it blank, by the rules that fit it, of any
-- year and organisation.
with cell as (
    select
        document_id,
        table_kind,
        table_no,
        row_no,
        col_no,
        row_label,
        organization_name,
        fiscal_year,
        statement,
        item,
        code,
        component,
        fund,
        phase,
        figure_id as cell_id,
        value
    from {{ ref('int_table_figure') }}
    where unit = 'yuan'
    union all
    select
        document_id,
        table_kind,
        table_no,
        row_no,
        col_no,
        row_label,
        organization_name,
        fiscal_year,
        statement,
        item,
        code,
        component,
        fund,
        phase,
        null as cell_id,
        0 as value
    from {{ ref('int_table_blank') }}
),

placed as (
    select
        c.*,
        case when c.phase = 'actual' then 'actual' else 'budget' end as period,
        p.name as parent_class
    from cell as c
    left join {{ ref('function_classification') }} as p
        on c.statement = 'function' and substr(c.code, 1, length(c.code) - 2) = p.code
    where c.phase in ('actual', 'budget', 'initial_budget')
)

select
    r.figure_id,
    r.binding_id,
    r.priority,
    c.cell_id,
    c.table_no,
    c.row_no,
    c.col_no,
    c.value,
    -- of the budgets of a year, the one that is told
    case when r.phase = c.phase then 0 else 1 end as phase_rank,
    -- of rows for units and for all of them, the one for all
    case when c.row_label in ('合计', '总计') then 0 else 1 end as row_rank,
    c.cell_id is null as is_blank,
    r.fiscal_year = c.fiscal_year and r.period = c.period as is_of_period,
    r.organization_name = c.organization_name as is_of_organization
from {{ ref('int_binding_rule') }} as r
inner join placed as c
    on r.document_id = c.document_id
        and r.kind = c.table_kind
        and contains(' ' || r.cell_components || ' ', ' ' || c.component || ' ')
        and contains(' ' || r.cell_funds || ' ', ' ' || c.fund || ' ')
        and (
            r.cell_item = c.code
            or (not r.is_class and r.cell_item = c.item)
            or (
                r.is_class
                and r.statement = c.statement
                and (
                    r.code = c.code
                    -- an older code of the same name
                    or (r.item = c.item and substr(r.code, 1, 5) = substr(c.code, 1, 5))
                    -- by name where one of them prints no code: under the same class, where both tell it
                    or (
                        (r.code is null or c.code is null)
                        and r.item = c.item
                        and coalesce(r.parent_class = c.parent_class, true)
                    )
                )
            )
        )
