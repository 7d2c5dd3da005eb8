# `make` alone lists the targets. Every target does the set-up it needs by itself.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# pyright's wrapper would otherwise ask the internet whether it is the newest.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test check bench lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: $(VENV)/development.stamp ## Create .venv with everything that work on the project needs

# Redone only when what it was made from changes. Running needs less than developing.
$(VENV)/run.stamp: requirements/run.txt pyproject.toml
	@echo "Setting up $(VENV) to run the service ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-build-isolation --no-deps -e .
	@$(BIN)/python -m graph.analytics.kernels
	@touch $@

$(VENV)/development.stamp: requirements/development.txt $(VENV)/run.stamp
	@echo "Adding what tests and checks need ..."
	@$(PIP) install --require-hashes -r requirements/development.txt
	@touch $@

demo: $(VENV)/run.stamp ## Show Wholemap at work on an invented neighbourhood (DEMO=once ends by itself)
	@$(BIN)/wholemap demo $(if $(filter once,$(DEMO)),--once)

serve: $(VENV)/run.stamp ## Run the service on this machine
	@$(BIN)/wholemap serve

test: $(VENV)/development.stamp ## Run the tests, all of them or T="tests/test_house.py -k compose"
	@$(BIN)/python -m pytest $(or $(T),--numprocesses 2)

check: $(VENV)/development.stamp ## Check format, lint, types, the way of imports and the room of the Cypher
	@echo "ruff format" && $(BIN)/ruff format --check --quiet
	@echo "ruff check" && $(BIN)/ruff check --quiet
	@echo "pyright" && $(BIN)/pyright --pythonpath $(BIN)/python
	@echo "import-linter" && $(BIN)/lint-imports --no-logo
	@echo "house and Cypher" && $(BIN)/python -m pytest -q tests/test_cypher_is_kept_in_its_room.py tests/test_house.py

bench: $(VENV)/development.stamp ## Measure against a peer in the same run
	@$(BIN)/python -m bench $(B)

lock: ## Compile requirements/*.in into hashed .txt files (needs uv; UPGRADE=--upgrade takes newer ones)
	@uv pip compile $(LOCK) --output-file requirements/run.txt requirements/run.in
	@uv pip compile $(LOCK) --constraint requirements/run.txt \
		--output-file requirements/development.txt requirements/run.in requirements/development.in
LOCK = --quiet --universal --python-version 3.11 --generate-hashes $(UPGRADE) \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

clean: ## Remove the environment, what was built and what was cached
	@rm -rf $(VENV) .cache .hypothesis .import_linter_cache .pytest_cache .ruff_cache build *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
