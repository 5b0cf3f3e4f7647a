-- The printed names of organisations, and the one that stands for all spellings of it: the one of most reports, of these
-- the longest. 中共 is 中国共产党, 委 is 委员会, 汇总 is the department; 本级 stays, it is an organisation of its own.
with printed as (
    select organization_name as printed_name, count(*) as prints
    from {{ source('raw', 'report') }}
    where organization_name is not null
    group by organization_name
    union all
    select organization_name, 0
    from {{ source('raw', 'number') }}
    where organization_name is not null
    group by organization_name
),

named as (
    select printed_name, max(prints) as prints, {{ spelling('printed_name') }} as spelling
    from printed
    group by printed_name
)

select
    printed_name,
    first_value(replace(printed_name, '（汇总）', '')) over (
        partition by spelling
        order by prints desc, length(replace(printed_name, '（汇总）', '')) desc, printed_name
    ) as organization_name
from named
