-- Every way in which an organisation's name may begin with its region: 丰台区, 北京市丰台区, 云南省昆明市官渡区; a city
-- also without 市 (`is_short`), which other words may begin with too.
with division as (
    select d.adcode, d.name, d.level, p.name as parent_name, g.name as grandparent_name
    from {{ ref('administrative_division') }} as d
    left join {{ ref('administrative_division') }} as p on d.parent_adcode = p.adcode
    left join {{ ref('administrative_division') }} as g on p.parent_adcode = g.adcode
),

spelled as (
    select adcode, name as prefix from division
    union all
    select adcode, parent_name || name from division where parent_name is not null
    union all
    select adcode, grandparent_name || parent_name || name from division where grandparent_name is not null
)

select prefix, min(adcode) as adcode, count(distinct adcode) as meanings, false as is_short
from spelled
group by prefix
union all
select left(name, length(name) - 1), min(adcode), count(distinct adcode), true
from division
where level = 'prefecture' and name like '__%市'
group by name
