-- Every check evaluated, passes too. Not checked is insufficient or not_applicable, and never passed.
select
    md5(c.check_key) as check_id,
    c.rule_id,
    coalesce(c.severity, r.severity) as severity,
    c.state,
    c.document_id,
    d.file_name,
    c.organization_name,
    c.fiscal_year,
    c.expected,
    c.observed,
    c.difference,
    c.tolerance,
    c.unit,
    case when c.state = 'insufficient' then r.title || '：缺少数字，没有核对' else c.message end as message,
    c.figure_ids,
    c.evidence,
    substr(
        md5(
            concat_ws(
                '|', c.rule_id, c.document_id, cast(c.expected as varchar), cast(c.observed as varchar),
                array_to_string(c.evidence, '|')
            )
        ), 1, 16
    ) as fingerprint
from {{ ref('int_check') }} as c
inner join {{ ref('rule') }} as r on c.rule_id = r.rule_id
inner join {{ ref('stg_document') }} as d on c.document_id = d.document_id
