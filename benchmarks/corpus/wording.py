"""Words that all kinds of report share: headings, contents, duties, reasons, terms, and the noise around them."""

from __future__ import annotations

from benchmarks.corpus.report import Report
from benchmarks.corpus.tables import numeral

TERMS = (
    "财政拨款收入：指单位从同级财政部门取得的各类财政拨款。",
    "事业收入：指事业单位开展专业业务活动及辅助活动取得的收入。",
    "其他收入：指除上述收入以外取得的各项收入，如利息收入、捐赠收入等。",
    "年初结转和结余：指以前年度尚未完成、按规定结转到本年继续使用的资金。",
    "年末结转和结余：指本年度或以前年度预算安排、因客观条件变化无法按计划实施，需延迟到以后年度使用的资金。",
    "基本支出：指为保障机构正常运转、完成日常工作任务而发生的人员支出和公用支出。",
    "项目支出：指在基本支出之外为完成特定任务和事业发展目标所发生的支出。",
    "“三公”经费：指用财政拨款安排的因公出国（境）费、公务用车购置及运行维护费和公务接待费。",
    "机关运行经费：指行政单位使用一般公共预算安排的基本支出中的日常公用经费支出。",
)
_REASONS = (
    "主要原因是人员工资和社会保险缴费基数调整。",
    "主要原因是项目实施进度和结算时间变化。",
    "原因是严格落实过紧日子要求，压减一般性支出。",
    "主要原因：年度工作任务有调整。",
    "主要是人员变动所致。",
    "变动的主要原因是部分项目跨年度实施。",
)
_DUTIES = (
    "贯彻执行国家和省有关法律、法规和政策，拟订本地区有关规定并组织实施。",
    "编制本行业发展规划和年度计划，指导基层单位开展业务工作。",
    "承担行业统计、监督检查和信息公开工作。",
    "负责所属单位的财务、资产和队伍管理。",
    "组织开展宣传教育和业务培训。",
    "完成上级交办的其他任务。",
)


def reason(report: Report) -> str:
    """Why a figure is as it is; a sentence with its full stop."""
    return report.chance.choice(_REASONS)


def heading(report: Report, number: int, text: str) -> None:
    """A heading with its number, as this office numbers headings."""
    marks = (f"{numeral(number)}、", f"{numeral(number)}、", f"（{numeral(number)}）")
    report.heading(f"{marks[report.style.numbering]}{text}", 3)


def contents(report: Report, titles: list[str]) -> None:
    """目录, with or without the pages."""
    report.parts.append(report.chance.choice(("目录", "目  录")))
    has_pages = report.chance.random() < 0.4
    for at, title in enumerate(titles, 1):
        page = f"{'.' * 12}{at + 3}" if has_pages else ""
        report.parts.append(f"{numeral(at)}、{title.format(w=report.style.three_public)}{page}")


def duties(report: Report) -> None:
    """What the office is for."""
    report.parts.append("一、主要职责")
    chosen = report.chance.sample(_DUTIES, 3)
    report.parts += [f"{at}.{duty}" for at, duty in enumerate(chosen, 1)]
    report.parts.append("二、机构设置")
    report.say(
        "{o}内设{n}个科室，{y}纳入决算编制范围的单位为{u}本级。".replace(
            "决算", "决算" if report.kind == "决算" else "预算"
        ),
        "{u}无下属预算单位，内设办公室、综合科、业务科等科室。",
        n=report.chance.randrange(3, 12),
    )
