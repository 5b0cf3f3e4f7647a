-- A04: a ratio of seeds/rules/peer_indicator.csv against those of at least 8 other organisations of the same level, line
-- of work (the name without the place) and year: above their Q3 + 1.5 IQR. The quartiles are of the others: the value that is
-- judged is left out, and so is an own document that was read twice.
with ratio as (
    select
        i.indicator_id,
        i.rule_id,
        i.title,
        n.organization_name,
        n.fiscal_year,
        n.document_id,
        o.region_level,
        o.work_name,
        n.figure_id,
        d.figure_id as whole_id,
        f.quote,
        w.quote as whole_quote,
        {{ percent_of('n.value', 'd.value') }} as value
    from {{ ref('peer_indicator') }} as i
    inner join {{ ref('int_organization_figure') }} as n on i.numerator_item = n.item and i.phase = n.phase
    inner join {{ ref('int_organization_figure') }} as d
        on n.organization_name = d.organization_name
            and n.fiscal_year = d.fiscal_year
            and n.phase = d.phase
            and n.document_id = d.document_id
            and i.denominator_item = d.item
            and d.value > 0
    inner join {{ ref('int_organization') }} as o on n.organization_name = o.organization_name
    inner join {{ ref('int_figure') }} as f on n.figure_id = f.figure_id
    inner join {{ ref('int_figure') }} as w on d.figure_id = w.figure_id
    where n.report_year = n.fiscal_year and o.region_level is not null and o.document_count > 0
),

ranked as (
    select
        *,
        indicator_id || '|' || cast(fiscal_year as varchar) || '|' || region_level || '|' || work_name as peer_group,
        row_number() over same_kind - 1 as rank_no,
        count(*) over (partition by indicator_id, fiscal_year, region_level, work_name) - 1 as peers
    from ratio
    window same_kind as (
        partition by indicator_id, fiscal_year, region_level, work_name order by value, organization_name
    )
),

-- where a quartile of the others lies between two of them, in quarters: (peers - 1) * 1/4 and 3/4
placed as (
    select
        *,
        cast(floor((peers - 1) * 0.25) as integer) as low_no,
        cast(floor((peers - 1) * 0.75) as integer) as high_no,
        cast(((peers - 1) % 4) * 0.25 as decimal(3, 2)) as low_part,
        cast((((peers - 1) * 3) % 4) * 0.25 as decimal(3, 2)) as high_part
    from ranked
),

quartile as (
    select
        p.*,
        cast(a.value + (b.value - a.value) * p.low_part as decimal(18, 6)) as first_quartile,
        cast(c.value + (d.value - c.value) * p.high_part as decimal(18, 6)) as third_quartile
    from placed as p
    {% for name, place in {'a': 'p.low_no', 'b': 'p.low_no + 1', 'c': 'p.high_no', 'd': 'p.high_no + 1'}.items() %}
    left join ranked as {{ name }}
        on p.peer_group = {{ name }}.peer_group
            -- the judged one is skipped
            and {{ name }}.rank_no = {{ place }} + case when {{ place }} >= p.rank_no then 1 else 0 end
    {% endfor %}
),

bounded as (
    select
        *,
        cast(third_quartile + (third_quartile - first_quartile) * cast(1.5 as decimal(2, 1)) as decimal(28, 6)) as bound
    from quartile
)

select
    'peer:' || indicator_id || ':' || figure_id as check_key,
    rule_id,
    cast(null as varchar) as severity,
    case
        when peers < 8 then 'insufficient'
        -- peers that are all alike make anything else an outlier
        when third_quartile = first_quartile then 'not_applicable'
        when value > bound then 'fail'
        else 'pass'
    end as state,
    document_id,
    organization_name,
    fiscal_year,
    bound as expected,
    value as observed,
    value - bound as difference,
    cast(0 as decimal(28, 6)) as tolerance,
    'percent' as unit,
    title || '为' || {{ readable('round(value, 2)', "'percent'") }} || '，' || cast(peers as varchar) || '个同级同类单位（' || work_name
    || '）的上限为' || {{ readable('round(bound, 2)', "'percent'") }} as message,
    [figure_id, whole_id] as figure_ids,
    {{ evidence('[quote, whole_quote]') }} as evidence
from bounded
