"""A model's SQL, from DuckDB's dialect to Spark's, with sqlglot and what is still missing there.

Takes compiled SQL and the columns of every relation; gives SQL that reads temporary views (`view_name`). What cannot be
translated in one place is in macros, by `target.type`, and `lint` finds the rest.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlglot
from sqlglot import exp, transforms
from sqlglot.dialects.spark import Spark
from sqlglot.optimizer.qualify import qualify

# The columns of relations with their types in DuckDB, by schema and name.
Columns = Mapping[str, Mapping[str, Mapping[str, str]]]


class _Spark(Spark):  # type: ignore[misc]  # sqlglot is not typed here
    """Spark as it is since 4.3, with QUALIFY; sqlglot takes it apart otherwise, and loses names."""

    class Generator(Spark.Generator):  # type: ignore[misc]
        TRANSFORMS = {  # noqa: RUF012 (sqlglot declares it so)
            **Spark.Generator.TRANSFORMS,
            exp.Select: transforms.preprocess(
                [transforms.eliminate_distinct_on, transforms.unnest_to_explode, transforms.any_to_exists]
            ),
        }


def view_name(schema: str, name: str) -> str:
    """The temporary view that stands for a relation: one session's, so that no catalogue of a cluster is touched."""
    return f"{schema}__{name}"


def to_spark(sql: str, columns: Columns) -> str:
    """The query in Spark's dialect, every name quoted and every `*` written out.

    Raises sqlglot's OptimizeError for a column that no relation has.
    """
    nested = {schema: {name: dict(types) for name, types in tables.items()} for schema, tables in columns.items()}
    query = sqlglot.parse_one(sql, read="duckdb")
    for text in list(query.find_all(exp.GroupConcat)):
        _joined_in_order(text)
    query = qualify(query, schema=nested, dialect="duckdb")
    for table in list(query.find_all(exp.Table)):
        if table.db:
            table.set("this", exp.to_identifier(view_name(table.db, table.name), quoted=True))
            table.set("db", None)
    for joined in list(query.find_all(exp.ArrayConcat)):
        _without_nulls(joined)
    return str(query.sql(_Spark, identify=True))


def spark_type(duckdb_type: str) -> str:
    """Spark's name of a type of DuckDB: `STRING` of `VARCHAR`, `ARRAY<STRING>` of `VARCHAR[]`.

    Raises ValueError for one that Spark does not have, such as HUGEINT.
    """
    kind = exp.DataType.build(duckdb_type, dialect="duckdb")
    if any(part.this in _FOREIGN for part in kind.find_all(exp.DataType)):
        raise ValueError(duckdb_type)
    return str(kind.sql(_Spark))


_FOREIGN = {
    exp.DataType.Type.INT128,
    exp.DataType.Type.UINT128,
    exp.DataType.Type.UTINYINT,
    exp.DataType.Type.USMALLINT,
    exp.DataType.Type.UINT,
    exp.DataType.Type.UBIGINT,
    exp.DataType.Type.TIME,
    exp.DataType.Type.UNION,
    exp.DataType.Type.UNKNOWN,
}


def _joined_in_order(text: exp.GroupConcat) -> None:
    """string_agg in ascending order as sorted pairs, joined: beside count(distinct), LISTAGG fails in Spark 4.3."""
    order = text.this
    whole = text.parent if isinstance(text.parent, exp.Filter) else text
    if not isinstance(order, exp.Order) or isinstance(whole.parent, exp.Window):
        return
    if any(key.args.get("desc") for key in order.expressions):
        return
    value, separator = order.this.sql("duckdb"), text.args["separator"].sql("duckdb")
    kept = f" filter ({whole.expression.sql('duckdb')})" if whole is not text else ""
    keys = ", ".join(f"'nth_{nth}': {key.this.sql('duckdb')}" for nth, key in enumerate(order.expressions))
    pairs = f"list_sort(list({{{keys}, 'printed': {value}}}){kept})"
    joined = f"array_to_string(list_transform({pairs}, lambda pair: pair.printed), {separator})"
    whole.replace(sqlglot.parse_one(f"case when count({value}){kept} > 0 then {joined} end", read="duckdb"))


def _without_nulls(joined: exp.ArrayConcat) -> None:
    """list_concat takes a null for an empty list, and Spark's concat gives null then."""
    parts = [joined.this, *joined.expressions]
    whole = [
        part if isinstance(part, exp.Array | exp.ArrayConcat) else exp.func("coalesce", part.copy(), exp.Array())
        for part in parts
    ]
    joined.set("this", whole[0])
    joined.set("expressions", whole[1:])
