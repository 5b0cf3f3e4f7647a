-- Performance forms, one row a form and table: a form that goes on over pages has one number and several rows.
select
    substr(document_id, 1, 16) || '-f' || cast(form_no as varchar) as form_id,
    document_id,
    form_no,
    table_no,
    block_no,
    first_row,
    last_row,
    subject_kind,
    subject,
    department_name,
    organization_name,
    grade,
    has_results,
    asks_reason
from {{ source('raw', 'form') }}
