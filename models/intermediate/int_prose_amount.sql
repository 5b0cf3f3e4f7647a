-- The amounts told in the prose of final accounts and budgets, with what tells which table cell they are: the total
-- that they are a part of (the one printed as their whole; else the one of the last paragraph that tells a total), its
-- fund, the words before them, and the class above theirs in the printed path, where there is such a class.
{% set parts = "('expenditure_basic', 'expenditure_project')" %}
{% set funds = "('general_public_expenditure', 'government_fund_expenditure', 'state_capital_expenditure')" %}
with amount as (
    select
        -- the code as printed: not one that the document's tables gave to a name
        f.* replace (s.code as code),
        n.item_path,
        regexp_replace(substr(b.text, 1, f.char_start), '\s', '', 'g') as text_before,
        case
            when f.value = 0 or n.decimals > 1 then f.resolution
            when n.decimals = 1 then cast(u.factor as decimal(10, 0)) * cast(0.1 as decimal(2, 1))
            else cast(u.factor as decimal(10, 0))
        end as printed_step
    from {{ ref('int_told_figure') }} as f
    inner join {{ ref('stg_figure') }} as s on f.figure_id = s.figure_id
    inner join {{ source('raw', 'number') }} as n on f.document_id = n.document_id and f.number_no = n.number_no
    inner join {{ source('raw', 'block') }} as b on f.document_id = b.document_id and f.block_no = b.block_no
    inner join {{ ref('unit') }} as u on n.unit_text = u.unit
    where f.source_kind = 'narrative'
        and f.unit = 'yuan'
        and f.report_kind in ('final_account', 'budget')
        and f.phase in ('actual', 'budget', 'initial_budget')
),

total as (
    select *
    from amount
    where item in {{ parts }}
        or item in {{ funds }}
        or item in (
            'income_total', 'income_expenditure_total', 'expenditure_total', 'income_fiscal',
            'fiscal_income_expenditure_total', 'fiscal_expenditure'
        )
),

-- The totals told before an amount, by paragraph; one of 0 has no parts. 基本支出 and 项目支出 are parts themselves:
-- beside them a total counts, and functional classes are theirs in their own paragraph only.
told_before as (
    select
        a.figure_id,
        t.block_no,
        case
            when count(distinct t.item) filter (where t.item in {{ funds }}) > 1 then 'fiscal_expenditure'
            else coalesce(
                arg_max(t.item, t.number_no) filter (where t.item not in {{ parts }}),
                arg_max(t.item, t.number_no)
            )
        end as whole_item
    from amount as a
    inner join total as t on a.report_id = t.report_id and t.number_no < a.number_no
    where t.value <> 0
        and t.item not in ('income_total', 'income_fiscal')
        and case
            when a.statement = 'economic'
                then coalesce(t.section, '') = coalesce(a.section, '') and (a.code is not null or t.block_no >= a.block_no - 3)
            when a.statement = 'function' then t.item not in {{ parts }} or t.block_no = a.block_no
            when a.item in {{ parts }} then t.item not in {{ parts }} and t.block_no >= a.block_no - 3
            else false
        end
    group by a.figure_id, t.block_no
    qualify row_number() over (partition by a.figure_id order by t.block_no desc) = 1
),

class as (
    select distinct c.name, p.name as parent_class
    from {{ ref('function_classification') }} as c
    inner join {{ ref('function_classification') }} as p on c.parent_code = p.code
)

select
    a.figure_id,
    a.document_id,
    a.file_name,
    a.page,
    a.report_id,
    a.organization_name,
    a.fiscal_year,
    a.section,
    a.statement,
    a.item,
    a.item_label,
    a.code,
    c.parent_class,
    a.component,
    coalesce(p.item, w.whole_item) as whole_item,
    case when a.fund = 'all' then coalesce(p.fund, 'all') else a.fund end as whole_fund,
    a.phase,
    a.text_before,
    a.value,
    a.unit,
    a.resolution,
    a.printed_step,
    a.quote
from amount as a
left join total as p on a.document_id = p.document_id and a.parent_number = p.number_no
left join told_before as w on a.figure_id = w.figure_id
left join class as c on a.item = c.name and regexp_extract(a.item_path, '([^/]+)/[^/]+\z', 1) = c.parent_class
