-- The checks that failed, grouped by what is wrong: of those that one mistake breaks, one is primary and the others are
-- its consequences. The verdict of a person who looked, where there is one, goes by the fingerprint.
with failed as (
    select
        c.*,
        k.cause_key,
        k.suspect_figure_id,
        k.checks_repaired,
        k.places,
        s.value + k.change as suggested_value,
        s.stated as suspect_stated,
        s.item_label as suspect_label,
        s.unit as suspect_unit,
        s.page as suspect_page,
        p.pages,
        row_number() over (
            partition by k.cause_key
            order by
                case c.severity when 'error' then 1 when 'warning' then 2 else 3 end,
                k.checks_repaired desc nulls last,
                case when c.unit = 'yuan' then abs(c.difference) end desc nulls last,
                c.check_id
        ) as place
    from {{ ref('fct_check') }} as c
    inner join {{ ref('int_cause') }} as k on c.check_id = md5(k.check_key)
    left join {{ ref('stg_figure') }} as s on k.suspect_figure_id = s.figure_id
    left join {{ ref('int_cause_place') }} as p on k.check_key = p.check_key
)

select
    f.check_id as anomaly_id,
    f.check_id,
    f.rule_id,
    r.title as rule_title,
    f.severity,
    f.document_id,
    f.file_name,
    f.organization_name,
    f.fiscal_year,
    f.expected,
    f.observed,
    f.difference,
    f.tolerance,
    f.unit,
    f.message,
    f.figure_ids,
    f.evidence,
    f.fingerprint,
    min(f.fingerprint) over (partition by f.cause_key) as cause_id,
    f.place = 1 as is_primary,
    case when f.place = 1 then count(*) over (partition by f.cause_key) - 1 else 0 end as consequence_count,
    f.suspect_figure_id,
    f.suggested_value,
    f.checks_repaired,
    coalesce(f.organization_name, '') || coalesce(cast(f.fiscal_year as varchar) || '年', '') || '《' || f.file_name || '》'
    || coalesce(f.pages, '') || '：' || f.message
    || coalesce(
        '。最可能有误的是' || coalesce('第' || cast(f.suspect_page as varchar) || '页', '') || '“' || f.suspect_label
        || '”所印的' || f.suspect_stated
        || coalesce(
            '，如为' || case when f.suggested_value is not null then {{ readable('f.suggested_value', 'f.suspect_unit') }} end || '，则' || cast(f.checks_repaired as varchar)
            || '项核对相符', ''
        ),
        case
            when f.places >= {{ var('rows_out_of_place') }} and r.kind = 'identity'
                then '。同一张表有多行不符，可能整行、整栏错位'
            else ''
        end
    ) || '。' as finding,
    v.verdict,
    v.reason as verdict_reason
from failed as f
inner join {{ ref('rule') }} as r on f.rule_id = r.rule_id
left join {{ ref('verdict') }} as v on f.fingerprint = v.fingerprint
