{# Whether a row of seeds/rules/threshold.csv is about a figure: its region, year and kind of report. #}
{% macro is_about(threshold, figure) -%}
(
    ({{ threshold }}.region_prefix is null or starts_with(coalesce({{ figure }}.region_code, ''), {{ threshold }}.region_prefix))
    and ({{ threshold }}.report_kind is null or {{ threshold }}.report_kind = {{ figure }}.report_kind)
    and ({{ threshold }}.first_year is null or {{ figure }}.fiscal_year >= {{ threshold }}.first_year)
    and ({{ threshold }}.last_year is null or {{ figure }}.fiscal_year <= {{ threshold }}.last_year)
)
{%- endmacro %}

{# How special a row is: the longest region first, then a kind of report, then years. The most special rows count. #}
{% macro specificity(threshold) -%}
(
    coalesce(length({{ threshold }}.region_prefix), 0) * 4
    + case when {{ threshold }}.report_kind is not null then 2 else 0 end
    + case when {{ threshold }}.first_year is not null or {{ threshold }}.last_year is not null then 1 else 0 end
)
{%- endmacro %}
