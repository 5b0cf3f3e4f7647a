# gouji: two commands set everything up.
#   make warehouse   environment if absent, then build the sample reports and show what was found
#   make test        the same environment with all that tests need, then formatting, lint, types and tests
# Scanned PDF files and pictures are read after
#   make ocr         the same environment with character recognition
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WAREHOUSE ?= target/gouji.duckdb
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1

.PHONY: warehouse ocr lock test test-faults format notebooks docs bench clean

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

# Pins and hashes anew, after a change of dependencies in pyproject.toml.
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--quiet --extra build
lock:
	$(LOCK) -o requirements.lock
	$(LOCK) --extra ocr -o requirements-ocr.lock
	$(LOCK) --extra ocr --extra bench --extra dev -o requirements-dev.lock

warehouse: $(VENV)/.installed
	$(BIN)/gouji build --warehouse $(WAREHOUSE)

test: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --numprocesses 2

# Kills fifty builds at random moments, where `make test` kills a few.
test-faults: $(VENV)/.dev
	GOUJI_FAULT_KILLS=50 $(BIN)/python -m pytest tests/warehouse/test_faults.py

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

# How fast and exact the PDF reader is beside pdfplumber, which is an extra, and what prose costs: benchmarks/README.md.
bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks.pdf_tables
	$(BIN)/python -m benchmarks.prose

clean:
	rm -rf $(VENV) target .mypy_cache .ruff_cache .pytest_cache
