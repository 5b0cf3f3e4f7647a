-- One figure that may not exceed another, by seeds/rules/limit.csv, inside a report: both in the text, or both in one
-- standard table, which goes before the text. Where one of the two is not printed, the limit is insufficient.
with figure as (
    select *, 'text' as source, 1 as source_rank from {{ ref('int_report_figure') }}
    union all
    select *, table_kind, 0
    from {{ ref('int_table_figure') }}
    where component = 'total' and table_kind in (select kind from {{ ref('table_kind') }} where final_kind is null)
    qualify row_number() over (
        partition by report_id, organization_name, fiscal_year, table_kind, item, phase, fund order by number_no
    ) = 1
),

pair as (
    select
        m.limit_id,
        m.rule_id,
        m.lesser_item,
        m.greater_item,
        m.message as limit_message,
        l.*,
        g.figure_id as greater_id,
        g.value as greater_value,
        g.quote as greater_quote,
        g.item_label as greater_label,
        case
            when {{ is_exact('u.tolerance', 'l.resolution', 'g.resolution') }} then 0
            else l.half_width + g.half_width
        end as tolerance,
        l.value - g.value as difference
    from figure as l
    inner join {{ ref('limit') }} as m on l.item = m.lesser_item and l.phase = m.lesser_phase
    inner join {{ ref('rule') }} as u on m.rule_id = u.rule_id
    inner join figure as g
        on l.report_id = g.report_id
            and l.fiscal_year = g.fiscal_year
            and l.source = g.source
            and (l.source = 'text' or (l.organization_name = g.organization_name and l.fund = g.fund))
            and g.item = m.greater_item
            and g.phase = m.greater_phase
            and (m.scope = 'report' or l.block_no = g.block_no)
    qualify rank() over (
        partition by l.report_id, l.fiscal_year, m.rule_id, m.lesser_item, m.greater_item
        order by l.source_rank, case m.greater_phase when 'initial_budget' then 1 else 0 end
    ) = 1
),

single as (
    select m.rule_id, m.lesser_item, m.greater_item, f.*
    from figure as f
    inner join {{ ref('limit') }} as m on f.item = m.lesser_item and f.phase = m.lesser_phase
    union all
    select m.rule_id, m.lesser_item, m.greater_item, f.*
    from figure as f
    inner join {{ ref('limit') }} as m
        on m.scope = 'report' and m.greater_phase = m.lesser_phase
            and f.item = m.greater_item
            and f.phase = m.greater_phase
),

alone as (
    select s.*
    from single as s
    left join pair as p
        on s.report_id = p.report_id
            and s.fiscal_year = p.fiscal_year
            and s.rule_id = p.rule_id
            and s.lesser_item = p.lesser_item
            and s.greater_item = p.greater_item
    where p.figure_id is null
    qualify row_number() over (
        partition by s.report_id, s.fiscal_year, s.rule_id, s.lesser_item, s.greater_item
        order by s.source_rank, s.number_no
    ) = 1
)

select
    limit_id || ':' || figure_id || ':' || greater_id as check_key,
    rule_id,
    cast(null as varchar) as severity,
    case
        when difference <= 0 then 'pass'
        when difference <= tolerance then 'rounding'
        else 'fail'
    end as state,
    {{ compared('greater_value', 'value') }},
    limit_message || '：' || item_label || {{ readable('value', 'unit') }} || '，' || greater_label
    || {{ readable('greater_value', 'unit') }} || '，超出' || {{ readable('difference', 'unit') }} as message,
    [figure_id, greater_id] as figure_ids,
    {{ evidence('[quote, greater_quote]') }} as evidence
from pair

union all

select
    'limit:' || rule_id || ':' || lesser_item || ':' || greater_item || ':' || figure_id,
    rule_id,
    null,
    'insufficient',
    document_id,
    organization_name,
    fiscal_year,
    null,
    null,
    null,
    null,
    unit,
    item_label || '没有可比的数',
    [figure_id],
    [quote]
from alone
