"""The description of a Frictionless Data Package: what the files are, what every column means, what is fiscal in it.

Follows Data Package v1 and, where a column is a budget's, the column types of the Fiscal Data Package.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

_TYPES: tuple[tuple[Any, str], ...] = (
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_integer, "integer"),
    (pa.types.is_decimal, "number"),
    (pa.types.is_floating, "number"),
    (pa.types.is_date, "date"),
    (pa.types.is_timestamp, "datetime"),
    (pa.types.is_list, "array"),
)

# Types of the budget taxonomy by the name of a column; amounts (`_yuan`) are `value`.
_FISCAL = {
    "fiscal_year": "date:fiscal-year",
    "organization_name": "administrative-classification:generic:label",
    "region_code": "geo:source:code",
    "region_name": "geo:source:title",
    "function_code": "functional-classification:generic:code",
    "function_name": "functional-classification:generic:label",
    "economic_code": "economic-classification:generic:code",
    "economic_name": "economic-classification:generic:label",
    "project_key": "activity:generic:project:code",
    "project_name": "activity:generic:project:label",
    "fund": "fin-source:generic:code",
    "phase": "phase:id",
}


@dataclass(frozen=True, slots=True)
class Resource:
    """A file of the package: its name, path, table, description and those of its columns; `key` if one is unique."""

    name: str
    path: str
    table: pa.Table
    description: str
    headings: Mapping[str, str]
    meanings: Mapping[str, str]
    key: str | None


def descriptor(resources: Sequence[Resource], title: str, documents: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The content of `datapackage.json`; `documents` are the published files that the figures come from."""
    return {
        "name": "gouji",
        "title": title,
        "description": "地方政府公开财政数据。金额为元，精确到印刷的末位；没有印出的为空，不是 0。"
        "每个数的出处（文件、页、原文）见 sources。",
        "profile": "data-package",
        "keywords": ["勾稽", "决算", "预算", "绩效自评", "fiscal"],
        "sources": [{"title": each["file_name"], "sha256": each["document_id"]} for each in documents],
        "resources": [_resource(each) for each in resources],
    }


def _resource(resource: Resource) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(column, resource) for column in resource.table.schema],
        "missingValues": [""],
    }
    if resource.key is not None:
        schema["primaryKey"] = [resource.key]
    return {
        "name": resource.name.replace("_", "-"),
        "path": resource.path,
        "title": resource.name,
        "description": resource.description,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _field(column: pa.Field, resource: Resource) -> dict[str, Any]:
    """A column: type and format, Chinese title, meaning, fiscal type and unit where it has them."""
    field: dict[str, Any] = {
        "name": column.name,
        "type": next((name for fits, name in _TYPES if fits(column.type)), "string"),
        "title": resource.headings.get(column.name, column.name),
    }
    if resource.meanings.get(column.name):
        field["description"] = resource.meanings[column.name]
    if column.name.endswith("_yuan"):
        field |= {"columnType": "value", "currency": "CNY", "unit": "元"}
    elif column.name.endswith("_pct"):
        field["unit"] = "%"
    elif column.name in _FISCAL:
        field["columnType"] = _FISCAL[column.name]
    return field
