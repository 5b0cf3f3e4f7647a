-- 每条规则核对了多少，相符、不符、没有核到各多少
-- 一行一条规则，不符多的在前；没有核到的不算相符。
-- $severity text?: 级别：error、warning、info；不写则全部
select
    r.rule_id as 规则,
    r.title as 内容,
    r.severity as 级别,
    count(*) filter (where c.state in ('pass', 'rounding')) as 相符,
    count(*) filter (where c.state = 'fail') as 不符,
    count(*) filter (where c.state in ('insufficient', 'not_applicable')) as 没有核到
from reference.rule as r
left join marts.fct_check as c on r.rule_id = c.rule_id
where $severity is null or r.severity = $severity
group by r.rule_id, r.title, r.severity
order by 不符 desc, 相符 desc, 规则
