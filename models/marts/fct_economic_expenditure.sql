-- One row an organisation, year and economic class: what basic expenditure spends on it, and what all expenditure does.
-- Where standard tables print the classes they are theirs, with the code; else those that prose names.
with of_table as (
    select
        f.organization_name,
        f.region_code,
        f.fiscal_year,
        f.item_key,
        f.code,
        f.item_label,
        case when f.phase in ('initial_budget', 'budget') then 'budget' else f.phase end as phase,
        case when k.total_item = 'expenditure_basic' then 'basic' else 'total' end as scope,
        f.value
    from {{ ref('int_table_figure') }} as f
    inner join {{ ref('table_kind') }} as k on f.table_kind = k.kind
    where f.statement = 'economic'
        and f.component = 'total'
        and f.phase in ('initial_budget', 'budget', 'actual')
        and f.organization_name is not null
        and f.fiscal_year is not null
        -- 机关运行经费 and projects by economic class are parts of both
        and k.total_item in ('expenditure_basic', 'general_public_expenditure', 'fiscal_expenditure', 'expenditure_total')
    qualify row_number() over (
        partition by f.organization_name, f.fiscal_year, f.item_key, f.phase, k.total_item = 'expenditure_basic'
        order by case when f.report_year = f.fiscal_year then 0 else 1 end, f.document_id, f.number_no
    ) = 1
),

told_class as (
    select
        *,
        case item
            when 'basic_salaries' then '301'
            when 'basic_goods_services' then '302'
            when 'basic_individuals_families' then '303'
            when 'basic_other_capital' then '310'
        end as class_code
    from {{ ref('int_organization_figure') }}
    where source_rank = 1
        and (
            item in ('basic_salaries', 'basic_goods_services', 'basic_individuals_families', 'basic_other_capital')
            or statement = 'economic'
        )
),

of_prose as (
    select
        t.organization_name,
        t.region_code,
        t.fiscal_year,
        coalesce(t.class_code, t.item_key) as item_key,
        coalesce(t.class_code, t.code) as code,
        t.item_label,
        case when t.phase in ('initial_budget', 'budget') then 'budget' else t.phase end as phase,
        'basic' as scope,
        t.value
    from told_class as t
    where t.phase in ('initial_budget', 'budget', 'actual')
        and not exists (
            select 1
            from of_table as o
            where t.organization_name = o.organization_name and t.fiscal_year = o.fiscal_year
        )
),

printed as (
    select * from of_table
    union all
    select * from of_prose
)

select
    md5(organization_name || '|' || cast(fiscal_year as varchar) || '|' || item_key) as economic_expenditure_id,
    organization_name,
    min(region_code) as region_code,
    fiscal_year,
    min(code) as economic_code,
    min(item_label) as economic_name,
    max(value) filter (where scope = 'basic' and phase = 'budget') as budget_yuan,
    max(value) filter (where scope = 'basic' and phase = 'actual') as actual_yuan,
    max(value) filter (where scope = 'total' and phase = 'budget') as total_budget_yuan,
    max(value) filter (where scope = 'total' and phase = 'actual') as total_actual_yuan
from printed
group by organization_name, fiscal_year, item_key
