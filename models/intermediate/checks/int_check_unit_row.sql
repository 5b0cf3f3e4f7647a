-- A06: a department is the sum of its units: its 合计 in a table, and the rows of the units there.
with printed as (
    select f.*, r.organization_name as department_name
    from {{ ref('int_table_figure') }} as f
    inner join {{ ref('stg_report') }} as r on f.report_id = r.report_id
    where f.unit = 'yuan'
        and f.phase <> 'change'
        and f.component = 'total'
        and f.statement in ('summary', 'fiscal', 'three_public')
        -- a project of several units has rows of its own
        and f.table_kind not in ('B10', 'F10')
),

added as (
    select
        document_id,
        table_no,
        col_no,
        item,
        fund,
        phase,
        fiscal_year,
        department_name,
        sum(value) as parts_value,
        sum(half_width) as parts_half,
        count(*) as units,
        -- a unit printed twice is a row and its sum, or another table that was run together
        count(*) > count(distinct organization_name) as is_repeated,
        list(figure_id order by number_no) as part_ids,
        list(quote order by number_no) as part_quotes
    from printed
    where organization_name <> department_name
    group by document_id, table_no, col_no, item, fund, phase, fiscal_year, department_name
),

compared as (
    select
        d.*,
        a.parts_value,
        a.units,
        a.is_repeated or l.unread_in_column > 0 as is_doubtful,
        a.part_ids,
        a.part_quotes,
        d.value - a.parts_value as difference,
        d.half_width + a.parts_half as tolerance
    from printed as d
    inner join added as a
        on d.document_id = a.document_id
            and d.table_no = a.table_no
            and d.col_no = a.col_no
            and d.item = a.item
            and d.fund = a.fund
            and d.phase = a.phase
            and d.fiscal_year = a.fiscal_year
    inner join {{ ref('int_table_place') }} as l on d.figure_id = l.figure_id
    where d.organization_name = d.department_name
    -- 合计, and perhaps the department's own row of the same amount: not where the column has two totals
    window same_column as (
        partition by d.document_id, d.table_no, d.col_no, d.item, d.fund, d.phase, d.fiscal_year
    )
    qualify min(d.value) over same_column = max(d.value) over same_column
        and row_number() over (
            partition by d.document_id, d.table_no, d.col_no, d.item, d.fund, d.phase, d.fiscal_year order by d.number_no
        ) = 1
)

select
    'unit_row:' || figure_id as check_key,
    'A06' as rule_id,
    cast(null as varchar) as severity,
    case when is_doubtful then 'insufficient' else {{ state_of('difference', 'tolerance') }} end as state,
    {{ compared('parts_value', 'value') }},
    table_title || '“' || item_label || '”' || department_name || '印为' || {{ readable('value', 'unit') }} || '，'
    || cast(units as varchar) || '个单位合计' || {{ readable('parts_value', 'unit') }} || '，相差'
    || {{ readable('abs(difference)', 'unit') }} as message,
    list_prepend(figure_id, part_ids) as figure_ids,
    {{ evidence('list_prepend(quote, part_quotes)') }} as evidence
from compared
