-- The checks that failed.
select
    c.check_id as anomaly_id,
    c.check_id,
    c.rule_id,
    r.title as rule_title,
    c.severity,
    c.document_id,
    c.file_name,
    c.organization_name,
    c.fiscal_year,
    c.expected,
    c.observed,
    c.difference,
    c.tolerance,
    c.unit,
    c.message,
    c.figure_ids,
    c.evidence
from {{ ref('fct_check') }} as c
inner join {{ ref('rule') }} as r on c.rule_id = r.rule_id
where c.state = 'fail'
