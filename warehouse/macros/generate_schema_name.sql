{#
    dbt puts the profile's schema in front of a custom one (`main_marts`). gouji's schemas are a contract that other
    tools read (`raw`, `staging`, `intermediate`, `marts`, `reference`, `meta`), so the custom schema is used as it is.
    gouji's own runner has this rule built in; the macro is for dbt.
#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
