# On a machine with Python 3.11+ (with venv), git and make, every target sets up what it needs.
PYTHON ?= python3
UV := .tools/bin/uv
RUN := .venv/bin

.PHONY: help run test test-all lint check catalog bench clean

help: ## the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort

.tools/ready:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "wattgram needs Python 3.11 or newer; name one: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check uv
	touch $@

.venv/ready-run: .tools/ready pyproject.toml uv.lock
	$(UV) sync --quiet --frozen --inexact --compile-bytecode --no-dev --python $(PYTHON)
	$(RUN)/python -m compileall -q src
	touch $@

.venv/ready-dev: .tools/ready pyproject.toml uv.lock
	$(UV) sync --quiet --frozen --inexact --compile-bytecode --python $(PYTHON)
	$(RUN)/python -m compileall -q src
	touch $@

run: .venv/ready-run ## set up and run the main job
	$(RUN)/wattgram estimate 8xA100-SXM4-80GB 100h aws:us-east-1

test: .venv/ready-dev ## set up and pass the tests (under two minutes on two cores)
	$(RUN)/python -m pytest -q -n auto -m "not slow"

test-all: .venv/ready-dev ## every test, the slow ones too
	$(RUN)/python -m pytest -q -n auto

lint: .venv/ready-dev ## style, types, layers
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports

check: .venv/ready-dev ## every row of the catalog against its schema, ranges and sources
	$(RUN)/wattgram catalog check

RAW ?= ../shared/data
catalog: .tools/ready ## build the catalog from raw tables (RAW=folder)
	$(UV) sync --quiet --frozen --inexact --group build --python $(PYTHON)
	$(RUN)/python tools/build_catalog.py $(RAW)

bench: .venv/ready-dev ## timings as ratios in one run
	$(RUN)/python benchmarks/speed.py

clean: ## remove what the targets made
	rm -rf .tools .venv dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
