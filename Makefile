# gouji: two commands set everything up.
#   make warehouse   environment if absent, then build the sample reports and show what was found
#   make test        the same environment with all that tests need, then formatting, lint, types and tests
# Scanned PDF files and pictures are read after
#   make ocr         the same environment with character recognition
# gouji runs on Apache Spark after
#   make spark       an environment of its own, .venv-spark; needs Java 17
PYTHON ?= python3
VENV := .venv
DBT := .venv-dbt
BIN := $(VENV)/bin
SPARK := .venv-spark
WAREHOUSE ?= target/gouji.duckdb
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1

.PHONY: warehouse ocr spark dbt lock test test-faults test-spark format notebooks docs bench clean

# The stamps are written last, so an interrupted install is done again.
$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("gouji needs Python 3.11 or newer, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

# Each of these locks holds what the first does, in the same versions, and extras.
$(VENV)/.ocr $(VENV)/.dev: $(VENV)/.%: requirements-%.lock $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --require-hashes -r $<
	touch $@

ocr: $(VENV)/.ocr

# Spark is large and minds which pandas it meets, so it has an environment to itself.
$(SPARK)/.installed: requirements-spark.lock pyproject.toml
	$(PYTHON) -m venv $(SPARK)
	$(SPARK)/bin/python -m pip install --quiet --require-hashes -r requirements-spark.lock
	$(SPARK)/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

spark: $(SPARK)/.installed

# dbt stands apart, its packages clash with ours: a test builds the same models with it and compares every row.
$(DBT)/.installed: requirements-dbt.lock
	$(PYTHON) -m venv $(DBT)
	$(DBT)/bin/python -m pip install --quiet --require-hashes -r $<
	touch $@

dbt: $(DBT)/.installed

# Pins and hashes anew, after a change of dependencies in pyproject.toml.
COMPILE := uv pip compile --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet
LOCK := $(COMPILE) pyproject.toml --extra build
lock:
	$(LOCK) -o requirements.lock
	$(LOCK) --extra ocr -o requirements-ocr.lock
	$(LOCK) --extra ocr --extra bench --extra dev -o requirements-dev.lock
	$(LOCK) --extra spark --extra test -o requirements-spark.lock
	{ echo dbt-core==1.11.16; echo dbt-duckdb==1.11.1; grep -o '^duckdb==[0-9.]*' requirements.lock; } | \
		$(COMPILE) - -o requirements-dbt.lock

warehouse: $(VENV)/.installed
	$(BIN)/gouji build --warehouse $(WAREHOUSE)

test: $(VENV)/.dev $(DBT)/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --numprocesses 2

# The long form of what `make test` has of faults: builds killed before every change that they make and at 72 random
# moments, every block of a warehouse damaged, 20,000 fuzzed inputs. An hour and a half on one busy core; what was done
# is printed. Atheris joins in where it is installed (the extra `fuzz`).
test-faults: $(VENV)/.dev
	GOUJI_FAULT_KILLS=200 GOUJI_FUZZ_INPUTS=20000 $(BIN)/python -m pytest tests/warehouse/faults

# The samples on Spark, local[2], and on DuckDB: every table the same, types too.
test-spark: $(SPARK)/.installed
	GOUJI_TEST_SPARK=1 $(SPARK)/bin/python -m pytest tests/spark

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Runs the notebooks on the sample reports and keeps what they show; a test fails when that drifts.
notebooks: $(VENV)/.dev
	$(BIN)/gouji build --warehouse target/notebooks.duckdb
	$(BIN)/python -m warehouse.notebooks target/notebooks.duckdb

# Regenerates the CLI reference and the data dictionary; a test fails when they drift.
docs: $(VENV)/.dev
	$(BIN)/python -m warehouse.docs

# The PDF reader beside pdfplumber, which is an extra; what prose costs; the models beside a plain script and dbt:
# see benchmarks/README.md.
bench: $(VENV)/.dev $(DBT)/.installed
	$(BIN)/python -m benchmarks.pdf_tables
	$(BIN)/python -m benchmarks.prose
	$(BIN)/python -m benchmarks.transforms

clean:
	rm -rf $(VENV) $(DBT) $(SPARK) target .mypy_cache .ruff_cache .pytest_cache
