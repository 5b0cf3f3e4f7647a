-- The code that a functional class of one name has in a document's own tables, where it has only one: prose names
-- classes without their codes, and so they meet.
select document_id, item, min(code) as code
from {{ ref('stg_figure') }}
where statement = 'function' and code is not null
group by document_id, item
having count(distinct code) = 1
