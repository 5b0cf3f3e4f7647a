"""Great Expectations is where gouji's rules and data tests are declared and run.

`run_checks(connection, project)` validates a built warehouse with two suites, made from data alone: `rules` (one
expectation per row of `reference.rule`) and `data_tests` (one per dbt data test). Importing this package does not
import great_expectations, which takes three seconds; running or saving a suite does.
"""

from warehouse.expectations.errors import ExpectationError
from warehouse.expectations.expectation import Expectation
from warehouse.expectations.report import CheckReport, ExpectationResult
from warehouse.expectations.run import run_checks
from warehouse.expectations.suite import Suite, build_suites

__all__ = [
    "CheckReport",
    "Expectation",
    "ExpectationError",
    "ExpectationResult",
    "Suite",
    "build_suites",
    "run_checks",
]
