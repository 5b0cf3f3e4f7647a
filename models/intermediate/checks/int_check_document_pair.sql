-- A08: two documents of one organisation and year agree on an indicator. A document that tells spending by instalments
-- of the budget is compared by their sum, where it tells every instalment of the item.
with instalments as (
    select
        document_id,
        file_name,
        organization_name,
        fiscal_year,
        statement,
        item,
        item_key,
        item_label,
        phase,
        unit,
        min(report_scope) as report_scope,
        min(report_kind) as report_kind,
        sum(value) as value,
        sum(half_width) as half_width,
        count(tranche) as tranche_count,
        {{ list_in_order('figure_id', 'number_no') }} as figure_ids,
        {{ list_in_order('quote', 'number_no') }} as quotes
    from (
        select *
        from {{ ref('int_report_figure') }}
        where organization_name is not null
            and phase in ('actual', 'initial_budget', 'budget', 'count')
            and statement not in ('project', 'performance', 'task')
        qualify row_number() over (
            partition by document_id, organization_name, fiscal_year, statement, item_key, phase, tranche
            order by number_no
        ) = 1
            -- instalments count only where the document prints no undivided amount
            and (
                tranche is null
                or count(*) filter (where tranche is null) over (
                    partition by document_id, organization_name, fiscal_year, statement, item_key, phase
                ) = 0
            )
    ) as first_print
    group by
        document_id, file_name, organization_name, fiscal_year, statement, item, item_key, item_label, phase, unit
),

-- an item told for one instalment only is not the whole year's
complete as (
    select
        i.*,
        i.tranche_count > 0
        and i.tranche_count < max(i.tranche_count) over (partition by i.document_id, i.organization_name, i.fiscal_year)
            as is_incomplete
    from instalments as i
),

breakdown as (
    select distinct r.document_id, r.fiscal_year, r.phase, i.total_item, r.quote, r.number_no
    from {{ ref('int_report_figure') }} as r
    inner join {{ ref('identity') }} as i on r.item = i.part_item and i.is_required
),

pair as (
    select
        a.*,
        b.document_id as other_document_id,
        b.file_name as other_file_name,
        b.value as other_value,
        b.figure_ids as other_ids,
        b.quotes as other_quotes,
        b.tranche_count as other_tranche_count,
        a.is_incomplete or b.is_incomplete as is_partial,
        b.value - a.value as difference,
        a.half_width + b.half_width as tolerance
    from complete as a
    inner join complete as b
        on a.organization_name = b.organization_name
            and a.fiscal_year = b.fiscal_year
            and a.statement = b.statement
            and a.item_key = b.item_key
            and a.phase = b.phase
            and (a.file_name, a.document_id) < (b.file_name, b.document_id)
            and (a.report_scope is null or b.report_scope is null or a.report_scope = b.report_scope)
            -- the budget that a final account quotes is A07
            and not (
                a.phase = 'initial_budget'
                and least(a.report_kind, b.report_kind) = 'budget'
                and greatest(a.report_kind, b.report_kind) = 'final_account'
            )
),

explained as (
    select
        p.document_id,
        p.other_document_id,
        p.item,
        p.fiscal_year,
        p.phase,
        {{ list_in_order('q.quote', ['q.document_id', 'q.number_no']) }} as breakdown_quotes
    from pair as p
    inner join breakdown as q
        on q.document_id in (p.document_id, p.other_document_id)
            and q.total_item = p.item
            and q.fiscal_year = p.fiscal_year
            and q.phase = p.phase
    group by p.document_id, p.other_document_id, p.item, p.fiscal_year, p.phase
)

select
    'documents:' || {{ first_of('p.figure_ids') }} || ':' || {{ first_of('p.other_ids') }} as check_key,
    'A08' as rule_id,
    cast(null as varchar) as severity,
    case when p.is_partial then 'insufficient' else {{ state_of('p.difference', 'p.tolerance') }} end as state,
    p.document_id,
    p.organization_name,
    p.fiscal_year,
    p.value as expected,
    p.other_value as observed,
    p.difference,
    p.tolerance,
    p.unit,
    p.item_label || {{ phase_name('p.phase') }} || '：《' || p.file_name || '》为' || {{ readable('p.value', 'p.unit') }}
    || case when p.tranche_count > 1 then '（年初预算与追加预算两部分之和）' else '' end
    || '，《' || p.other_file_name || '》为' || {{ readable('p.other_value', 'p.unit') }}
    || case when p.other_tranche_count > 1 then '（年初预算与追加预算两部分之和）' else '' end as message,
    list_concat(p.figure_ids, p.other_ids) as figure_ids,
    {{ evidence('list_concat(list_concat(p.quotes, p.other_quotes), coalesce(e.breakdown_quotes, []))') }} as evidence
from pair as p
left join explained as e
    on p.document_id = e.document_id
        and p.other_document_id = e.other_document_id
        and p.item = e.item
        and p.fiscal_year = e.fiscal_year
        and p.phase = e.phase
