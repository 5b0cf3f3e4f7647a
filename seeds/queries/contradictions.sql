-- 自相矛盾的数，连同原文
-- 一行一处错误，相差的金额大的在前；它引起的其他不符只计数，判为误报的不列。查看原文用 gouji trace 加“指标编号”。
-- $organization organization?: 单位名称或其中一部分；不写则全部单位
-- $severity text = error: 级别：error、warning、info
-- $top integer = 50: 最多多少行
select
    rule_id as 规则,
    organization_name as 单位,
    fiscal_year as 年度,
    message as 问题,
    consequence_count as 还引起几项,
    evidence[1] as 原文,
    figure_ids[1] as 指标编号
from marts.fct_anomaly
where severity = $severity
    and is_primary
    and coalesce(verdict, 'true') <> 'false'
    and ($organization is null or organization_name = $organization)
order by case when unit = 'yuan' then abs(difference) end desc nulls last, rule_id, anomaly_id
limit $top
