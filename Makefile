# Spinewatch. `make run` and `make test` are all a newcomer needs.
PYTHON ?= python3
PY := .venv/bin/python
ARGS ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1
.DEFAULT_GOAL := help
.PHONY: help run test lint format words screens story thorough bench scale soak venv lock manage clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/installed ## everything: servers, web, workers, demo ward (PORT=8001 chooses the port)
	@exec $(PY) -m tools.run

test: .venv/installed-dev ## the tests on throw-away servers (ARGS='tests/checks -n0' to choose); of some rooms a part
	@exec $(PY) -m tools.with_servers $(PY) -m pytest $(if $(ARGS),$(ARGS),-n 3 --dist loadfile --no-loadscope-reorder tests)

lint: .venv/installed-dev ## ruff, formatting, types, the order of the layers
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports

format: .venv/installed-dev ## let ruff put the code in form
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

words: .venv/installed ## take new words out of the sources into monitoring/locale, and compile
	@$(PY) manage.py makemessages
	@$(PY) manage.py compilemessages

screens: .venv/installed-dev ## a picture of each page in docs/screens (ARGS='board' takes that one)
	@exec $(PY) -m tools.with_servers $(PY) -m tools.screens $(ARGS)

story: .venv/installed-dev ## the paper's three patients played through in two windows, a picture of each station
	@STORY_PICTURES=docs/screens/story exec $(PY) -m tools.with_servers $(PY) -m pytest -n0 -m "thorough or soak" $(ARGS) tests/browser/test_three_patients.py

thorough: .venv/installed-dev ## what `make test` leaves out: the rest of its rooms, crashes at every point, axe, drafts, the lock
	@$(PY) -m tools.with_servers $(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "thorough and not (soak or alone)" $(ARGS) tests
	@$(PY) -m tools.with_servers $(PY) -m pytest -n0 -m "thorough and alone" $(ARGS) tests || [ $$? = 5 ]  # 5: ARGS left none

bench: .venv/installed-dev ## measure check → alert → screen on throw-away servers; prints a table
	@exec $(PY) -m tools.with_servers $(PY) -m tools.bench $(ARGS)

scale: .venv/installed-dev ## the registry of 200,000 operations: its pages, pictures, import and export measured
	@exec $(PY) -m tools.with_servers $(PY) -m tools.registry_scale

soak: .venv/installed-dev ## whole what `make thorough` takes in turns, and what takes hours: a night's work
	@exec $(PY) -m tools.with_servers $(PY) -m pytest -n0 -m soak $(ARGS) tests

manage: .venv/installed ## Django's command line on what `make run` started (ARGS='demo --play')
	@exec $(PY) manage.py $(ARGS)

lock: .venv/installed ## resolve requirements*.in into the pinned requirements*.txt
	@$(PY) -m tools.lock

venv: .venv/installed-dev ## the virtual environment with all tools

clean: ## remove the virtual environment and caches; var/ with its data stays
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "No $(PYTHON) here: install Python 3.11 or later, or name yours with PYTHON=…"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than 3.11: install Python 3.11 or later, or name yours with PYTHON=…"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) has no venv module: install it (Debian, Ubuntu: apt-get install python3-venv)"; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/installed: requirements.txt | .venv/bin/python
	@echo "Installing what requirements.txt pins…"
	@$(PY) -m pip install --quiet -r requirements.txt
	@touch $@

.venv/installed-dev: requirements.txt requirements-dev.txt | .venv/bin/python
	@echo "Installing what requirements-dev.txt pins…"
	@$(PY) -m pip install --quiet -r requirements-dev.txt
	@touch .venv/installed $@
