-- The figures of performance forms: points, scores, and the money of their projects, units and tasks.
select *
from {{ ref('int_figure') }}
where form_no is not null
