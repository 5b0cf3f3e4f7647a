-- The figures of standard tables, one a cell, and per row one a component where a side is printed twice.
select *
from {{ ref('int_figure') }}
where table_kind is not null
