"""The warehouse for Python and notebooks: organisations, figures with their citations, comparisons, anomalies.

    from warehouse import api as gouji

    w = gouji.open()                  # the default warehouse; or gouji.open("w.duckdb")
    w.compare(year=2022)              # shows itself in a notebook
    w.figures("丰台").pandas()        # pandas with Arrow types, so that amounts stay exact

Everything is read-only, amounts are `Decimal` in yuan, and what is not printed is None, never 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, fields
from decimal import Decimal
from html import escape
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from warehouse import flags, paths, query

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_SHOWN_ROWS = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of the warehouse: iterate for dictionaries, or take `arrow` or `pandas()`; a notebook shows a table.

    >>> answer = w.sql("select 1 as a, 'x' as b")
    >>> list(answer)
    [{'a': 1, 'b': 'x'}]
    >>> print(answer)
    | a | b |
    | --- | --- |
    | 1 | x |
    """

    arrow: pa.Table

    def __len__(self) -> int:
        return int(self.arrow.num_rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        yield from self.arrow.to_pylist()

    def column(self, name: str) -> list[Any]:
        """The values of one column; KeyError if there is none of that name."""
        return list(self.arrow.column(name).to_pylist())

    def pandas(self) -> pd.DataFrame:
        """A data frame of Arrow types: decimals stay exact, whole numbers with gaps stay whole.

        >>> w.three_public().pandas()["total_actual_yuan"].dtype
        decimal128(38, 6)[pyarrow]
        """
        import pandas as pd

        frame: pd.DataFrame = self.arrow.to_pandas(types_mapper=pd.ArrowDtype)
        return frame

    def __str__(self) -> str:
        lines = [self.arrow.column_names, ["---"] * self.arrow.num_columns]
        lines += [[_shown(value) for value in row.values()] for row in self]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in self.arrow.column_names)
        body = ""
        for row in self.arrow.slice(0, _SHOWN_ROWS).to_pylist():
            body += f"<tr>{''.join(_cell(value) for value in row.values())}</tr>"
        more = len(self) - _SHOWN_ROWS
        rest = f"<p>另有 {more} 行</p>" if more > 0 else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"


@dataclass(frozen=True, slots=True)
class Citation:
    """A figure with all that is needed to find it again: `sha256` of the file, page (None without pages), quote.

    >>> cited = w.cite(w.figures("开远", item="expenditure_total").column("figure_id")[0])
    >>> print(cited.stated, cited.file_name, cited.page, cited.quote)
    531.07万元 kaiyuan_2022_performance.pdf 1 全年总支出531.07万元,支付进度100%。
    """

    figure_id: str
    label: str
    organization_name: str | None
    fiscal_year: int | None
    value: Decimal
    unit: str
    stated: str
    file_name: str
    sha256: str
    page: int | None
    quote: str

    def __str__(self) -> str:
        who = "，".join(
            [self.organization_name or "单位不明", f"{self.fiscal_year}年" if self.fiscal_year else "年度不明"]
        )
        page = "" if self.page is None else f" 第 {self.page} 页"
        return f"{self.label} {self.stated}（{who}；{self.file_name}{page}：“{self.quote}”）"

    def _repr_html_(self) -> str:
        page = "" if self.page is None else f"，第 {self.page} 页"
        quote = escape(self.quote).replace(escape(self.stated), f"<mark>{escape(self.stated)}</mark>", 1)
        return (
            f"<figure><p><b>{escape(self.label)}</b>　{escape(self.stated)}　"
            f"{escape(self.organization_name or '')}　{self.fiscal_year or ''}</p><blockquote>{quote}</blockquote>"
            f"<figcaption>{escape(self.file_name)}{page}　<code>{self.figure_id}</code></figcaption></figure>"
        )


class Warehouse:
    """An open warehouse; use it in a `with` statement or close it. Several may be open at once."""

    def __init__(self, path: Path) -> None:
        """Opens the file read-only. Raises QueryError if it is absent or no warehouse."""
        self.path = path
        self._open = ExitStack()
        self._connection = self._open.enter_context(query.reading(path))

    def close(self) -> None:
        """Let the file go; questions after that raise an error."""
        self._open.close()

    def __enter__(self) -> Warehouse:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<gouji warehouse {self.path.name}>"

    def sql(self, sql: str, **parameters: Any) -> Answer:
        """The answer to one query, `$name` in it standing for a parameter. Raises QueryError with DuckDB's reason.

        >>> w.sql("select count(*) as n from marts.fct_staffing where staff_count > $least", least=10).column("n")
        [2]
        """
        import duckdb

        try:
            relation = self._connection.sql(sql, params=parameters or None)
            if relation is None:
                raise query.QueryError("这不是查询：没有答案可给")
            return Answer(relation.to_arrow_table())
        except duckdb.Error as error:
            raise query.QueryError(f"查询没有成功：{str(error).strip()}") from error

    def organizations(self, name: str = "") -> Answer:
        """The organisations whose name contains `name`: name, superior, region, number of documents.

        >>> w.organizations("丰台").column("organization_name")
        ['北京市丰台区城市管理指挥中心']
        """
        return self.sql(
            "select organization_name, superior_name, region_code, region_name, document_count "
            "from marts.dim_organization where contains(organization_name, $name) order by organization_name",
            name=name,
        )

    def figures(
        self,
        organization: str | None = None,
        year: int | None = None,
        item: str | None = None,
        phase: str | None = None,
    ) -> Answer:
        """Printed figures with their place in print; all columns of marts.fct_figure, in reading order.

        `organization` may be a part of the name; `item` is a code of reference.measure or a part of its Chinese label.
        Raises QueryError with the closest names for an organisation that is not there.

        >>> for row in w.figures("开远", item="公务接待费", phase="actual"):
        ...     print(row["stated"], row["value"], row["page"])
        4419.00元 4419.000000 2
        4419.00元 4419.000000 2
        """
        return self.sql(
            """
            from marts.fct_figure
            where ($organization is null or organization_name = $organization)
                and ($year is null or fiscal_year = $year)
                and ($item is null or item = $item or contains(item_label, $item))
                and ($phase is null or phase = $phase)
            order by organization_name, fiscal_year, document_id, block_no, char_start
            """,
            organization=self._named(organization),
            year=year,
            item=item,
            phase=phase,
        )

    def cite(self, figure_id: str) -> Citation:
        """The citation of a figure. Raises QueryError, with the closest ids, if there is no such figure."""
        found = self.sql("from marts.fct_figure where figure_id = $figure", figure=figure_id).arrow.to_pylist()
        if not found:
            query.trace(self._connection, figure_id)  # raises with what is close
        row = found[0] | {"label": found[0]["item_label"], "sha256": found[0]["document_id"]}
        return Citation(**{each.name: row[each.name] for each in fields(Citation)})

    def compare(self, year: int | None = None, organization: str | None = None) -> Answer:
        """marts.mart_city_comparison: one row an organisation and year, with the indicators that make them comparable.

        >>> len(w.compare(year=2017))
        2
        """
        return self._rows("mart_city_comparison", organization, year)

    def execution(self, organization: str | None = None, year: int | None = None) -> Answer:
        """marts.fct_budget_execution: budget, actual and rate of the whole unit, of classes and of projects."""
        return self._rows("fct_budget_execution", organization, year, "line_type", "line_name")

    def three_public(self, organization: str | None = None, year: int | None = None) -> Answer:
        """marts.fct_three_public: 三公经费, budget and actual, with the counts behind them."""
        return self._rows("fct_three_public", organization, year)

    def projects(self, organization: str | None = None, year: int | None = None) -> Answer:
        """marts.fct_project: budget, spending, rate and score of every named project."""
        return self._rows("fct_project", organization, year, "project_key")

    def anomalies(
        self,
        organization: str | None = None,
        severity: str | None = None,
        rule: str | None = None,
        *,
        everything: bool = False,
    ) -> list[flags.Anomaly]:
        """Checks that failed, the gravest first: one a cause, or `everything`, those judged false alarms too.

        Raises QueryError, with the closest name, for an unknown one.

        >>> [anomaly.rule_id for anomaly in w.anomalies("开远", severity="error")]
        ['T08']
        """
        return flags.anomalies(self._connection, severity, rule, organization, everything=everything)

    def _named(self, organization: str | None) -> str | None:
        return None if organization is None else query.find_organization(self._connection, organization)

    def _rows(self, mart: str, organization: str | None, year: int | None, *then: str) -> Answer:
        order = ", ".join(("organization_name", "fiscal_year", *then))
        return self.sql(
            f"from marts.{mart} where ($organization is null or organization_name = $organization) "
            f"and ($year is null or fiscal_year = $year) order by {order}",
            organization=self._named(organization),
            year=year,
        )


def open(path: str | Path | None = None) -> Warehouse:
    """The warehouse in a file; without one, that of GOUJI_WAREHOUSE or target/gouji.duckdb."""
    return Warehouse(paths.default_warehouse() if path is None else Path(path))


def yuan(value: Decimal | None) -> str:
    """An amount as people read it, from yuan: 万元 from 10,000 up; a dash where nothing is printed.

    >>> yuan(Decimal("67881800.000000")), yuan(Decimal("4419")), yuan(None)
    ('6,788.18万元', '4,419元', '—')
    """
    if value is None:
        return "—"
    scaled, unit = (value.scaleb(-4), "万元") if abs(value) >= 10_000 else (value, "元")
    text = f"{scaled:,f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + unit


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = f"{value:,f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, list):
        return "；".join(map(_shown, value))
    return str(value)


def _cell(value: Any) -> str:
    number = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
    style = ' style="text-align:right"' if number else ' style="text-align:left"'
    return f"<td{style}>{escape(_shown(value))}</td>"
