"""Standard tables: where each rule on rows, columns and totals fires rightly, and where it would wrongly."""

from __future__ import annotations

from .report import BUDGET, FINAL, Case, expenditure_table, fiscal_table, income_table, overall, table

CASES = [
    # D01, B01 the two sides of a 收支总表
    Case(
        "D01",
        "two sides that differ",
        FINAL,
        overall("收入支出决算总表", "120.00", "120.00", "0.00", "0.00", "120.00", "121.00"),
        "fail 1200000 1210000 10000 *",
    ),
    Case(
        "D01",
        "income and expenditure of the year need not be equal",
        FINAL,
        overall("收入支出决算总表", "120.00", "110.00", "10.00", "20.00", "130.00", "130.00"),
        "pass 1300000 1300000 0 *",
        naive="compares the year's income and expenditure",
    ),
    Case(
        "B01",
        "two sides of a budget that differ",
        BUDGET,
        overall("收支预算总表", "120.00", "120.00", "0.00", "0.00", "120.00", "121.00"),
        """
        pass 1200000 1200000 0 100
        pass 1200000 1200000 0 *
        fail 1200000 1210000 10000 *
        fail 1200000 1210000 10000 *
        """,
    ),
    Case(
        "B01",
        "carry-over on both sides of a budget",
        BUDGET,
        overall("收支预算总表", "120.00", "110.00", "10.00", "20.00", "130.00", "130.00"),
        """
        pass 1100000 1100000 0 100
        pass 1300000 1300000 0 *
        pass 1300000 1300000 0 *
        pass 1300000 1300000 0 *
        """,
        naive="compares the year's income and expenditure",
    ),
    # D05 to D07, B03, B05 rows of a table
    Case(
        "D05",
        "a row of income that does not add up, in a table of few columns",
        FINAL,
        income_table("收入决算表", "合计 - 120.00 100.00 0.00 19.00"),
        "fail 1190000 1200000 10000 150",
    ),
    Case(
        "D05",
        "a column that has no meaning yet",
        FINAL,
        table(
            "收入决算表",
            """
            科目编码 科目名称 本年收入合计 财政拨款收入 土地租借所得 其他收入
            合计 - 120.00 100.00 1.00 19.00
            """,
        ),
        "insufficient 1190000 1200000 10000 150",
        naive="takes a column that it cannot read for 0",
    ),
    Case(
        "D05",
        "a row of income that does not add up, with all columns",
        FINAL,
        table(
            "收入决算表",
            """
            科目编码 科目名称 本年收入合计 财政拨款收入 上级补助收入 事业收入 经营收入 附属单位上缴收入 其他收入
            合计 - 120.00 100.00 0.00 0.00 0.00 0.00 19.00
            205 教育支出 120.00 100.00 0.00 0.00 0.00 0.00 -
            206 科学技术支出 0.03 0.01 0.00 0.00 0.01 0.00 0.00
            """,
        ),
        """
        fail 1190000 1200000 10000 150
        insufficient 1000000 1200000 200000 100
        rounding 200 300 100 150
        """,
        also="D08",
    ),
    Case(
        "D06",
        "parts greater than the whole, rounding, and a blank cell",
        FINAL,
        table(
            "支出决算表",
            """
            科目编码 科目名称 本年支出合计 基本支出 项目支出 上缴上级支出 经营支出 对附属单位补助支出
            205 教育支出 60.00 40.00 21.00 0.00 0.00 0.00
            206 科学技术支出 10.01 5.00 5.00 0.00 0.00 0.00
            212 城乡社区支出 50.00 20.00 29.00 - - -
            """,
        ),
        """
        fail 610000 600000 -10000 150
        rounding 100000 100100 100 150
        insufficient 490000 500000 10000 150
        """,
    ),
    Case(
        "D06",
        "a blank cell is not 0",
        FINAL,
        expenditure_table("支出决算表", "205 教育支出 60.00 40.00 20.00", "212 城乡社区支出 50.00 20.00 -"),
        """
        pass 600000 600000 0 150
        insufficient 200000 500000 300000 100
        """,
        naive="takes a blank cell for 0",
    ),
    Case(
        "D07",
        "a row that misses 1万元",
        FINAL,
        expenditure_table("一般公共预算财政拨款支出决算表", "212 城乡社区支出 39.99 20.00 18.99"),
        "fail 389900 399900 10000 150",
    ),
    Case(
        "D07",
        "rows that differ by rounding",
        FINAL,
        expenditure_table(
            "一般公共预算财政拨款支出决算表", "205 教育支出 60.01 40.00 20.00", "212 城乡社区支出 50.00 20.00 -"
        ),
        """
        rounding 600000 600100 100 150
        insufficient 200000 500000 300000 100
        """,
        naive="compares exactly, or takes a blank cell for 0",
    ),
    Case(
        "B03",
        "parts of a budget greater than the whole",
        BUDGET,
        expenditure_table("支出预算总表", "205 教育支出 60.00 40.00 21.00"),
        "fail 610000 600000 -10000 150",
    ),
    Case(
        "B03",
        "spending on staff and offices under 基本支出",
        BUDGET,
        table(
            "支出预算总表",
            """
            科目编码 科目名称 合计 基本支出 人员经费 公用经费 项目支出
            205 教育支出 60.00 40.00 30.00 10.00 20.00
            """,
        ),
        """
        pass 600000 600000 0 150
        pass 400000 400000 0 150
        """,
        naive="adds what is part of 基本支出 once more",
    ),
    Case(
        "B05",
        "a total of two kinds that does not add up, and differs from the other table",
        BUDGET,
        expenditure_table("一般公共预算支出表", "合计 - 100.00 60.00 40.00")
        + table("一般公共预算基本支出表", "科目编码 科目名称 合计 人员经费 公用经费\n合计 - 59.00 45.00 15.00"),
        """
        fail 600000 590000 -10000 100
        fail 600000 590000 -10000 150
        """,
    ),
    Case(
        "B05",
        "basic expenditure is a column of one table and the total of the other",
        BUDGET,
        expenditure_table("一般公共预算支出表", "合计 - 100.00 60.00 40.00")
        + table("一般公共预算基本支出表", "科目编码 科目名称 合计 人员经费 公用经费\n合计 - 60.00 45.01 15.00"),
        """
        pass 600000 600000 0 100
        rounding 600100 600000 -100 150
        """,
        naive="compares the totals of both tables, or rounded amounts exactly",
    ),
    # D08 classes
    Case(
        "D08",
        "a class that its items do not reach",
        FINAL,
        table(
            "一般公共预算财政拨款支出决算表",
            """
            科目编码 科目名称 合计
            合计 - 110.00
            205 教育支出 60.00
            20502 普通教育 60.00
            2050201 学前教育 20.00
            2050202 小学教育 39.00
            212 城乡社区支出 50.00
            """,
        ),
        """
        pass 1100000 1100000 0 150
        pass 600000 600000 0 100
        fail 590000 600000 10000 150
        """,
        message="下级2个科目",
    ),
    Case(
        "D08",
        "all levels in one column, rounded",
        FINAL,
        table(
            "一般公共预算财政拨款支出决算表",
            """
            科目编码 科目名称 合计
            合计 - 66.67
            205 教育支出 33.33
            20502 普通教育 33.33
            212 城乡社区支出 33.33
            """,
        ),
        """
        rounding 666600 666700 100 150
        pass 333300 333300 0 100
        """,
        naive="adds all levels, or rounded amounts exactly",
    ),
    Case(
        "D08",
        "a class printed twice",
        FINAL,
        table(
            "一般公共预算财政拨款支出决算表",
            """
            科目编码 科目名称 合计
            合计 - 33.33
            205 教育支出 22.22
            20502 普通教育 11.11
            20502 普通教育 11.11
            212 城乡社区支出 11.11
            """,
        ),
        naive="adds rows whose tree is not plain",
    ),
    # C01 to C04, B02 the same money in two tables
    Case(
        "C01",
        "the income of two tables",
        FINAL,
        overall("收入支出决算总表", "120.00", "110.00", "10.00", "20.00", "130.00", "130.00")
        + income_table("收入决算表", "合计 - 121.00 121.00 0.00 0.00"),
        "fail 1200000 1210000 10000 *",
    ),
    Case(
        "C01",
        "totals with carry-over and without",
        FINAL,
        overall("收入支出决算总表", "120.00", "110.00", "10.00", "20.00", "130.00", "130.00")
        + income_table("收入决算表", "合计 - 120.00 120.00 0.00 0.00")
        + expenditure_table("支出决算表", "合计 - 110.00 60.00 50.00"),
        """
        pass 1200000 1200000 0 *
        pass 1100000 1100000 0 *
        """,
        naive="compares the total with carry-over",
    ),
    Case(
        "C02",
        "income from the treasury in two tables",
        FINAL,
        income_table("收入决算表", "合计 - 120.00 100.00 0.00 20.00") + fiscal_table("99.00", "99.00", "0.00", "99.00"),
        "fail 1000000 990000 -10000 100",
    ),
    Case(
        "C02",
        "income from the treasury is not all income",
        FINAL,
        income_table("收入决算表", "合计 - 120.00 100.00 0.00 20.00")
        + fiscal_table("100.00", "100.00", "0.00", "100.00"),
        "pass 1000000 1000000 0 100",
        naive="compares the totals of both tables",
    ),
    Case(
        "C03",
        "general public expenditure in two tables",
        FINAL,
        fiscal_table("99.00", "94.00", "5.00", "99.00")
        + expenditure_table("一般公共预算财政拨款支出决算表", "合计 - 93.00 60.00 33.00"),
        "fail 940000 930000 -10000 *",
    ),
    Case(
        "C03",
        "one of several funds",
        FINAL,
        fiscal_table("99.00", "94.00", "5.00", "99.00")
        + expenditure_table("一般公共预算财政拨款支出决算表", "合计 - 94.00 60.00 34.00"),
        "pass 940000 940000 0 *",
        naive="compares the total of all funds",
    ),
    Case(
        "C04",
        "basic expenditure in two tables",
        FINAL,
        expenditure_table("一般公共预算财政拨款支出决算表", "合计 - 94.00 60.00 34.00")
        + table("一般公共预算财政拨款基本支出决算表", "科目编码 科目名称 决算数\n301 工资福利支出 59.00\n合计 - 59.00"),
        "fail 600000 590000 -10000 100",
    ),
    Case(
        "C04",
        "basic expenditure is a part of the one table and all of the other",
        FINAL,
        expenditure_table("一般公共预算财政拨款支出决算表", "合计 - 94.00 60.00 34.00")
        + table("一般公共预算财政拨款基本支出决算表", "科目编码 科目名称 决算数\n301 工资福利支出 60.00\n合计 - 60.00"),
        "pass 600000 600000 0 100",
        naive="compares the totals of both tables",
    ),
    Case(
        "B02",
        "the income of two budget tables",
        BUDGET,
        overall("收支预算总表", "120.00", "120.00", "0.00", "0.00", "120.00", "120.00")
        + income_table("收入预算总表", "合计 - 119.00 119.00 0.00 0.00")
        + expenditure_table("支出预算总表", "合计 - 120.00 60.00 60.00"),
        """
        fail 1200000 1190000 -10000 *
        pass 1200000 1200000 0 *
        """,
    ),
    Case(
        "B02",
        "funds from the treasury are a part of all income",
        BUDGET,
        overall("收支预算总表", "120.00", "120.00", "0.00", "0.00", "120.00", "120.00")
        + income_table("收入预算总表", "合计 - 120.00 100.00 0.00 20.00"),
        "pass 1200000 1200000 0 *",
        naive="compares the nearest number",
    ),
]
