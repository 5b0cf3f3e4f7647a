{# The name of a class as it is compared with other spellings of it. #}
{% macro class_name(name) -%}
regexp_replace({{ name }}, '[\s（）()、，,“”"的]', '', 'g')
{%- endmacro %}

{# Whether one of two names holds the other. #}
{% macro one_in_other(one, other) -%}
(contains({{ one }}, {{ other }}) or contains({{ other }}, {{ one }}))
{%- endmacro %}
