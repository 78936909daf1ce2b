# One door for every task. Nothing is needed before it but Python 3.11+ and make.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: audit sbom fuzz schemathesis secrets compose-check peers pm4py help setup setup-dev run kafka test lint format types contracts chaos rolling bench docs site lock check clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/.setup  ## .venv with the locked dependencies and danze

setup-dev: $(VENV)/.setup-dev  ## the same, with what tests and checks need

run: setup  ## a simulated year of Hengyang in an empty store, clock, API and dashboard in one process (PORT=8431)
	@echo "http://127.0.0.1:$(or $(PORT),8430)/ in a few minutes; at another port: make run PORT=8431"
	$(BIN)/danze run --simulate 0.8 $(if $(PORT),--port $(PORT))

kafka: setup  ## a real Kafka broker on 127.0.0.1:9092 until Ctrl-C (Java 17+, Maven)
	$(BIN)/python -m infra.kafka.broker

test: setup-dev  ## all tests, on real servers, in two processes (ARGS="tests/domain -x" for some, in one)
	$(BIN)/python -m pytest $(or $(ARGS),-n 2 --dist loadfile)

lint: setup-dev  ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: setup-dev  ## ruff: mend what can be mended
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

types: setup-dev  ## mypy --strict
	$(BIN)/mypy

contracts: setup-dev  ## import-linter: arrows point inward
	$(BIN)/lint-imports --no-cache --no-logo

check: lint types contracts audit sbom test  ## what CI runs

chaos: setup-dev  ## break things while actions come in (N=1000 ENGINE=embedded FAULT=kill SEED=1); nothing may be lost or doubled
	$(BIN)/python -W ignore -m tests.faults $(or $(N),100) --seed $(or $(SEED),1) --engine $(or $(ENGINE),distributed) $(if $(FAULT),--fault $(FAULT)) $(if $(LONGEST),--longest $(LONGEST))

rolling: setup-dev  ## a rolling upgrade from the program of an older commit (OLD=commit), while actions come in
	@test -n "$(OLD)" || { echo "from which commit? make rolling OLD=commit" >&2; exit 2; }
	@test -d build/rolling-$(OLD) || git clone --quiet . build/rolling-$(OLD)
	git -C build/rolling-$(OLD) checkout --quiet $(OLD)
	$(MAKE) -s -C build/rolling-$(OLD) setup
	$(BIN)/python -W ignore -m tests.golden.rolling build/rolling-$(OLD)/.venv/bin/danze

schemathesis: setup-dev  ## N=20000 requests to a real server, made from its OpenAPI document (STORE=url)
	$(BIN)/python -m tests.api.fuzz --requests $(or $(N),20000) --seed $(or $(SEED),1) $(if $(STORE),--store '$(STORE)')

fuzz: setup-dev  ## N=100000 broken inputs for decoder, importers, bodies, exports, checkpoints (SEED=1 TARGET=name)
	$(BIN)/python -m tests.fuzz --inputs $(or $(N),100000) --seed $(or $(SEED),1) $(if $(TARGET),--target $(TARGET))

bench: setup-dev  ## all benchmarks in half an hour, and one page of figures in build/ (ARGS="--full --only audit,api")
	$(BIN)/python benchmarks/report.py $(ARGS)

secrets:  ## a master key and a password for docker compose, where there are none yet
	@mkdir -p -m 700 secrets
	@test -s secrets/master_key || head -c 32 /dev/urandom | base64 > secrets/master_key
	@test -s secrets/postgres_password || head -c 24 /dev/urandom | base64 > secrets/postgres_password
	@chmod 444 secrets/*  # the containers' users read them; on this machine the folder keeps others out

compose-check: setup  ## docker-compose.yml runs once, loses a worker and goes on (root, or a Docker daemon; TLS=1: nothing in clear)
	$(BIN)/python tools/compose/check.py $(if $(TLS),--tls)

audit: setup-dev  ## known holes in what is locked; warns where no advisories can be had (DANZE_REQUIRE_AUDIT=1: fails)
	$(BIN)/python tools/supply/audit.py requirements.lock

sbom: setup-dev  ## build/sbom.json: what danze is made of, with licences and hashes, as CycloneDX
	$(BIN)/python tools/supply/sbom.py build/sbom.json

docs: setup-dev  ## write the generated pages, and the outputs on all pages, again
	$(BIN)/danze docs
	$(BIN)/python -m cli.reference.producer clients/python/danze_producer
	$(BIN)/python -m tests.blocks

site: setup-dev  ## docs/ as a site in build/site, with its search, for a browser without any network
	$(BIN)/sphinx-build -q -W -n --keep-going -d build/site.read docs build/site
	@echo "open build/site/index.html"

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock" $(UPGRADE) pyproject.toml

peers:  ## the environment of what benchmarks/distributed.py measures against
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r benchmarks/peers/requirements.lock

pm4py:  ## the environment in which tests/system/test_pm4py.py reads exports
	$(PYTHON) -m venv .venv-pm4py
	.venv-pm4py/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r tools/pm4py/requirements.lock

lock: setup-dev  ## resolve the locks again (UPGRADE=--upgrade for newer versions)
	$(COMPILE) --group build --output-file requirements.lock
	$(COMPILE) --group build --group dev --constraint requirements.lock --output-file requirements-dev.lock

clean:  ## remove what make and the tools made
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "danze needs Python 3.11 or newer; try: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "no virtual environment; on Debian: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.setup: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.setup-dev: requirements-dev.lock | $(VENV)/.setup
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
