-- By how many identities a figure is borne out, and by how many it is contradicted. Only identities
-- count: that a limit is kept, or that a rate is high enough, says nothing of whether a number is printed right.
select
    o.figure_id,
    count(*) filter (where o.state in ('pass', 'rounding') and abs(o.difference) <= o.tolerance) as confirmed_by,
    -- 0 = 0 + 0 bears out little: forms are filled with zeros by the page
    count(*) filter (
        where o.state in ('pass', 'rounding') and abs(o.difference) <= o.tolerance and o.observed <> 0
    ) as confirmed_by_amount,
    count(*) filter (where o.state = 'fail') as disputed_by
from {{ ref('int_check_operand') }} as o
inner join {{ ref('rule') }} as r on o.rule_id = r.rule_id
where r.kind = 'identity'
group by o.figure_id
