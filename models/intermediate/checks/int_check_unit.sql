-- A06: a department is the sum of its units, less what they pay each other, by the documents of all: money that a unit
-- gets from its superior or from its own units (上级补助收入, 附属单位上缴收入) is in the sum twice. Units are those that the
-- tables of the department name.
{% set totals = "'income_total', 'expenditure_total', 'income_fiscal', 'general_public_expenditure', 'three_public_total'" %}
with member as (
    select
        o.superior_name,
        o.organization_name,
        count(*) over (partition by o.superior_name) as listed_units
    from {{ ref('int_organization') }} as o
    where o.superior_name is not null
),

-- what an organisation tells of itself, a table before the text
own as (
    select f.*
    from {{ ref('int_figure') }} as f
    inner join {{ ref('stg_report') }} as r on f.report_id = r.report_id and f.organization_name = r.organization_name
    where f.component = 'total'
        and f.unit = 'yuan'
        and f.phase in ('actual', 'initial_budget')
        and f.fiscal_year = f.report_year
        and f.tranche is null
        and f.item in ({{ totals }}, 'income_superior_subsidy', 'income_affiliates')
    qualify row_number() over (
        partition by f.organization_name, f.fiscal_year, f.item, f.phase
        order by
            case when f.table_kind is not null then 0 else 1 end,
            case when f.fund = 'all' then 0 else 1 end,
            f.document_id,
            f.number_no
    ) = 1
),

told as (
    select m.superior_name, m.listed_units, f.*
    from member as m
    inner join own as f on m.organization_name = f.organization_name
),

added as (
    select
        superior_name,
        fiscal_year,
        item,
        phase,
        sum(value) as parts_value,
        sum(half_width) as parts_half,
        count(*) as units,
        min(listed_units) as listed_units,
        list(figure_id order by figure_id) as part_ids,
        list(quote order by figure_id) as part_quotes
    from told
    where item in ({{ totals }})
    group by superior_name, fiscal_year, item, phase
),

transfer as (
    select superior_name, fiscal_year, phase, sum(value) as value
    from told
    where item in ('income_superior_subsidy', 'income_affiliates')
    group by superior_name, fiscal_year, phase
),

compared as (
    select
        f.*,
        a.parts_value,
        case when f.item in ('income_total', 'expenditure_total') then coalesce(t.value, 0) else 0 end as transfers,
        a.units,
        a.units < a.listed_units as is_incomplete,
        a.part_ids,
        a.part_quotes,
        f.value - a.parts_value as difference,
        f.half_width + a.parts_half as tolerance
    from own as f
    inner join added as a
        on f.organization_name = a.superior_name
            and f.fiscal_year = a.fiscal_year
            and f.item = a.item
            and f.phase = a.phase
    left join transfer as t
        on a.superior_name = t.superior_name and a.fiscal_year = t.fiscal_year and a.phase = t.phase
)

select
    'unit:' || figure_id as check_key,
    'A06' as rule_id,
    cast(null as varchar) as severity,
    case
        when is_incomplete then 'insufficient'
        when abs(difference) <= tolerance then {{ state_of('difference', 'tolerance') }}
        -- what the units pay each other explains it
        when difference < 0 and abs(difference) <= transfers + tolerance then 'not_applicable'
        else 'fail'
    end as state,
    {{ compared('parts_value', 'value') }},
    organization_name || item_label || {{ phase_name('phase') }} || '印为' || {{ readable('value', 'unit') }} || '，'
    || cast(units as varchar) || '个单位的文件合计' || {{ readable('parts_value', 'unit') }} || '，相差'
    || {{ readable('abs(difference)', 'unit') }} as message,
    list_prepend(figure_id, part_ids) as figure_ids,
    {{ evidence('list_prepend(quote, part_quotes)') }} as evidence
from compared
