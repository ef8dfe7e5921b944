# `make` alone explains itself. Every target sets up what it needs first, from uv.lock.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
# Bytecode is written even where the environment forbids it: without it every process compiles everything again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "; print "Usage: make TARGET\n"} /^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# uv itself comes from PyPI into a folder of its own where the machine has none.
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)

.uv/bin/uv:
	@echo "Installing uv $(UV_VERSION) into .uv"
	@$(PYTHON) -m venv .uv && .uv/bin/pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"

$(VENV)/.locked: uv.lock pyproject.toml | $(filter .uv/bin/uv,$(UV))
	@echo "Installing the locked packages into $(VENV)"
	@$(UV) sync --frozen --all-extras --quiet --compile-bytecode --python $(PYTHON)
	@touch $@

.PHONY: setup
setup: $(VENV)/.locked ## Install everything: Python packages from the lock, Debian packages where root
	@bash scripts/debian_packages.sh

.PHONY: run
run: setup ## Run the sample council's six months and two quarters through Airflow, and say where each file is
	@$(BIN)/pmf demo

.PHONY: up
up: setup ## Start Airflow with its web page on this machine (stop with Ctrl-C)
	@exec $(BIN)/pmf up

.PHONY: up-distributed
up-distributed: setup ## Start what docker-compose.yaml describes on this machine: two Celery workers, PostgreSQL, Redis (stop with Ctrl-C)
	@bash scripts/debian_packages.sh distributed
	@exec $(BIN)/pmf up-distributed

.PHONY: test
test: setup ## Run every test: on SQLite, and on PostgreSQL where its server programs are installed
	@bash scripts/debian_packages.sh tests
	@$(BIN)/pytest --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: faults
faults: setup ## Inject twenty faults and print what the independent checker saw (FAULTS=full: at every step of each)
	@bash scripts/debian_packages.sh tests
	@PMF_FAULTS=$(or $(FAULTS),faults) $(BIN)/python tests/faults --numprocesses 2

.PHONY: lint
lint: $(VENV)/.locked ## Check style, types and formatting
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

.PHONY: format
format: $(VENV)/.locked ## Rewrite the sources in the house format
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

.PHONY: audit
audit: $(VENV)/.locked ## Ask PyPI for known vulnerabilities in what uv.lock installs in production (needs the network)
	@mkdir -p var
	@$(UV) export --quiet --frozen --no-dev --all-extras --no-emit-project --output-file var/requirements.txt > /dev/null
	@$(BIN)/pip-audit --requirement var/requirements.txt --require-hashes --disable-pip --strict --progress-spinner off

.PHONY: sbom
sbom: $(VENV)/.locked ## Write var/sbom.json: every package of uv.lock that production installs, with hashes (CycloneDX)
	@mkdir -p var
	@$(UV) export --quiet --frozen --no-dev --all-extras --format cyclonedx1.5 --preview-features sbom-export --output-file var/sbom.json > /dev/null
	@echo "var/sbom.json"

.PHONY: bench
bench: $(VENV)/.locked ## Time the parts against their peers: small sizes; FULL=1 takes the sizes of docs/performance.md, and writes it
	@$(BIN)/python benchmarks/run.py $(if $(FULL),--full --page docs/performance.md)
