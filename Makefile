.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV := .venv
PYTHON ?= python3.11
export PYTHONDONTWRITEBYTECODE :=
export UV_NO_PROGRESS := 1

# What `make run` uses; all of it can be set from outside.
export SCREENING_STORE ?= $(CURDIR)/var/store
export SCREENING_PROFILE ?= $(CURDIR)/sample_data/profile.toml
export SCREENING_INBOX ?= $(CURDIR)/sample_data/inbox
NIGHT ?= 2026-11-23

.PHONY: help setup run airflow review test quick check mutation supply release store-test walk cluster cluster-test lock sample schemas exchange-demo clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-13s %s\n", $$1, $$2}'

setup: $(VENV)/compiled ## Make .venv from the lock (quick when nothing changed)
	@:

LOOPS := $(addprefix screening/matching/,compiled.py edits.py joins.py loops.py tokens.py data/tokens.json)
$(VENV)/compiled: $(VENV)/ready $(LOOPS)
	@echo "setup: making the matcher's loops and keys ready (about a minute)"
	@$(VENV)/bin/python -m screening.matching
	@touch $@

$(VENV)/ready: pyproject.toml requirements.lock
	@bash .ci/setup "$(VENV)" "$(PYTHON)"

run: setup ## Screen the sample night by the real Airflow DAG and show its result
	@$(VENV)/bin/screening airflow run --night $(NIGHT) --sample

airflow: setup ## Start Airflow's own pages with the same DAGs (address and log-in are printed)
	@$(VENV)/bin/screening airflow serve

review: setup ## Start the review of hits in a browser (the sample night, on the loopback)
	@$(VENV)/bin/screening review

test: check ## Style, types, import direction and all tests
	@$(VENV)/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -q

quick: check ## The same without whole nights, Airflow and other slow tests: the inner loop
	@$(VENV)/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -q -m "not slow"

check: setup ## Style and types only
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check . && $(VENV)/bin/mypy && $(VENV)/bin/lint-imports --no-logo

exchange-demo: setup ## Two agencies exchange alert lists, withdraw, refuse forged packages (a few seconds)
	@PYTHONPATH=. $(VENV)/bin/python docs/exchange-demo/run.py var/exchange-demo

mutation: setup ## Mutation run over the rule modules, not part of `make test` (MODULE=manifests/join for one)
	@$(VENV)/bin/uv pip install --quiet --no-deps --require-hashes --target var/mutmut -r tests/mutation/requirements.txt
	@PYTHONPATH=var/mutmut $(VENV)/bin/python tests/mutation/run.py $(ARGUMENTS) $(MODULE)

supply: setup ## Known vulnerabilities, licences and bill of materials of the locks, not part of `make test` (AUDIT)
	@$(VENV)/bin/uv pip install --quiet --require-hashes --python $(VENV)/bin/python -r requirements-celery.lock
	@$(VENV)/bin/uv venv --quiet --allow-existing --python $(VENV)/bin/python var/supply
	@$(VENV)/bin/uv pip install --quiet --no-deps --require-hashes --python var/supply/bin/python \
		-r tests/supply/requirements.txt
	@var/supply/bin/python tests/supply/run.py var/supply/out $(AUDIT)

release: test supply ## Test, check the supply, then write wheel, lock, bill of materials and their hashes into dist/
	@rm -rf dist && SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(VENV)/bin/python -m hatchling build -t wheel -d dist
	@cp requirements*.lock var/supply/out/sbom.json dist/
	@cd dist && sha256sum -- *.whl requirements*.lock sbom.json > SHA256SUMS && cat SHA256SUMS

store-test: setup ## Kills and faults of nights on object storage, not part of `make test` (a quarter of an hour)
	@$(VENV)/bin/python -m pytest -q tests/store_faults.py

walk: setup ## Random walk over a small store, 2,000 steps (half an hour), not part of `make test` (STEPS, SEED)
	@PYTHONPATH=. $(VENV)/bin/python tests/walk.py $(or $(STEPS),2000) $(or $(SEED),0)

cluster: setup ## PostgreSQL, Redis, Airflow's parts and two Celery workers on this machine; not part of `make test`
	@deploy/one-machine/cluster up

cluster-test: setup ## Kill each part of the cluster in the middle of a night (CASES=…); not part of `make test`
	@export CLUSTER=$(CURDIR)/var/cluster-test CLUSTER_PORT=8180; deploy/one-machine/cluster prepare && \
		$(VENV)/bin/python -m tests.cluster.proof $(CASES)

COMPILE := uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet
lock: ## Compile requirements.in and requirements-celery.in anew
	$(COMPILE) requirements.in -o requirements.lock
	$(COMPILE) requirements-celery.in -o requirements-celery.lock

sample: setup ## Make sample_data anew (same bytes each time)
	@$(VENV)/bin/screening generate --out sample_data --night $(NIGHT) --seed 1

schemas: setup ## Write schemas/ and the generated pages of docs/ anew
	@$(VENV)/bin/screening schemas --out .

clean: ## Remove what `make run` wrote
	rm -rf var
