-- One row a printed figure that got a meaning. A figure printed in several places is several rows.
select
    f.figure_id,
    document_id,
    file_name,
    report_id,
    organization_name,
    region_code,
    fiscal_year,
    statement,
    item,
    item_label,
    item_key,
    code,
    fund,
    component,
    phase,
    value,
    printed_value,
    correction_reason,
    unit,
    stated,
    unit_implied,
    resolution,
    base,
    source_kind,
    section,
    page,
    block_no,
    char_start,
    char_end,
    table_no,
    row_no,
    col_no,
    quote,
    ocr_confidence,
    case
        when c.suspect_figure_id is not null or (s.disputed_by > 0 and s.confirmed_by = 0) then 'disputed'
        when s.confirmed_by > 0 then 'confirmed'
        else 'unchecked'
    end as status,
    coalesce(s.confirmed_by, 0) as confirmed_by,
    coalesce(s.disputed_by, 0) as disputed_by
from {{ ref('int_figure') }} as f
left join {{ ref('int_figure_status') }} as s on f.figure_id = s.figure_id
left join (
    select distinct c.suspect_figure_id
    from {{ ref('int_cause') }} as c
    inner join {{ ref('rule') }} as r on c.rule_id = r.rule_id
    where r.kind = 'identity'
) as c on f.figure_id = c.suspect_figure_id
