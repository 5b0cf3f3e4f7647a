-- The figures of performance forms, with whose form each is in.
select
    f.*,
    substr(f.document_id, 1, 16) || '-f' || cast(f.form_no as varchar) as form_id,
    coalesce(f.base, f.item) as subject,
    n.printed as printed_number
from {{ ref('int_figure') }} as f
inner join {{ source('raw', 'number') }} as n
    on f.document_id = n.document_id and f.number_no = n.number_no
where f.form_no is not null
