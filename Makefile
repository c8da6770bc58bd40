# CareCoord. `make` alone lists what there is.
# Needs Python 3.11 or newer: `make run PYTHON=/path/to/python3.12` when none is found by name.

VENV := .venv
BIN := $(VENV)/bin
OLD_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	$$name -c '$(OLD_ENOUGH)' 2>/dev/null && echo $$name && break; done)
PORT ?= 8000
ARGS ?=
export PORT

# A lock is installed when the stamp of its content exists; the development lock holds the other.
stamp = $(VENV)/installed-$(1)-$(firstword $(shell cksum requirements/$(1).txt))
embedded_stamp := $(call stamp,embedded)
dev_stamp := $(call stamp,dev)
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-compile
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml
# Enough to read the settings without a database.
NO_SERVICES := SECRET_KEY=unused DATABASE_URL=postgres://unused

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check bench fmt messages lock clean

help: ## list these commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

run: $(if $(wildcard $(dev_stamp)),,$(embedded_stamp)) ## start CareCoord with its demo on http://localhost:8000 (PORT=8001 for another port)
	@$(BIN)/python manage.py up

test: $(dev_stamp) ## run the tests, two at a time (ARGS="tests/core -k name" for some, ARGS="-n 0" for one at a time)
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

check: $(dev_stamp) ## lint, formatting, types, floors, security, missing migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --quiet --lint templates
	$(NO_SERVICES) $(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml .
	$(BIN)/python manage.py makemigrations --check --dry-run

bench: $(dev_stamp) ## measure the figures of docs/performance.md on a database of its own (ARGS="--patients 1000 --appointments 0": quicker)
	rm -rf .carecoord-bench
	CARECOORD_HOME=$(CURDIR)/.carecoord-bench $(BIN)/python manage.py bench $(ARGS)

fmt: $(dev_stamp) ## format Python and templates
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	-$(BIN)/djlint --quiet --reformat templates

messages: $(dev_stamp) ## collect and compile the translations (needs gettext)
	$(BIN)/python manage.py makemessages --all --no-location --ignore=.venv
	$(BIN)/python manage.py compilemessages --ignore=.venv

lock: $(dev_stamp) ## write requirements/*.txt anew (UPGRADE=--upgrade for the newest versions)
	$(COMPILE) $(UPGRADE) -o requirements/base.txt
	$(COMPILE) $(UPGRADE) --extra embedded -c requirements/base.txt -o requirements/embedded.txt
	$(COMPILE) $(UPGRADE) --extra embedded --extra test --extra dev -c requirements/embedded.txt -o requirements/dev.txt

clean: ## delete the demo's data and every generated file, keep .venv
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m carecoord.embedded.remove; fi
	rm -rf staticfiles .carecoord-bench .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -exec rm -rf {} +

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "CareCoord needs Python 3.11 or newer. Name one: make PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -c '$(OLD_ENOUGH)' || { echo "$(PYTHON) is older than 3.11. Name a newer one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) has no venv module. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(embedded_stamp) $(dev_stamp): | $(BIN)/python
	@echo "Installing requirements/$(word 2,$(subst -, ,$(notdir $@))).txt (the first time takes half a minute) ..."
	@$(INSTALL) -r requirements/$(word 2,$(subst -, ,$(notdir $@))).txt
	@rm -f $(VENV)/installed-$(word 2,$(subst -, ,$(notdir $@)))-*
	@touch $@
