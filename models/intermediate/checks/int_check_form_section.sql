-- P04: the points that a performance form prints with a section (产出指标（50分）), against those of its indicators. A cell
-- merged over several rows prints its points once.
with printed_section as (
    select f.*, i.form_id, i.level_1_printed
    from {{ ref('int_form_figure') }} as f
    inner join {{ ref('stg_indicator') }} as i
        on f.document_id = i.document_id and f.table_no = i.table_no and f.row_no = i.row_no
    where f.component = 'section'
    qualify row_number() over (partition by i.form_id, i.level_1_printed order by f.number_no) = 1
),

added as (
    select
        s.figure_id,
        sum(p.value) as parts_value,
        count(*) filter (where p.figure_id is null) as blanks,
        {{ list_in_order('p.figure_id', 'p.number_no', where='p.figure_id is not null') }} as part_ids,
        {{ list_in_order('p.quote', 'p.number_no', where='p.figure_id is not null') }} as part_quotes
    from printed_section as s
    inner join {{ ref('stg_indicator') }} as i on s.form_id = i.form_id and s.level_1_printed = i.level_1_printed
    left join {{ ref('int_form_figure') }} as p
        on i.document_id = p.document_id
            and i.table_no = p.table_no
            and i.row_no = p.row_no
            and p.component = 'indicator'
            and p.phase = 'points'
    group by s.figure_id
    having count(p.figure_id) > 0
)

select
    'form_section:' || s.figure_id as check_key,
    'P04' as rule_id,
    cast(null as varchar) as severity,
    case
        when a.parts_value = s.value then 'pass'
        when a.blanks > 0 and a.parts_value < s.value then 'insufficient'
        else 'fail'
    end as state,
    s.document_id,
    s.organization_name,
    s.fiscal_year,
    s.value as expected,
    cast(a.parts_value as decimal(28, 6)) as observed,
    cast(a.parts_value - s.value as decimal(28, 6)) as difference,
    cast(0 as decimal(28, 6)) as tolerance,
    s.unit,
    s.base || '的' || s.item || '各项分值合计' || {{ readable('a.parts_value', 's.unit') }} || '，应为'
    || {{ readable('s.value', 's.unit') }} as message,
    list_prepend(s.figure_id, a.part_ids) as figure_ids,
    {{ evidence('list_prepend(s.quote, a.part_quotes)') }} as evidence
from printed_section as s
inner join added as a on s.figure_id = a.figure_id
