"""The SQL that means the same on DuckDB and, through sqlglot, on Spark: what lies outside it is found here.

Takes a graph rendered for Spark, so that what a macro writes for DuckDB alone is not judged; gives one `Finding` for
each construct that Spark refuses or, worse, answers differently, with the line of the model and what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import sqlglot
from sqlglot import exp

from warehouse.transform import Graph

# Functions that sqlglot does not know and hands on by name, and that Spark has under that name with that meaning.
_SAME_NAME = frozenset({"get"})
# Functions with a name of their own in sqlglot that Spark does not have, or has with another sense.
_FUNCTIONS: dict[type[exp.Expression], str] = {
    exp.Concat: "concat() 在 DuckDB 中略过空值，在 Spark 中得空值；请用 || 和 coalesce，或 concat_ws",
    exp.Columns: "Spark 没有 COLUMNS()；请逐列写出",
    exp.Comprehension: "Spark 没有列表推导式；请用 list_transform、list_filter",
    exp.GenerateSeries: "Spark 没有 generate_series、range；请连接一张种子表",
    exp.IntDiv: "整除 // 在两边的类型不同；请用 cast(… as bigint)",
    exp.Median: "Spark 的中位数按 DOUBLE 计算；请排序后用 row_number() 取",
    exp.PercentileCont: "Spark 没有 quantile_cont；请排序后用 row_number() 取",
    exp.PercentileDisc: "Spark 没有 quantile_disc；请排序后用 row_number() 取",
    exp.Pivot: "Spark 不能这样 PIVOT、UNPIVOT；请用 max(…) filter (where …)，或 union all",
    exp.Slice: "Spark 没有列表切片；请用 row_number() 取前几个",
    exp.TimestampTrunc: "date_trunc 在两边的类型不同；请用 year()、month()",
    exp.DateTrunc: "date_trunc 在两边的类型不同；请用 year()、month()",
    exp.Interval: "日期加减 interval 在两边的类型不同；请用年度、月份的整数",
    exp.ToMap: "Spark 不认 MAP 字面量；请用结构 {…}",
}
_WHOLE_NUMBERS = (
    exp.DataType.Type.TINYINT,
    exp.DataType.Type.SMALLINT,
    exp.DataType.Type.INT,
    exp.DataType.Type.BIGINT,
)
_REGEXES = (exp.RegexpLike, exp.RegexpExtract, exp.RegexpReplace)

_Rule: TypeAlias = Callable[[exp.Expression], str | None]


@dataclass(frozen=True, slots=True)
class Finding:
    """A construct that is not portable: where it stands, and what is wrong and what to write instead, in Chinese."""

    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.message}"


def lint(graph: Graph) -> list[Finding]:
    """All findings in the models of a graph, in the order of models and lines."""
    return [finding for name in graph.order if name in graph.compiled for finding in lint_model(graph, name)]


def lint_model(graph: Graph, name: str) -> list[Finding]:
    """The findings in one model; its SQL has to parse, as `check_sql` makes sure."""
    compiled = graph.compiled[name]
    found = {
        Finding(compiled.model.file, graph.renderer.source_line(compiled, line) if line else None, message)
        for line, message in find(compiled.sql)
    }
    return sorted(found, key=lambda finding: (finding.line or 0, finding.message))


def find(sql: str) -> Iterator[tuple[int | None, str]]:
    """What is not portable in a query in DuckDB's dialect: the line in it (where known) and the message."""
    for node in sqlglot.parse_one(sql, read="duckdb").walk():
        for rule in _RULES:
            message = rule(node)
            if message is not None:
                yield _line(node), message


def _named(node: exp.Expression) -> str | None:
    if isinstance(node, exp.Pivot) and not isinstance(node.parent, exp.Table | exp.Subquery | None):
        return None
    return _FUNCTIONS.get(type(node))


def _unknown(node: exp.Expression) -> str | None:
    if isinstance(node, exp.Anonymous) and node.name.lower() not in _SAME_NAME:
        return (
            f"函数 {node.name.lower()} 在 Spark 中没有，或意思不同；请换用两边都有的函数，或在宏里按 target.type 分写"
        )
    return None


def _list(node: exp.Expression) -> str | None:
    if not isinstance(node, exp.ArrayAgg):
        return None
    if isinstance(node.this, exp.Struct):
        return None
    return "Spark 的 list() 不管次序，也略过空值；请用宏 list_in_order"


def _text_list(node: exp.Expression) -> str | None:
    if isinstance(node, exp.GroupConcat) and not isinstance(node.this, exp.Order):
        if node.args.get("order") or isinstance(node.args.get("separator"), exp.Order):
            return None
        return "没有次序的 string_agg 每次结果可能不同；请写明 order by"
    return None


def _first(node: exp.Expression) -> str | None:
    if isinstance(node, exp.First | exp.Last) and not isinstance(node.parent, exp.Window):
        return "Spark 的 first、last 不管次序；请用 arg_min、arg_max"
    return None


def _subscript(node: exp.Expression) -> str | None:
    if isinstance(node, exp.Bracket) and not any(isinstance(part, exp.Slice) for part in node.expressions):
        return "列表下标越界时 DuckDB 得空值，Spark 报错，负数下标更不同；取第一个请用宏 first_of"
    return None


def _length(node: exp.Expression) -> str | None:
    if isinstance(node, exp.Length) and node.meta.get("end", 0) - node.meta.get("start", 0) == len("len") - 1:
        return "len() 在 Spark 中只用于文字；文字请用 length()，列表请用 array_length()"
    return None


def _lambda(node: exp.Expression) -> str | None:
    if isinstance(node, exp.Lambda) and len(node.expressions) > 1:
        return "lambda 的序号在 DuckDB 中从 1 起，在 Spark 中从 0 起；请只用一个参数，或在宏里按 target.type 分写"
    return None


def _distinct_list(node: exp.Expression) -> str | None:
    if isinstance(node, exp.ArrayAgg | exp.GroupConcat) and isinstance(node.this, exp.Distinct):
        return "不重复的列表在两边次序不同；请先 select distinct，再用宏 list_in_order"
    return None


def _ordinality(node: exp.Expression) -> str | None:
    if isinstance(node, exp.Unnest) and node.args.get("offset"):
        return "WITH ORDINALITY 在 Spark 中从 0 起；请用 row_number()"
    return None


def _join(node: exp.Expression) -> str | None:
    if isinstance(node, exp.Join) and (node.args.get("method") or "").upper() == "ASOF":
        return "Spark 没有 ASOF 连接；请用 row_number() 取最近的一行"
    if isinstance(node, exp.Join) and (node.args.get("method") or "").upper() == "POSITIONAL":
        return "Spark 没有 POSITIONAL 连接；请按键连接"
    return None


def _by_name(node: exp.Expression) -> str | None:
    if isinstance(node, exp.SetOperation) and node.args.get("by_name"):
        return "Spark 没有 UNION BY NAME；请按相同次序写出各列"
    return None


def _chain(node: exp.Expression) -> str | None:
    if isinstance(node, exp.Dot) and isinstance(node.expression, exp.Func):
        return "Spark 不能用点连写函数；请写成 函数(值)"
    return None


def _division(node: exp.Expression) -> str | None:
    if not isinstance(node, exp.Div):
        return None
    if not (_is_double(node.this) or _is_double(node.expression)):
        return "DECIMAL 相除 DuckDB 得 DOUBLE，Spark 得 DECIMAL；请先 cast(… as double)，百分比用宏 percent_of"
    divisor = node.expression.unnest()
    if not isinstance(divisor, exp.Literal) and divisor.find(exp.Nullif) is None:
        return "除以 0 在 DuckDB 中得无穷，在 Spark 中报错；请写 nullif(…, 0)"
    return None


def _average(node: exp.Expression) -> str | None:
    if isinstance(node, exp.Avg) and not _is_double(node.this):
        return "avg 在 DuckDB 中得 DOUBLE，在 Spark 中得 DECIMAL；请写 avg(cast(… as double))"
    return None


def _rounding(node: exp.Expression) -> str | None:
    if isinstance(node, exp.Round) and node.args.get("decimals") is not None and _is_double(node.this):
        return "round(x, n) 舍入 DOUBLE 时两边算法不同；请用宏 percent_of，或先转成 DECIMAL"
    return None


def _attempt(node: exp.Expression) -> str | None:
    if isinstance(node, exp.TryCast) and node.to.this in _WHOLE_NUMBERS:
        return "try_cast('1.5' as integer) 在 DuckDB 中得 2，在 Spark 中得空值；请先 try_cast 成 DECIMAL"
    return None


def _replacement(node: exp.Expression) -> str | None:
    if not isinstance(node, exp.RegexpReplace):
        return None
    text = node.args.get("replacement")
    if isinstance(text, exp.Literal) and re.search(r"[\\$]", text.this):
        return r"引用分组 DuckDB 写 \1，Spark 写 $1；请改用 regexp_extract"
    options = node.args.get("modifiers")
    pattern = node.expression
    is_global = isinstance(options, exp.Literal) and "g" in options.this
    is_anchored = isinstance(pattern, exp.Literal) and _is_anchored(pattern.this)
    if not is_global and not is_anchored:
        return r"没有 'g' 的 regexp_replace 只换第一处，Spark 全换；请写 'g'，或以 ^ 开头、以 \z 结尾"
    return None


def _is_anchored(pattern: str) -> bool:
    return (pattern.startswith("^") or pattern.endswith(r"\z")) and "|" not in re.sub(
        r"\([^()]*\)|\[[^]]*\]", "", pattern
    )


def _pattern(node: exp.Expression) -> str | None:
    """RE2 and Java differ in what ends a line, and in brackets inside a class."""
    if not isinstance(node, _REGEXES):
        return None
    for literal in node.expression.find_all(exp.Literal):
        message = pattern_fault(literal.this) if literal.is_string else None
        if message is not None:
            return message
    return None


def pattern_fault(pattern: str) -> str | None:
    """What RE2 (DuckDB) and Java (Spark) understand differently in a regular expression, or nothing."""
    is_class, at = False, 0
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            at += 2
            continue
        if is_class and (sign == "[" or pattern.startswith("&&", at)):
            return "正则的方括号里又有 [ 或 &&，Java 另有含义；请写成 \\[ 或拆开"
        if not is_class and sign == "$":
            return r"正则的 $ 在 Spark 中也认末尾换行之前；请写 \z"
        if not is_class and sign == ".":
            return r"正则的 . 在两边不认的换行不同；请写 [^\n]"
        is_class = sign == "[" or (is_class and sign != "]")
        at += 1
        if sign == "[":  # a ] that comes first is itself
            at += pattern.startswith("^", at)
            at += pattern.startswith("]", at)
    return None


def _is_double(node: exp.Expression) -> bool:
    return any(cast.to.this is exp.DataType.Type.DOUBLE for cast in node.find_all(exp.Cast)) or (
        isinstance(node.unnest(), exp.Literal) and "e" in node.name.lower() and not node.is_string
    )


_RULES: tuple[_Rule, ...] = (
    _named,
    _unknown,
    _list,
    _text_list,
    _first,
    _subscript,
    _length,
    _lambda,
    _distinct_list,
    _ordinality,
    _join,
    _by_name,
    _chain,
    _division,
    _average,
    _rounding,
    _attempt,
    _replacement,
    _pattern,
)


def _line(node: exp.Expression) -> int | None:
    """The line that a node begins on, or the first one known inside it, or around it."""
    for part in (*node.walk(), *_ancestors(node)):
        line = part.meta.get("line")
        if line is not None:
            return int(line)
    return None


def _ancestors(node: exp.Expression) -> Iterator[exp.Expression]:
    while node.parent is not None:
        node = node.parent
        yield node
