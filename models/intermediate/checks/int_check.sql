-- Every check evaluated, one row each, with one key.
{% set families = ['sum', 'list', 'share', 'change', 'rate', 'repeat', 'equality', 'document_pair', 'limit',
    'carryover', 'threshold', 'text', 'number', 'attachment', 'row', 'code', 'table', 'table_sum', 'completeness',
    'table_frame', 'table_limit', 'binding', 'form_rate', 'form_fund', 'form_points', 'form_section', 'form_score',
    'indicator', 'grade', 'project_total',
    'code_name', 'operating', 'sole_source', 'unit', 'unit_row', 'form_formula', 'target', 'share_sum',
    'budget_change', 'year_change', 'peer', 'opening', 'quoted_budget'] %}
{% for family in families %}
select * from {{ ref('int_check_' ~ family) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
