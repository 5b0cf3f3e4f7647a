-- S03 to S06: what stands around a table: the year of its title, the organisation and the unit above it, the note below.
with said as (
    -- what the text says of a fund that has no money: 无, 没有, 0万元
    select
        document_id,
        {% for name, title in {'government_fund': '政府性基金', 'state_capital': '国有资本经营'}.items() %}
        bool_or(regexp_matches(
            text,
            '(无|没有|未安排|不涉及)[^。；\n]{0,20}{{ title }}|{{ title }}[^。；\n]{0,30}([^0-9.]0([.]0+)?\s*(万?元|[；;，,。）]|$)|为空|空表|无|没有)'
        )) as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ source('raw', 'block') }}
    where kind <> 'table'
    group by document_id
    -- tables that are published apart from their text say nothing here
    having bool_or(length(text) >= 60)
),

printed as (
    select
        t.* exclude (note),
        -- below the table, or in the list of tables with its reason: 是 本部门无政府性基金预算
        coalesce(t.note, case when i.listed_note <> '否' then i.listed_note end) as note,
        r.organization_name as report_organization,
        r.fiscal_year as report_year,
        r.report_title,
        {{ plain_organization('t.organization_name') }} as plain_organization,
        {{ plain_organization('r.organization_name') }} as plain_report_organization,
        coalesce(n.amounts, 0) as amounts,
        coalesce(n.without_unit, 0) as without_unit,
        coalesce(n.zeros, 0) as zeros,
        case
            when t.kind in ('B7', 'F8') then coalesce(said.government_fund, false)
            when t.kind in ('B8', 'F9') then coalesce(said.state_capital, false)
        end as is_said,
        said.document_id is not null as has_text
    from {{ ref('stg_table') }} as t
    inner join {{ ref('stg_report') }} as r on t.report_id = r.report_id
    left join (
        select
            document_id,
            table_no,
            count(*) filter (
                where outcome in ('figure', 'no_unit', 'column_not_recognised', 'row_not_recognised')
                    and cast(digits as decimal(24, 8)) <> 0
            ) as amounts,
            count(*) filter (where outcome = 'no_unit' and cast(digits as decimal(24, 8)) <> 0) as without_unit,
            count(*) filter (where cast(digits as decimal(24, 8)) = 0) as zeros
        from {{ source('raw', 'number') }}
        where table_no is not null
        group by document_id, table_no
    ) as n on t.document_id = n.document_id and t.table_no = n.table_no
    left join {{ ref('int_table_listed') }} as i on t.table_id = i.table_id
    left join said on t.document_id = said.document_id
    where t.kind is not null and t.row_kind not in ('performance', 'none')
),

judged as (
    select
        *,
        'S03' as rule_id,
        case when fiscal_year = report_year then 'pass' else 'fail' end as state,
        '“' || title || '”写的是' || cast(fiscal_year as varchar) || '年，报告是' || cast(report_year as varchar) || '年'
            as message
    from printed
    where fiscal_year is not null and report_year is not null

    union all

    select
        *,
        'S04',
        case
            when without_unit > 0 then 'fail'
            when unit_text is null then 'insufficient'
            else 'pass'
        end,
        '“' || title || '”有' || cast(without_unit as varchar) || '个金额没有写明单位'
    from printed
    where amounts > 0

    union all

    select
        *,
        'S05',
        case
            when contains(plain_organization, plain_report_organization)
                or contains(plain_report_organization, plain_organization) then 'pass'
            else 'fail'
        end,
        '“' || title || '”的编制单位写作“' || organization_name || '”，报告的编报单位是“' || report_organization || '”'
    from printed
    where organization_name is not null and report_organization is not null

    union all

    select
        *,
        'S06',
        case
            when kind in ('B7', 'F8')
                and contains(note, '国有资本经营') and not contains(note, '政府性基金') then 'fail'
            when kind in ('B8', 'F9')
                and contains(note, '政府性基金') and not contains(note, '国有资本经营') then 'fail'
            when note is not null or zeros > 0 or is_said then 'pass'
            when not has_text then 'insufficient'
            else 'fail'
        end,
        case
            when note is null then '空表“' || title || '”没有说明'
            else '空表“' || title || '”的说明写的是另一种资金'
        end
    from printed
    where kind in ('B7', 'B8', 'F8', 'F9') and amounts = 0
)

select
    'frame:' || rule_id || ':' || table_id as check_key,
    rule_id,
    cast(null as varchar) as severity,
    state,
    document_id,
    report_organization as organization_name,
    report_year as fiscal_year,
    {{ nothing_compared() }},
    message,
    cast([] as varchar[]) as figure_ids,
    case when rule_id = 'S06' and note is not null then [title, note] else [title] end as evidence
from judged
