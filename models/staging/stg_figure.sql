-- Every number that got a meaning: typed, in base units, with the half width of its printed interval.
with typed as (
    select
        n.*,
        u.kind as unit,
        cast(n.digits as decimal(24, 8)) * cast(u.factor as decimal(10, 0)) as amount,
        cast(
            case
                when n.decimals = 0 then '1'
                else '0.' || repeat('0', n.decimals - 1) || '1'
            end as decimal(24, 8)
        ) as last_place,
        cast(u.factor as decimal(10, 0)) as factor
    from {{ source('raw', 'number') }} as n
    inner join {{ ref('unit') }} as u on n.unit_text = u.unit
    where n.outcome = 'figure'
),

-- Tables, and the prose of reports, that round their amounts in 万元 or 亿元 coarser than two places: none is printed
-- finer, and five of three digits and more end there in neither 0 nor 5, so that zeros were not only dropped.
rounded as (
    select
        document_id,
        report_no,
        coalesce(table_no, 0) as table_no,
        unit_text,
        min(last_place) as last_place
    from typed
    where unit = 'yuan' and factor > 1
    group by document_id, report_no, coalesce(table_no, 0), unit_text
    having max(decimals) < 2
        and count(
            case
                when amount >= last_place * factor * 100 and substr(digits, length(digits), 1) not in ('0', '5')
                    then decimals
            end
        ) >= 5
        and max(decimals) = max(
            case
                when amount >= last_place * factor * 100 and substr(digits, length(digits), 1) not in ('0', '5')
                    then decimals
            end
        )
)

select
    substr(t.document_id, 1, 16) || '-' || cast(t.number_no as varchar) as figure_id,
    t.document_id,
    substr(t.document_id, 1, 16) || '-r' || cast(t.report_no as varchar) as report_id,
    t.number_no,
    t.fiscal_year,
    coalesce(t.statement, m.statement) as statement,
    coalesce(m.is_single, true) as is_single,
    t.item,
    coalesce(nullif(t.item_label, ''), m.label, t.item) as item_label,
    -- 2024年-甲项目 and 甲 are one project: what a name is compared by
    case
        when t.statement in ('project', 'performance')
            then regexp_replace(
                regexp_replace(t.item, '^(20[0-9][0-9]年(度)?)?[-—]?', ''), '项目\z', ''
            )
        -- two classes may have items of one name: 行政运行 of 财政事务 and of 审计事务
        when t.statement in ('function', 'economic') then coalesce(t.code, t.item_path, t.item)
        else t.item
    end as item_key,
    t.code,
    t.fund,
    t.component,
    t.phase,
    coalesce(
        cast(x.corrected * t.factor as decimal(28, 6)), cast(t.amount * t.sign as decimal(28, 6))
    ) as value,
    case when x.corrected is not null then cast(t.amount * t.sign as decimal(28, 6)) end as printed_value,
    x.reason as correction_reason,
    t.unit,
    t.stated,
    cast(
        case
            when t.unit = 'yuan' and t.factor > 1 and t.decimals < 2
                then t.factor * coalesce(r.last_place, cast(0.01 as decimal(24, 8)))
            else t.last_place * t.factor
        end as decimal(28, 6)
    ) as resolution,
    cast(
        case
            -- a printed amount of 0 is exact, and so is a count; 0% is a rounded share
            when (t.amount = 0 and t.unit <> 'percent') or t.unit = 'count' then 0
            when t.unit = 'yuan' and t.factor > 1 and t.decimals < 2
                then t.factor * coalesce(r.last_place, cast(0.01 as decimal(24, 8))) * cast(0.5 as decimal(2, 1))
            else t.last_place * t.factor * cast(0.5 as decimal(2, 1))
        end as decimal(28, 6)
    ) as half_width,
    t.base,
    t.base_item,
    t.base_phase,
    case when t.base in ('年初预算安排', '追加预算安排') then t.base end as tranche,
    case when t.table_no is null then 'narrative' else 'table' end as source_kind,
    -- a form of self-evaluation tells its figures as prose does: it is no table of accounts
    case when k.rows <> 'performance' then g.kind end as table_kind,
    k.title as table_title,
    nullif(t.term, '') as row_label,
    t.section,
    t.page,
    t.block_no,
    t.char_start,
    t.char_end,
    t.table_no,
    t.row_no,
    t.col_no,
    t.side,
    fm.form_no,
    t.quote,
    t.printed,
    t.unit_implied,
    t.of_number,
    t.whole_number,
    t.parent_number,
    o.organization_name as unit_name,
    t.ocr_confidence
from typed as t
left join rounded as r
    on t.document_id = r.document_id
        and t.report_no = r.report_no
        and coalesce(t.table_no, 0) = r.table_no
        and t.unit_text = r.unit_text
left join {{ ref('measure') }} as m on t.item = m.item
left join {{ ref('stg_correction') }} as x on t.document_id = x.document_id and t.number_no = x.number_no
left join {{ source('raw', 'grid') }} as g on t.document_id = g.document_id and t.table_no = g.table_no
left join {{ ref('table_kind') }} as k on g.kind = k.kind
left join {{ ref('stg_organization_name') }} as o on t.organization_name = o.printed_name
left join {{ source('raw', 'form') }} as fm
    on t.document_id = fm.document_id and t.table_no = fm.table_no and t.row_no between fm.first_row and fm.last_row
