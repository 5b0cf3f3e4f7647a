{# Whether a change is told against the same year's budget, not against another year. #}
{% macro is_against_budget(base) -%}
coalesce({{ base }}, '') like '%预算%' and not regexp_matches(coalesce({{ base }}, ''), '20[0-9][0-9]年|上年|去年')
{%- endmacro %}
