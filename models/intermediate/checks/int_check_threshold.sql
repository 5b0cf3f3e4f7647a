-- P09 and P11: execution and funding below the thresholds of seeds/rules/threshold.csv. The rate is recomputed where
-- both operands are printed, also where no rate is; else it is the stated one. A rate of 0 on nothing spent says
-- nothing without a budget.
with stated as (
    select
        figure_id,
        phase,
        document_id,
        organization_name,
        fiscal_year,
        item_label,
        item_key,
        statement,
        report_id,
        report_kind,
        region_code,
        value as stated_pct,
        quote,
        numerator_id,
        numerator_value,
        numerator_quote,
        denominator_id,
        denominator_value,
        denominator_quote
    from {{ ref('int_rate') }}
    where phase in ('execution_pct', 'funding_rate')
        and component = 'total'
    -- the same rate of the same subject, told twice, is one
    qualify row_number() over (
        partition by report_id, fiscal_year, phase, statement, item_key, value order by number_no
    ) = 1
),

unstated as (
    select
        a.figure_id,
        'execution_pct' as phase,
        a.document_id,
        a.organization_name,
        a.fiscal_year,
        a.item_label,
        a.item_key,
        a.statement,
        a.report_id,
        a.report_kind,
        a.region_code,
        cast(null as decimal(28, 6)) as stated_pct,
        a.quote,
        a.figure_id as numerator_id,
        a.value as numerator_value,
        a.quote as numerator_quote,
        b.figure_id as denominator_id,
        b.value as denominator_value,
        b.quote as denominator_quote
    from {{ ref('int_report_figure') }} as a
    inner join {{ ref('int_report_figure') }} as b
        on a.report_id = b.report_id
            and a.fiscal_year = b.fiscal_year
            and a.statement = b.statement
            and a.item_key = b.item_key
            and coalesce(a.organization_name, '') = coalesce(b.organization_name, '')
            and b.phase = 'budget'
    where a.phase = 'actual'
        and a.tranche is null
        and not exists (
            select 1
            from stated as s
            where s.report_id = a.report_id and s.statement = a.statement and s.item_key = a.item_key
        )
),

rated as (
    select
        *,
        coalesce({{ percent_of('numerator_value', 'denominator_value') }}, stated_pct) as rate_pct,
        denominator_value - numerator_value as gap_yuan
    from (select * from stated union all select * from unstated) as every_rate
),

-- the thresholds of its region, year and kind of report, where there are any
standard as (
    select r.figure_id, t.*
    from rated as r
    inner join {{ ref('threshold') }} as t on r.phase = t.phase and {{ is_about('t', 'r') }}
    qualify {{ specificity('t') }} = max({{ specificity('t') }}) over (partition by r.figure_id, t.rule_id)
),

judged as (
    select
        r.*,
        t.rule_id,
        t.severity,
        t.below_pct,
        t.title
    from rated as r
    left join standard as t
        on r.figure_id = t.figure_id
            and r.phase = t.phase
            and r.rate_pct < t.below_pct
            and (t.minimum_gap_yuan is null or r.gap_yuan >= t.minimum_gap_yuan)
    qualify row_number() over (
        partition by r.figure_id
        order by t.below_pct nulls last, t.minimum_gap_yuan desc nulls last
    ) = 1
)

select
    'threshold:' || figure_id as check_key,
    coalesce(rule_id, case when phase = 'funding_rate' then 'P11' else 'P09' end) as rule_id,
    severity,
    case
        when rate_pct is null then 'insufficient'
        when rate_pct = 0 and denominator_value is null then 'insufficient'
        when denominator_value = 0 then 'not_applicable'
        when rule_id is not null then 'fail'
        else 'pass'
    end as state,
    document_id,
    organization_name,
    fiscal_year,
    cast(below_pct as decimal(28, 6)) as expected,
    rate_pct as observed,
    rate_pct - below_pct as difference,
    cast(0 as decimal(28, 6)) as tolerance,
    'percent' as unit,
    item_label || case when phase = 'funding_rate' then '资金到位率' else '执行率' end || {{ readable('round(rate_pct, 2)', "'percent'") }}
    || case
        when denominator_value is not null
            then '（' || {{ readable('numerator_value', "'yuan'") }} || ' ÷ ' || {{ readable('denominator_value', "'yuan'") }} || '）'
        else ''
    end || coalesce('，' || title, '') as message,
    {{ evidence('[figure_id, numerator_id, denominator_id]') }} as figure_ids,
    {{ evidence('[quote, numerator_quote, denominator_quote]') }} as evidence
from judged
