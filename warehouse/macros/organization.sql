{# One spelling of an organisation's name: 中国共产党 as 中共, 委员会 as 委, without 汇总. #}
{% macro spelling(name) -%}
replace(replace(replace({{ name }}, '（汇总）', ''), '中国共产党', '中共'), '委员会', '委')
{%- endmacro %}

{# The spelling of the department: without 本级 too. #}
{% macro plain_organization(name) -%}
replace({{ spelling(name) }}, '（本级）', '')
{%- endmacro %}
