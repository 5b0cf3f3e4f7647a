-- The figures of prose, of tables of projects and of forms: all but the cells of standard tables.
select *
from {{ ref('int_figure') }}
where table_kind is null
