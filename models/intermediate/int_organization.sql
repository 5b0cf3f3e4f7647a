-- The organisations that reports and the tables of departments name, each with the region its name begins with: the
-- longest spelling, if it means one place only. 朝阳区 alone is in two provinces, so it gives no region. A unit whose own
-- name gives none is where its department is.
with named as (
    select organization_name, cast(null as varchar) as superior_name, document_id
    from {{ ref('stg_report') }}
    where organization_name is not null
    union all
    select f.unit_name, r.organization_name, null
    from {{ ref('stg_figure') }} as f
    inner join {{ ref('stg_report') }} as r on f.report_id = r.report_id
    where f.unit_name is not null and f.unit_name is distinct from r.organization_name
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

longest as (
    select o.organization_name, r.adcode, r.meanings, r.is_short, length(r.prefix) as prefix_length
    from organization as o
    inner join {{ ref('int_region_name') }} as r on starts_with(o.place_name, r.prefix)
    qualify row_number() over (partition by o.organization_name order by length(r.prefix) desc) = 1
),

-- a city without 市 may be another word: it counts where the organisation's document prints the city in full
wanted as (
    select distinct l.organization_name, r.document_id, d.name
    from longest as l
    inner join {{ ref('administrative_division') }} as d on l.adcode = d.adcode
    inner join {{ ref('stg_report') }} as r on l.organization_name = r.organization_name
    where l.is_short
),

in_full as (
    select distinct w.organization_name
    from wanted as w
    inner join {{ source('raw', 'block') }} as b on w.document_id = b.document_id and contains(b.text, w.name)
),

own as (
    select organization_name, adcode as region_code, prefix_length
    from longest
    where meanings = 1
        and (not is_short or organization_name in (select organization_name from in_full))
),

-- …局（以下简称“市财政局”）, in a report of its own
short as (
    select organization_name, mode(short_name) as short_name
    from (
        select
            o.organization_name,
            nullif(
                regexp_extract(
                    regexp_replace(b.text, '\s', '', 'g'),
                    o.organization_name || '[（(](以下)?简称为?[：:]?[“"「]?([\x{4e00}-\x{9fff}]{2,15})[”"」]?[）)]',
                    2
                ),
                ''
            ) as short_name
        from named as o
        inner join {{ source('raw', 'block') }} as b on o.document_id = b.document_id
        where contains(b.text, '简称') and contains(regexp_replace(b.text, '\s', '', 'g'), o.organization_name)
    )
    where short_name is not null
    group by organization_name
),

placed as (
    select
        o.*,
        -- 山东省烟台…: the superior knows better which place in the province
        case
            when s.region_code is not null and w.region_code like '%0000' and left(w.region_code, 2) = left(s.region_code, 2)
                then s.region_code
            else coalesce(w.region_code, s.region_code)
        end as region_code,
        -- the name without the place: 财政局, which compares with those of other places
        {{ plain_organization('substr(o.place_name, w.prefix_length + 1)') }} as work_name
    from organization as o
    left join own as w on o.organization_name = w.organization_name
    left join own as s on o.superior_name = s.organization_name
)

select
    md5(p.organization_name) as organization_id,
    p.organization_name,
    h.short_name,
    p.superior_name,
    p.region_code,
    d.name as region_name,
    d.level as region_level,
    p.work_name,
    p.document_count
from placed as p
left join {{ ref('administrative_division') }} as d on p.region_code = d.adcode
left join short as h on p.organization_name = h.organization_name
