-- T09: a printed closing carry-over against what the printed income and expenditure, or budget and spending of
-- projects, leave.
with closing as (
    select *
    from {{ ref('int_told_figure') }}
    where item = 'carryover_closing' and component = 'total' and phase = 'actual' and fund = 'all'
    qualify row_number() over (partition by document_id, fiscal_year, value order by number_no) = 1
),

scope as (
    select 'unit' as scope_id, '收入总计与支出合计' as scope_name,
        'income_expenditure_total' as source_item, 'actual' as source_phase, 'expenditure_total' as used_item
    union all
    select 'project', '项目预算与项目支出', 'project_funds', 'budget', 'project_funds'
),

pair as (
    select
        c.*,
        s.scope_id,
        s.scope_name,
        a.figure_id as source_id,
        a.value as source_value,
        a.quote as source_quote,
        b.figure_id as used_id,
        b.value as used_value,
        b.quote as used_quote,
        a.value - b.value as left_over,
        c.half_width + a.half_width + b.half_width as tolerance
    from closing as c
    cross join scope as s
    inner join {{ ref('int_report_figure') }} as a
        on c.document_id = a.document_id
            and c.organization_name = a.organization_name
            and c.fiscal_year = a.fiscal_year
            and a.item = s.source_item
            and a.phase = s.source_phase
    inner join {{ ref('int_report_figure') }} as b
        on a.report_id = b.report_id
            and a.fiscal_year = b.fiscal_year
            and b.item = s.used_item
            and b.phase = 'actual'
            and b.tranche is null
    -- projects are meant only where they stand in the same paragraph
    where s.scope_id = 'unit' or (a.report_id = c.report_id and a.block_no = c.block_no)
)

select
    'carryover:' || scope_id || ':' || figure_id || ':' || source_id as check_key,
    'T09' as rule_id,
    cast(null as varchar) as severity,
    {{ state_of('(value - left_over)', 'tolerance') }} as state,
    document_id,
    organization_name,
    fiscal_year,
    left_over as expected,
    value as observed,
    value - left_over as difference,
    tolerance,
    unit,
    '年末结转和结余印为' || {{ readable('value', 'unit') }} || '，按' || scope_name || '应为'
    || {{ readable('source_value', 'unit') }} || ' − ' || {{ readable('used_value', 'unit') }} || ' = '
    || {{ readable('left_over', 'unit') }} as message,
    [figure_id, source_id, used_id] as figure_ids,
    {{ evidence('[quote, source_quote, used_quote]') }} as evidence
from pair

union all

-- nothing is printed that would leave it
select
    'carryover:alone:' || c.figure_id,
    'T09',
    null,
    'insufficient',
    c.document_id,
    c.organization_name,
    c.fiscal_year,
    null,
    c.value,
    null,
    null,
    c.unit,
    '年末结转和结余没有可比的收支',
    [c.figure_id],
    [c.quote]
from closing as c
left join pair as p on c.figure_id = p.figure_id
where p.figure_id is null
