{# Exact products: DECIMAL times DECIMAL must fit 38 digits, so operands are narrowed first. #}
{% macro product(amount, factor) -%}
cast({{ amount }} as decimal(20, 4)) * cast({{ factor }} as decimal(16, 6))
{%- endmacro %}

{# part / whole in percent, for display only: a check compares products, never this. Rounded in steps that every engine
   takes alike: round(x, 4) and a cast to DECIMAL are free to round what is binary in their own ways. #}
{% macro percent_of(part, whole, places=4, type='decimal(28, 6)') -%}
{% set step = 10 ** places -%}
cast(round({{ step }} * (100 * cast({{ part }} as double) / cast(nullif({{ whole }}, 0) as double))) / {{ step }} as {{ type }})
{%- endmacro %}

{# Whether part / whole can be the printed percentage, all three within their half widths: exact, no division. #}
{% macro percent_is_possible(percent, percent_half, part, part_half, whole, whole_half) -%}
(
    {{ product(whole ~ ' - ' ~ whole_half, percent ~ ' - ' ~ percent_half) }} <= {{ product(part ~ ' + ' ~ part_half, '100') }}
    and {{ product(whole ~ ' + ' ~ whole_half, percent ~ ' + ' ~ percent_half) }} >= {{ product(part ~ ' - ' ~ part_half, '100') }}
)
{%- endmacro %}

{# A decimal without its trailing zeros. #}
{% macro plain(value) -%}
rtrim(rtrim(cast(cast({{ value }} as decimal(28, 6)) as varchar), '0'), '.')
{%- endmacro %}

{# An amount as people read it: 万元 from 10,000 yuan up. #}
{% macro readable(value, unit) -%}
case
    when {{ value }} is null then '（无）'
    when {{ unit }} = 'yuan' and abs({{ value }}) >= 10000
        then {{ plain('cast(' ~ value ~ ' as decimal(28, 6)) * cast(0.0001 as decimal(5, 4))') }} || '万元'
    when {{ unit }} = 'yuan' then {{ plain(value) }} || '元'
    when {{ unit }} = 'percent' then {{ plain(value) }} || '%'
    when {{ unit }} = 'score' then {{ plain(value) }} || '分'
    else {{ plain(value) }}
end
{%- endmacro %}

{# What a check compares: pass if equal, rounding inside the tolerance, fail outside it. #}
{% macro state_of(difference, tolerance) -%}
case
    when {{ difference }} = 0 then 'pass'
    when abs({{ difference }}) <= {{ tolerance }} then 'rounding'
    else 'fail'
end
{%- endmacro %}
