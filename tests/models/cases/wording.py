"""Wording, malformed numbers and attachments: where each rule fires rightly, and where it would wrongly."""

from __future__ import annotations

from .report import FINAL, SELF, Case

CASES = [
    # S08 placeholders
    Case(
        "S08",
        "a direction not chosen, a blank and a prompt",
        FINAL,
        "2021年公务接待费支出1万元，较上年增加（减少）0.5万元。\n公务用车用于（相关工作范围）用车。\n2021年支出XX万元。",
        """
        fail - - - -
        fail - - - -
        fail - - - -
        """,
        severity="warning warning warning",
    ),
    Case(
        "S08",
        "words that only look like a prompt",
        SELF,
        "2021年收入有增加，支出有减少；增加（含结转）的部分已经列明。联系人王某，编号XX-12。我们认真总结了经验。",
        naive="finds single words",
    ),
    # S10 malformed print
    Case(
        "S10",
        "a zero in front, a zero behind, a percentage of money, a broken date, no unit",
        FINAL,
        "文物和陈列品06万元。\n越野车0辆，金额0万元0。\n2021年度项目支出293.67万元，占总支出的69.49%万元。\n"
        "项目于2024311日签订合同。\n基本支出404.96（其中：工资福利支出384.78万元）。",
        """
        fail - 60000 - -
        fail - - - -
        fail - - - -
        fail - - - -
        fail - 4049600 - -
        """,
    ),
    Case(
        "S10",
        "right numbers and dates",
        FINAL,
        "图书档案10.05万元，文物和陈列品0.6万元，固定资产0万元。\n2021年3月11日签订合同。\n编码0012，05号文件，热线01234号。\n"
        "政府性基金预算支出为0；同比下降20%，万元以上的项目没有。",
        naive="takes 0. for a leading zero, or 20% before 万元 for a percentage of money",
    ),
    # S11 attachments
    Case(
        "S11",
        "an attachment and a list of tables that are not there",
        SELF,
        "2021年度基本支出100.00万元。\n附件1：单位整体支出绩效自评表.xlsx\n报表详见附件。\n第五部分 附表\n"
        "一、收入支出决算总表\n二、收入决算表",
        """
        fail - - - -
        fail - - - -
        fail - - - -
        """,
        severity="info info info",
    ),
    Case(
        "S11",
        "listed tables that follow",
        FINAL,
        "2021年度基本支出100.00万元。\n第五部分 附表\n一、收入支出决算总表\n单位：万元\n项目 | 金额 |\n收入 | 5 |\n"
        "支出 | 5 |\n二、收入决算表",
        "pass - - - -",
        naive="does not look behind the list",
    ),
    Case(
        "S11",
        "words that only look like an attachment",
        SELF,
        "附近没有表。会议室附有说明。2021年度基本支出100.00万元。",
        naive="finds single characters",
    ),
]
