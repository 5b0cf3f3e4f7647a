{# The Chinese name of a phase, as messages print it. #}
{% macro phase_name(phase) -%}
case {{ phase }}
    when 'actual' then '决算（执行）数'
    when 'budget' then '预算数'
    when 'initial_budget' then '年初预算数'
    when 'total_budget' then '实施期预算数'
    when 'supplementary_budget' then '追加预算数'
    when 'appropriated' then '到位资金'
    when 'execution_pct' then '执行率'
    when 'funding_rate' then '到位率'
    when 'points' then '分值'
    when 'score' then '得分'
    else ''
end
{%- endmacro %}
