# Everything here works on a machine that has only Python 3.11, pip and make.
# Each target makes its own virtual environment in .venv and installs what it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
DEMO := $(VENV)/.demo
ENGINES := .engines

.PHONY: help demo test engines torture mutants check generate recording format bench clean

help: ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(DEMO) ## Create, wait for and download an image, without an API key
	@sh demo.sh $(BIN)

test: $(INSTALLED) ## Run all tests
	$(BIN)/python -m pytest -n auto --maxprocesses 8 --dist worksteal

engines: $(INSTALLED) ## Install LibreOffice, GNU parallel, Snakemake and Airflow, and test with them
	sh tests/engines/install.sh $(ENGINES)
	$(BIN)/python -m pytest -q -m engines tests/engines

torture: $(INSTALLED) ## Kill the program at 300 moments, interrupt it at 600; nothing may be lost
	LUMA_KILLS=200 LUMA_SIGNALS=200 $(BIN)/python -m pytest -q -s tests/money/test_kills.py \
		tests/money/test_signals.py
	LUMA_KILLS=100 LUMA_SIGNALS=100 $(BIN)/python -m pytest -q -s \
		tests/money/test_batch_kills.py tests/money/test_batch_signals.py
	LUMA_SEEDS=4 EXAMPLES=400 $(BIN)/python -m pytest -q tests/batch/test_pace.py \
		tests/batch/test_pace_decisions.py

mutants: $(INSTALLED) ## Put 60 small faults into the code, and list those that no test notices
	$(BIN)/python -m benchmarks.mutants

check: $(INSTALLED) ## Check format, lint, types and generated files
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/python -m luma_cli.docgen --check

generate: $(INSTALLED) ## Write completions/ and man/
	$(BIN)/python -m luma_cli.docgen --write

recording: $(INSTALLED) ## Draw docs/terminal.svg from a real run
	$(BIN)/python docs/record.py

format: $(INSTALLED) ## Rewrite the code in the one format
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: $(INSTALLED) ## Compare speed and memory with their bounds (needs curl and xargs)
	$(BIN)/python -m benchmarks.startup
	$(BIN)/python -m benchmarks.waiting
	$(BIN)/python -m benchmarks.transfers
	$(BIN)/python -m benchmarks.journal
	$(BIN)/python -m benchmarks.batch_journal
	$(BIN)/python -m benchmarks.sandbox
	$(BIN)/python -m benchmarks.answers
	$(BIN)/python -m benchmarks.batch_rows
	$(BIN)/python -m benchmarks.batch_scale
	$(BIN)/python -m benchmarks.batch

clean: ## Remove what the other targets made
	rm -rf $(VENV) $(ENGINES) demo dist

define CHECK_PYTHON
@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit( \
	"error: this needs Python 3.11 or newer; try `make $(MAKECMDGOALS) PYTHON=python3.12`")'
endef

$(DEMO): pyproject.toml
	$(CHECK_PYTHON)
	@echo 'Installing the program and its sandbox into $(VENV); this takes about a minute.'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[sandbox]'
	@touch $@

# `--group` needs pip 25.1, newer than the one Python 3.11 brings.
$(INSTALLED): pyproject.toml
	$(CHECK_PYTHON)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev -e '.[explore,sandbox]'
	@touch $@
