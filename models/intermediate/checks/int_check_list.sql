-- Named parts under their whole: projects listed under 项目支出 and in a table with a 合计 row. A list need not be
-- complete, so it contradicts the whole only where it adds up to more.
with printed as (
    select *
    from {{ ref('int_told_figure') }}
    where statement = 'project' and component = 'total' and unit = 'yuan'
    -- a list that goes on over a page prints the money of its last project again
    qualify form_no is null
        or row_number() over (partition by document_id, form_no, item_key, phase order by number_no) = 1
),

listed as (
    select
        p.report_id,
        p.document_id,
        p.phase,
        p.fiscal_year,
        p.parent_number,
        p.table_no,
        sum(p.value) as parts_value,
        sum(p.half_width) as parts_half_width,
        count(*) as parts,
        {{ list_in_order('p.figure_id', 'p.number_no') }} as part_ids,
        {{ list_in_order('p.quote', 'p.number_no') }} as part_quotes
    from printed as p
    where p.parent_number is not null or p.table_no is not null
    group by p.report_id, p.document_id, p.phase, p.fiscal_year, p.parent_number, p.table_no
),

compared as (
    select
        w.*,
        l.parts,
        l.parts_value,
        l.part_ids,
        l.part_quotes,
        w.value - l.parts_value as difference,
        w.half_width + l.parts_half_width as tolerance
    from listed as l
    inner join {{ ref('int_told_figure') }} as w
        on l.report_id = w.report_id
            and l.phase = w.phase
            and l.fiscal_year = w.fiscal_year
            and (
                (l.table_no is null and l.parent_number = w.number_no)
                or (l.table_no is not null and l.table_no = w.table_no)
            )
    where w.item in ('project_funds', 'expenditure_project')
        and w.component = 'total'
)

select
    'list:' || figure_id as check_key,
    'P10' as rule_id,
    cast(null as varchar) as severity,
    case
        when abs(difference) <= tolerance then {{ state_of('difference', 'tolerance') }}
        when difference > 0 and table_no is null then 'not_applicable'
        else 'fail'
    end as state,
    {{ compared('parts_value', 'value') }},
    item_label || '印为' || {{ readable('value', 'unit') }} || '，所列' || cast(parts as varchar) || '个项目合计'
    || {{ readable('parts_value', 'unit') }} || '，相差' || {{ readable('abs(difference)', 'unit') }} as message,
    list_prepend(figure_id, part_ids) as figure_ids,
    {{ evidence('list_prepend(quote, part_quotes)') }} as evidence
from compared
