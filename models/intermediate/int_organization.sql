-- The organisations that reports name, each with the region its name begins with: the longest spelling that means
-- one place only. 朝阳区 alone is in two provinces, so it gives no region.
with named as (
    select organization_name, min(file_name) as first_file, count(distinct document_id) as document_count
    from {{ ref('stg_report') }}
    where organization_name is not null
    group by organization_name
),

matched as (
    select n.organization_name, r.adcode, length(r.prefix) as prefix_length
    from named as n
    inner join {{ ref('int_region_name') }} as r
        on starts_with(n.organization_name, r.prefix)
    where r.meanings = 1
),

longest as (
    select organization_name, max_by(adcode, prefix_length) as region_code
    from matched
    group by organization_name
)

select
    md5(n.organization_name) as organization_id,
    n.organization_name,
    l.region_code,
    d.name as region_name,
    d.level as region_level,
    n.document_count
from named as n
left join longest as l on n.organization_name = l.organization_name
left join {{ ref('administrative_division') }} as d on l.region_code = d.adcode
