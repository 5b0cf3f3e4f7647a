{# The columns of a check whose subject and difference have their own names already, from the document to the unit. #}
{% macro compared(expected, observed) -%}
document_id,
    organization_name,
    fiscal_year,
    {{ expected }} as expected,
    {{ observed }} as observed,
    difference,
    tolerance,
    unit
{%- endmacro %}

{# The columns of a check that compares no amounts. #}
{% macro nothing_compared() -%}
cast(null as decimal(28, 6)) as expected,
    cast(null as decimal(28, 6)) as observed,
    cast(null as decimal(28, 6)) as difference,
    cast(null as decimal(28, 6)) as tolerance,
    cast(null as varchar) as unit
{%- endmacro %}

{# Whether two prints of one amount must be the same number: the rule allows no difference, and both are printed alike. #}
{% macro is_exact(tolerance, resolution, other_resolution) -%}
coalesce({{ tolerance }} = '0' and {{ resolution }} = {{ other_resolution }}, false)
{%- endmacro %}
