-- Where the figures of a failed check are printed, as a reader looks them up: their pages.
with printed as (
    select distinct
        o.check_key,
        f.page
    from {{ ref('int_check_operand') }} as o
    inner join {{ ref('stg_figure') }} as f on o.figure_id = f.figure_id
    where o.state = 'fail' and f.page is not null
)

select
    check_key,
    '第' || string_agg(cast(page as varchar), '、' order by page) || '页' as pages
from printed
group by check_key
