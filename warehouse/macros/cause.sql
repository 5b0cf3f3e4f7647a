{# The lowest key among the failed checks that share anything that makes two checks one cause. #}
{% macro lowest_of_neighbours(key) -%}
least(
        min({{ key }}) over (partition by by_figure),
        min({{ key }}) over (partition by by_row),
        min({{ key }}) over (partition by by_amount_in_table),
        min({{ key }}) over (partition by by_amount_of_item),
        min({{ key }}) over (partition by by_layout),
        min({{ key }}) over (partition by by_statement)
    )
{%- endmacro %}

{# Whether a share or rate would be as printed if one of its amounts, part or whole, were other by `change`. #}
{% macro rate_is_mended(value, change, unit, expected, observed, tolerance) -%}
case
    when {{ unit }} = 'percent' and abs({{ expected }}) < 1000000 and abs({{ observed }}) < 1000000
        then abs({{ product(value ~ ' + ' ~ change, observed) }} - {{ product(value, expected) }})
            <= {{ product('2 * abs(' ~ value ~ ' + ' ~ change ~ ')', tolerance) }}
            or abs({{ product(value, observed) }} - {{ product(value ~ ' + ' ~ change, expected) }})
            <= {{ product('2 * abs(' ~ value ~ ')', tolerance) }}
    else false
end
{%- endmacro %}
