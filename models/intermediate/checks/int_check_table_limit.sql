-- C06, C07, S07: what one standard table prints may not exceed another. C06: the funds' spending on a code, F5, F8 and
-- F9, within all spending, F3. C07: economic items of basic expenditure, F6, within 三公, F7, by
-- seeds/rules/table_limit.csv. S07: a fund without an amount in F4 has none in its own table, and the other way round.
with total as (
    select *
    from {{ ref('int_table_figure') }}
    where component = 'total' and phase = 'actual' and fiscal_year = report_year
    qualify row_number() over (
        partition by report_id, organization_name, table_kind, statement, coalesce(code, item), fund
        order by table_no, row_no, col_no
    ) = 1
),

funds as (
    select
        report_id,
        organization_name,
        code,
        sum(value) as value,
        sum(half_width) as half_width,
        {{ list_in_order('figure_id', 'number_no') }} as figure_ids,
        {{ list_in_order('quote', 'number_no') }} as quotes
    from total
    where table_kind in ('F5', 'F8', 'F9') and statement = 'function' and code is not null
    group by report_id, organization_name, code
),

part as (
    select
        'C06' as rule_id,
        t.code as limit_id,
        t.*,
        f.value as part_value,
        f.half_width as part_half,
        f.figure_ids as part_ids,
        f.quotes as part_quotes,
        '各类财政拨款支出表“' || t.item_label || '”' as part_label
    from total as t
    inner join funds as f
        on t.report_id = f.report_id and t.organization_name = f.organization_name and t.code = f.code
    where t.table_kind = 'F3' and t.statement = 'function'

    union all

    select
        l.rule_id,
        l.limit_id,
        t.*,
        e.value,
        e.half_width,
        [e.figure_id],
        [e.quote],
        '基本支出决算表“' || e.code || ' ' || e.item_label || '”'
    from total as t
    inner join {{ ref('table_limit') }} as l on t.item = l.item
    inner join total as e
        on t.report_id = e.report_id
            and t.organization_name = e.organization_name
            and e.table_kind = 'F6'
            and l.code = e.code
    where t.table_kind = 'F7'

    union all

    -- the fund's own table has an amount, and F4 prints 0 for the fund
    select
        'S07',
        s.fund,
        t.*,
        s.value,
        s.half_width,
        [s.figure_id],
        [s.quote],
        s.table_title || '合计'
    from total as t
    inner join total as s
        on t.report_id = s.report_id
            and t.organization_name = s.organization_name
            and t.fund = s.fund
            and s.table_kind in ('F8', 'F9')
            and s.item in ('government_fund_expenditure', 'state_capital_expenditure')
    where t.table_kind = 'F4' and t.item = 'fiscal_expenditure'
)

select
    'table_limit:' || rule_id || ':' || limit_id || ':' || figure_id as check_key,
    rule_id,
    cast(null as varchar) as severity,
    case
        when rule_id = 'S07' then case when (value = 0) = (part_value = 0) then 'pass' else 'fail' end
        when part_value <= value then 'pass'
        when part_value - value <= part_half + half_width then 'rounding'
        else 'fail'
    end as state,
    document_id,
    organization_name,
    fiscal_year,
    value as expected,
    part_value as observed,
    part_value - value as difference,
    part_half + half_width as tolerance,
    unit,
    part_label || '印为' || {{ readable('part_value', 'unit') }} || '，' || table_title || '“' || item_label || '”印为'
    || {{ readable('value', 'unit') }} as message,
    list_concat(part_ids, [figure_id]) as figure_ids,
    {{ evidence('list_concat(part_quotes, [quote])') }} as evidence
from part
