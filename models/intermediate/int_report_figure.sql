-- One figure a report, organisation, year, item and phase: where a report prints it several times, the first one printed without a
-- fund. The others stay in fct_figure, and whether they agree is check T06.
select *
from {{ ref('int_told_figure') }}
where component = 'total'
qualify row_number() over (
    partition by report_id, organization_name, fiscal_year, statement, item_key, phase, tranche
    order by case when fund = 'all' then 0 else 1 end, number_no
) = 1
