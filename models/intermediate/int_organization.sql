-- The organisations that reports and the tables of departments name, each with the region its name begins with: the
-- longest spelling that means one place only. 朝阳区 alone is in two provinces, so it gives no region. A unit whose own
-- name gives none is where its department is.
with named as (
    select organization_name, cast(null as varchar) as superior_name, document_id
    from {{ ref('stg_report') }}
    where organization_name is not null
    union all
    select f.unit_name, r.organization_name, null
    from {{ ref('stg_figure') }} as f
    inner join {{ ref('stg_report') }} as r on f.report_id = r.report_id
    where f.unit_name is not null and f.unit_name <> r.organization_name
),

organization as (
    select
        organization_name,
        min(superior_name) as superior_name,
        count(distinct document_id) as document_count,
        regexp_replace(organization_name, '^(中共|中国共产党)', '') as place_name
    from named
    group by organization_name
),

matched as (
    select o.organization_name, r.adcode, length(r.prefix) as prefix_length
    from organization as o
    inner join {{ ref('int_region_name') }} as r on starts_with(o.place_name, r.prefix)
    where r.meanings = 1
),

longest as (
    select organization_name, max_by(adcode, prefix_length) as region_code, max(prefix_length) as prefix_length
    from matched
    group by organization_name
)

select
    md5(o.organization_name) as organization_id,
    o.organization_name,
    o.superior_name,
    coalesce(l.region_code, s.region_code) as region_code,
    d.name as region_name,
    d.level as region_level,
    -- the name without the place: 财政局, which compares with those of other places
    {{ plain_organization('substr(o.place_name, l.prefix_length + 1)') }} as work_name,
    o.document_count
from organization as o
left join longest as l on o.organization_name = l.organization_name
left join longest as s on o.superior_name = s.organization_name
left join {{ ref('administrative_division') }} as d on coalesce(l.region_code, s.region_code) = d.adcode
