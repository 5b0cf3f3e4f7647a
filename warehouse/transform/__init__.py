"""gouji's transform runner: dbt's syntax on jinja2, sqlglot and DuckDB, in one process and without a network.

`load_project(root)` reads `dbt_project.yml`, models, seeds, properties and macros; `run(connection, project)` builds
what changed, `plan` says what that is and why, `execute` builds a plan. Whatever is wrong with the project's files is a
`TransformError` with the file and the line.
"""

from warehouse.transform.errors import TransformError
from warehouse.transform.graph import Graph, build_graph, order
from warehouse.transform.kept import load_project
from warehouse.transform.plan import Action, Decision, Plan, plan
from warehouse.transform.resources import (
    Column,
    Compiled,
    DataTest,
    Model,
    Project,
    Relation,
    Seed,
    Source,
    SourceTable,
)
from warehouse.transform.run import NodeEvent, NodeResult, execute, run
from warehouse.transform.selection import select
from warehouse.transform.sqlcheck import check_sql
from warehouse.transform.unit_tests import UnitResult, run_unit_tests

__all__ = [
    "Action",
    "Column",
    "Compiled",
    "DataTest",
    "Decision",
    "Graph",
    "Model",
    "NodeEvent",
    "NodeResult",
    "Plan",
    "Project",
    "Relation",
    "Seed",
    "Source",
    "SourceTable",
    "TransformError",
    "UnitResult",
    "build_graph",
    "check_sql",
    "execute",
    "load_project",
    "order",
    "plan",
    "run",
    "run_unit_tests",
    "select",
]
