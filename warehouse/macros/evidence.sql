{# The quotes of a check, each once (lambda names must not be column names), in the order given; nulls left out. DuckDB's
   list_distinct keeps no order, Spark's does, and Spark counts places from 0. #}
{% macro evidence(quotes) -%}
{% if target.type == 'spark' -%}
list_distinct(list_filter({{ quotes }}, lambda printed: printed is not null))
{%- else -%}
list_filter({{ quotes }}, lambda printed, nth: printed is not null and list_position({{ quotes }}, printed) = nth)
{%- endif %}
{%- endmacro %}
