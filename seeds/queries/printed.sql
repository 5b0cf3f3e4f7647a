-- 一个指标印在哪里：文件、页、原文
-- 一行一处印刷；同一个数印了几处就是几行，互相不同的一眼可见。
-- $label text: 指标的中文名称里的字，如 公务接待费
-- $organization organization?: 单位名称或其中一部分；不写则全部单位
-- $top integer = 50: 最多多少行
select
    organization_name as 单位,
    fiscal_year as 年度,
    item_label as 指标,
    phase as 阶段,
    stated as 印刷,
    file_name as 文件,
    page as 页,
    quote as 原文,
    figure_id as 指标编号
from marts.fct_figure
where contains(item_label, $label)
    and ($organization is null or organization_name = $organization)
order by organization_name, fiscal_year, item_label, phase, file_name, block_no, char_start
limit $top
