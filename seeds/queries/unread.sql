-- 没有读懂的数字：哪种原因、多少处、一个例句
-- 一行一种原因，多的在前；其中多半本来就不是指标（年份、工作量），是否算没有读懂见“算没有读懂”。
-- $file text?: 文件名里的字；不写则全部文件
select
    u.reason as 原因,
    o.title as 含义,
    case when o.is_unknown then '是' else '否' end as 算没有读懂,
    count(*) as 次数,
    count(distinct u.document_id) as 文件数,
    min(u.printed || '：' || u.quote) as 例
from marts.fct_number_unread as u
left join reference.outcome as o on u.reason = o.reason
where $file is null or contains(u.file_name, $file)
group by u.reason, o.title, o.is_unknown
order by o.is_unknown desc, 次数 desc, 原因
