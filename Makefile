# Two commands run everything: `make demo` and `make test`. All state lives in VAR_DIR (var/).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

export PORT ?= 8000
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo demo-setup serve-elasticsearch test lint types tests tests-postgres bench bench-money bench-scale messages clean

help:
	@grep -E '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 22

demo: demo-setup ## everything, then the site on http://127.0.0.1:8000 (PORT= changes it)
	@exec $(BIN)/python manage.py serve

demo-setup: $(VENV)/.installed ## everything but serving
	@$(BIN)/python manage.py demo_setup

serve-elasticsearch: $(VENV)/.installed ## the demo, searching on a real Elasticsearch (Maven and a JDK 17 are needed)
	@exec $(BIN)/python -m tests.servers elasticsearch -- $(SHELL) -euc \
	  '$(BIN)/python manage.py demo_setup; $(BIN)/python manage.py search_rebuild; exec $(BIN)/python manage.py serve'

$(VENV)/.installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --requirement requirements.txt
	@touch $@

$(VENV)/.tested: requirements.txt tests/requirements.txt $(VENV)/.installed
	@$(BIN)/pip install --quiet --requirement tests/requirements.txt
	@touch $@

test: ## install what is missing, then linters, types and all tests
	@.ci/install
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint types
	@$(MAKE) --no-print-directory tests tests-postgres

lint: $(VENV)/.tested ## ruff, import-linter, djlint, migrations
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(BIN)/lint-imports --no-cache | tail -n 3
	$(BIN)/djlint --quiet --lint marketplace search brokers cms
	$(BIN)/python manage.py makemigrations --check --dry-run

types: $(VENV)/.tested ## mypy with django-stubs
	$(BIN)/mypy --no-error-summary manage.py marketplace search brokers cms

tests: $(VENV)/.tested ## all tests, on SQLite, both search engines and the loopback gateway
	$(BIN)/python manage.py compile_messages
	$(BIN)/pytest --numprocesses 2 --dist loadgroup

tests-postgres: $(VENV)/.tested ## the suites of listings, money, jobs and permissions, on PostgreSQL
	$(BIN)/python -m tests.servers postgres -- $(BIN)/pytest -m "not browser" \
	  --numprocesses 2 --dist loadgroup --ignore tests/listings/test_bad_input.py \
	  tests/accounts tests/files tests/listings tests/outbox tests/money tests/settlement tests/payments tests/deals/test_services_*.py tests/deals/test_crashes.py

messages: $(VENV)/.tested ## collect the interface strings into the catalogues
	$(BIN)/python manage.py makemessages --locale zh_Hans --no-obsolete --no-location --no-wrap \
	  --extension html,txt,py --ignore var --ignore tests --ignore .venv

bench: $(VENV)/.tested ## figures, side by side
	$(BIN)/python -m tests.bench

bench-money: $(VENV)/.tested ## settling beside bare inserts, proofs of a million rows, 200,000 steps of the invariants
	$(BIN)/python -m tests.servers postgres -- $(BIN)/python -m tests.bench.settling
	$(BIN)/python -m tests.servers postgres -- $(BIN)/python -m tests.bench.proving
	INVARIANT_STEPS=200000 $(BIN)/pytest --numprocesses 2 tests/settlement/test_invariants.py

bench-scale: $(VENV)/.tested ## how both engines grow to half a million listings; it takes long
	$(BIN)/python -m tests.bench.scale

clean: ## remove the virtual environment and all state
	rm -rf $(VENV) var
