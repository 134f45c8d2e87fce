# On a machine with Python 3.11+ (with venv), git and make, every target sets up what it needs.
PYTHON ?= python3
UV := .tools/bin/uv
RUN := .venv/bin
EXTRAS := --extra web --extra frames --extra track --extra live --extra terminal

.PHONY: help run serve test test-all test-browser test-spark test-torch calibration lint check catalog docs docs-write release bench mutation clean

help: ## the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort

.tools/ready:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "wattgram needs Python 3.11 or newer; name one: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check uv
	touch $@

.venv/ready-run: .tools/ready pyproject.toml uv.lock
	$(UV) sync --quiet --frozen --inexact --compile-bytecode --no-dev $(EXTRAS) --python $(PYTHON)
	$(RUN)/python -m compileall -q src
	touch $@

.venv/ready-dev: .tools/ready pyproject.toml uv.lock
	$(UV) sync --quiet --frozen --inexact --compile-bytecode --python $(PYTHON)
	$(RUN)/python -m compileall -q src
	touch $@

run: .venv/ready-run ## set up and run the main job
	$(RUN)/wattgram estimate 8xA100-SXM4-80GB 100h aws:us-east-1
	@echo; echo "The same in your browser: make serve   (http://127.0.0.1:8000, nothing leaves this machine)"

serve: .venv/ready-run ## the web calculator on http://127.0.0.1:8000
	$(RUN)/wattgram serve

test: .venv/ready-dev ## set up and pass the tests (under two minutes on two cores)
	$(RUN)/python -m pytest -q -n auto -m "not slow"

.venv/ready-slow: .venv/ready-dev
	$(UV) sync --quiet --frozen --inexact --compile-bytecode --group slow --group docs --python $(PYTHON)
	touch $@

.tools/axe/ready: .tools/ready
	npm install --silent --no-audit --no-fund --prefix .tools/axe axe-core@4
	touch $@

test-browser: .venv/ready-slow .tools/axe/ready ## the page in Debian's Chromium, with axe-core
	$(RUN)/python -m pytest -q -n auto -m browser

test-spark: .venv/ready-slow ## tables on Spark (Java 17)
	$(RUN)/python -m pytest -q -m spark

test-torch: .tools/ready ## real Trainer, Lightning and Keras loops, in an environment of their own
	PYTHON=$(PYTHON) tests/tracker/torch_environment.sh

test-all: .venv/ready-slow ## every test, the slow ones too (a browser, Spark: skipped where they are missing)
	$(RUN)/python -m pytest -q -n auto

lint: .venv/ready-dev ## style, types, layers
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports

check: .venv/ready-dev ## every row of the catalog against its schema, ranges and sources
	$(RUN)/wattgram catalog check

RAW ?=
catalog: .tools/ready ## build the catalog: from raw tables (RAW=folder), or defaults and additions alone
	$(UV) sync --quiet --frozen --inexact --group build --python $(PYTHON)
	$(RUN)/python tools/build_catalog.py $(RAW)

docs: .venv/ready-slow ## the documentation as a site, into site/
	$(RUN)/python tools/build_reference.py
	NO_MKDOCS_2_WARNING=1 $(RUN)/python -m mkdocs build --strict

docs-write: .venv/ready-slow ## renew the reference pages and the output shown in every page
	$(RUN)/python tools/build_reference.py --write
	$(RUN)/python tools/doc_blocks.py --write

release: .tools/ready ## wheel, sdist, SBOM and checksums, built twice and compared, into dist/
	$(PYTHON) tools/release.py $(RELEASE)

bench: .venv/ready-dev ## timings as ratios in one run
	$(RUN)/python benchmarks/speed.py
	$(RUN)/python benchmarks/tracker.py --seconds 10
	$(RUN)/python benchmarks/web.py --seconds 5
	$(RUN)/python benchmarks/batch.py --rows 300000

calibration: .venv/ready-dev ## the tables of docs/accuracy.md, from the measured cases
	$(RUN)/python benchmarks/calibration.py --write

mutation: .tools/ready ## how many small faults in the arithmetic the tests notice (twenty minutes)
	$(UV) run --frozen --with cosmic-ray==8.7.0 --python $(PYTHON) python tools/mutation.py

clean: ## remove what the targets made
	rm -rf .tools .venv .venv-torch dist site .pytest_cache .mypy_cache .ruff_cache .hypothesis
