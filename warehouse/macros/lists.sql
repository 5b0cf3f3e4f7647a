{# The values of a group as a list in the order of a column (or of several), nulls among them; null for no rows. Spark
   leaves the order out, and the nulls: there, pairs are sorted. #}
{% macro list_in_order(value, order, where=none) -%}
{% set keys = [order] if order is string else order -%}
{% set filter = ' filter (where ' ~ where ~ ')' if where else '' -%}
{% if target.type == 'spark' -%}
case
    when count(*){{ filter }} > 0
        then list_transform(
            list_sort(list({ {%- for key in keys %}'nth_{{ loop.index }}': {{ key }}, {% endfor %}'printed': {{ value }}}){{ filter }}),
            lambda pair: pair.printed
        )
end
{%- else -%}
list({{ value }} order by {{ keys | join(', ') }}){{ filter }}
{%- endif %}
{%- endmacro %}

{# The first of a list, null where there is none: Spark counts from 0, and minds. #}
{% macro first_of(values) -%}
{% if target.type == 'spark' %}get({{ values }}, 0){% else %}{{ values }}[1]{% endif %}
{%- endmacro %}
