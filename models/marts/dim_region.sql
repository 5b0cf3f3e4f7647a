select
    d.adcode as region_code,
    d.name as region_name,
    d.level as region_level,
    d.parent_adcode as parent_region_code,
    p.population,
    p.year as population_year
from {{ ref('administrative_division') }} as d
left join {{ ref('population') }} as p on d.adcode = p.adcode
qualify row_number() over (partition by d.adcode order by p.year desc nulls last) = 1
