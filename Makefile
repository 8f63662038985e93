# Every target does its own set-up: Python 3.11 or newer, make and git are all it needs.
# A change to the lock or to pyproject.toml installs again; otherwise the second run starts at once.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
RUN := $(VENV)/bin/python -m
READY := $(VENV)/.ready
# Sphinx and its theme have a place of their own: nothing else needs them.
SITE_VENV := .cache/site-venv
SITE_READY := $(SITE_VENV)/.ready
SITE ?= build/site
JOBS ?= auto
# Some of the slow tests wait for most of their time, and one takes a minute and a half: more
# workers than cores, who take tests from each other.
SLOW_JOBS ?= $(if $(filter auto,$(JOBS)),3,$(JOBS))
# Most of the time they wait: for servers, for timeouts, for each other.
FAULT_JOBS ?= 4
PYTEST_ARGS ?=
DEMO_ARGS ?=
LOCK_ARGS ?=
BENCH_ARGS ?=

# Where bytecode is not kept, each of a thousand processes compiles the bot again, and each of
# pytest's workers every test.
export PYTHONDONTWRITEBYTECODE :=

# `python3` may be older than the one this project asks for, and a name may be a shim of nothing:
# the first that runs, is new enough, and can make a virtual environment is taken.
CANDIDATES := $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python
PROBE := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))

LOCKING := $(RUN) uv pip compile --universal --python-version 3.11 --generate-hashes \
	--only-binary :all: --emit-build-options --no-emit-index-url --no-emit-find-links \
	--no-annotate --quiet --system-certs --custom-compile-command "make lock"
COMPILE := $(LOCKING) pyproject.toml --extra embedded --extra backup

.PHONY: help install demo test test-all test-faults lint format lock docs site bench clean

help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name what; do \
		printf 'make %-11s %s\n' "$$name" "$$what"; done

# A virtual environment in the folder that is given, if there is none that is new enough.
define MAKE_VENV
	@python=; for candidate in $(CANDIDATES); do \
		if "$$candidate" -c '$(PROBE)' 2>/dev/null; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo 'error: no Python 3.11 or newer with venv and ensurepip was found.' >&2; \
		echo 'hint:  Install one (Debian: apt install python3-venv), or name it: make PYTHON=/path/to/python3' >&2; \
		exit 1; \
	fi; \
	if ! "$(1)/bin/python" -c '$(PROBE)' 2>/dev/null; then \
		echo "making $(1) with $$("$$python" --version)"; \
		"$$python" -m venv --clear "$(1)"; \
	fi
endef

install: $(READY) ## Make .venv, with the command in it

$(READY): requirements-dev.txt pyproject.toml
	$(call MAKE_VENV,$(VENV))
	@echo 'installing what requirements-dev.txt locks'
	@$(RUN) pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(RUN) pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## Watch a migration go from pull request to production, on real servers
	@$(RUN) bot demo $(DEMO_ARGS)

test: $(READY) ## Run the tests, without the slow ones
	@$(RUN) pytest -n $(JOBS) --maxprocesses 4 -m 'not slow and not faults' $(PYTEST_ARGS)

test-all: $(READY) ## Run every test, and let the property tests look for new cases
	@HYPOTHESIS_PROFILE=$${HYPOTHESIS_PROFILE:-searching} $(RUN) pytest -n $(SLOW_JOBS) --maxprocesses 4 --dist worksteal $(PYTEST_ARGS)

test-faults: $(READY) ## Kill, cut and starve rollouts, and look what is left
	@$(RUN) pytest -n $(FAULT_JOBS) --dist worksteal -m faults tests/faults $(PYTEST_ARGS)

lint: $(READY) ## Check style, types, and the workflows
	@$(RUN) ruff check
	@$(RUN) ruff format --check --quiet
	@$(RUN) mypy
	@$(VENV)/bin/zizmor --offline --quiet --no-progress --persona pedantic .github/workflows .github/dependabot.yml action.yml
	@$(VENV)/bin/python -m check_jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(VENV)/bin/python -m check_jsonschema --quiet --builtin-schema vendor.github-actions action.yml
	@$(VENV)/bin/python -m check_jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml

format: $(READY) ## Mend what can be mended
	@$(RUN) ruff check --fix
	@$(RUN) ruff format

lock: $(READY) ## Write the lock files anew (LOCK_ARGS=--upgrade for newer versions)
	@$(COMPILE) $(LOCK_ARGS) --extra aws --extra otel --group dev --output-file requirements-dev.txt
	@$(COMPILE) --extra aws --constraint requirements-dev.txt --output-file requirements-aws.txt
	@$(COMPILE) --extra otel --constraint requirements-dev.txt --output-file requirements-otel.txt
	@$(COMPILE) --constraint requirements-dev.txt --output-file requirements.txt
	@$(LOCKING) $(LOCK_ARGS) --group docs --fork-strategy fewest --output-file .ci/requirements-docs.txt
	@$(LOCKING) $(LOCK_ARGS) --group release --constraint requirements-dev.txt --output-file .ci/requirements-release.txt

docs: $(READY) ## Write the pages that are made from the code
	@$(RUN) docs.making

$(SITE_READY): .ci/requirements-docs.txt
	$(call MAKE_VENV,$(SITE_VENV))
	@echo 'installing what .ci/requirements-docs.txt locks'
	@$(SITE_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .ci/requirements-docs.txt
	@touch $@

site: $(SITE_READY) ## Make the site of the documentation, in build/site
	@$(SITE_VENV)/bin/python -m docs.site "$(SITE)"

bench: $(READY) ## Measure it beside others, and write that down (BENCH_ARGS=--again: all of it)
	@$(RUN) benchmarks $(BENCH_ARGS)
	@$(RUN) docs.making

clean: ## Remove everything that was made here
	@rm -rf $(VENV) .cache .migration-bot .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
