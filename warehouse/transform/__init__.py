"""gouji's transform runner: dbt's syntax on jinja2, sqlglot and DuckDB, in one process and without a network.

`load_project(root)` reads `dbt_project.yml`, models, seeds, properties and macros; `run(connection, project)` builds
them. Whatever is wrong with the project's files is a `TransformError` with the file and the line.
"""

from warehouse.transform.errors import TransformError
from warehouse.transform.graph import Graph, build_graph, order
from warehouse.transform.project import load_project
from warehouse.transform.render import Compiled
from warehouse.transform.resources import (
    Column,
    DataTest,
    Model,
    Project,
    Relation,
    Seed,
    Source,
    SourceTable,
)
from warehouse.transform.run import NodeEvent, NodeResult, run
from warehouse.transform.selection import select
from warehouse.transform.sqlcheck import check_sql

__all__ = [
    "Column",
    "Compiled",
    "DataTest",
    "Graph",
    "Model",
    "NodeEvent",
    "NodeResult",
    "Project",
    "Relation",
    "Seed",
    "Source",
    "SourceTable",
    "TransformError",
    "build_graph",
    "check_sql",
    "load_project",
    "order",
    "run",
    "select",
]
