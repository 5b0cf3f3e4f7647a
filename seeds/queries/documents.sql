-- 装载了哪些文件，各读出多少，有多少问题
-- 一行一个文件，没有读到的也在内，原因见“原因”。
-- $status text?: loaded、partial、rejected；不写则全部
select
    d.file_name as 文件,
    d.format as 格式,
    d.status as 状态,
    d.reason as 原因,
    max(f.figures) as 指标,
    max(k.errors) as 错误,
    max(k.anomalies) as 问题,
    d.document_id as 文件编号
from raw.document as d
left join (select document_id, count(*) as figures from marts.fct_figure group by document_id) as f
    on d.document_id = f.document_id
left join (
    select document_id, count(*) as anomalies, count(*) filter (where severity = 'error') as errors
    from marts.fct_anomaly group by document_id
) as k on d.document_id = k.document_id
where $status is null or d.status = $status
group by d.file_name, d.format, d.status, d.reason, d.document_id
order by d.file_name, d.document_id
