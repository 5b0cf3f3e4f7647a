{# An organisation's name as it is compared: without 本级 or 汇总, and with 中共 and 委 for their long forms. #}
{% macro plain_organization(name) -%}
replace(replace(replace(replace({{ name }}, '（本级）', ''), '（汇总）', ''), '中国共产党', '中共'), '委员会', '委')
{%- endmacro %}
