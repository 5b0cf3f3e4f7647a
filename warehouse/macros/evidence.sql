{# The quotes of a check, each once (lambda names must not be column names), in the order given; nulls left out. #}
{% macro evidence(quotes) -%}
list_filter({{ quotes }}, lambda printed, nth: printed is not null and list_position({{ quotes }}, printed) = nth)
{%- endmacro %}
