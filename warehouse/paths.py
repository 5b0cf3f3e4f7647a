"""Where things are: the project (models, seeds), the sample reports, the default warehouse file."""

from __future__ import annotations

import os
from pathlib import Path


def project_root() -> Path:
    """The folder of `dbt_project.yml`: the one this package stands in, unless GOUJI_PROJECT names another."""
    named = os.environ.get("GOUJI_PROJECT")
    return Path(named) if named else Path(__file__).resolve().parent.parent


def sample_reports() -> Path:
    """The five sample reports that a fresh clone builds."""
    return project_root() / "seeds" / "reports"


def saved_queries() -> Path:
    """The SQL files that `gouji query` runs."""
    return project_root() / "seeds" / "queries"


def default_warehouse() -> Path:
    """The warehouse that commands use unless they are told another: GOUJI_WAREHOUSE, or target/gouji.duckdb."""
    named = os.environ.get("GOUJI_WAREHOUSE")
    return Path(named) if named else project_root() / "target" / "gouji.duckdb"
