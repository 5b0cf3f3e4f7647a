-- Two items that mean the same money, by seeds/rules/equality.csv, compared inside a document. A form adds up what it
-- lists, the main tasks of a year: what is left out of it is not missing.
with pair as (
    select
        e.rule_id,
        e.title,
        l.*,
        r.figure_id as right_id,
        r.value as right_value,
        r.half_width as right_half,
        r.quote as right_quote,
        r.item_label as right_label,
        r.form_no is not null as is_of_form,
        l.half_width + r.half_width as tolerance,
        r.value - l.value as difference
    from {{ ref('int_report_figure') }} as l
    inner join {{ ref('equality') }} as e on l.item = e.left_item
    inner join {{ ref('int_report_figure') }} as r
        on l.document_id = r.document_id
            and l.organization_name = r.organization_name
            and l.fiscal_year = r.fiscal_year
            and l.phase = r.phase
            and r.item = e.right_item
    where contains(' ' || e.phases || ' ', ' ' || l.phase || ' ')
        and l.tranche is null
        and r.tranche is null
    qualify row_number() over (
        partition by r.figure_id, e.equality_id
        order by case when l.report_id = r.report_id then 0 else 1 end, l.number_no
    ) = 1
)

select
    'equal:' || figure_id || ':' || right_id as check_key,
    rule_id,
    cast(null as varchar) as severity,
    case
        when is_of_form and difference < -tolerance then 'insufficient'
        else {{ state_of('difference', 'tolerance') }}
    end as state,
    {{ compared('value', 'right_value') }},
    title || {{ phase_name('phase') }} || '不一致：' || item_label || '印为' || {{ readable('value', 'unit') }} || '，'
    || right_label || '印为' || {{ readable('right_value', 'unit') }} as message,
    [figure_id, right_id] as figure_ids,
    {{ evidence('[quote, right_quote]') }} as evidence
from pair
