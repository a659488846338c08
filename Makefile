# Everything happens in .venv, which is made on first use from a lock with hashes. `make help` lists the commands.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# The first interpreter that qdecon supports and that can make an environment; `make PYTHON=... report` names another.
USABLE := import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3 /usr/bin/python3; do \
	$$python -c '$(USABLE)' 2> /dev/null && echo $$python && break; done)
PY := .venv/bin/python
PIP := $(PY) -m pip -qq --disable-pip-version-check --no-input
NOTEBOOKS = $(wildcard notebooks/*.ipynb)
UV := uv==0.13.9

# One thread, so that sums are added in one order; bytecode is kept, since imports are three times slower without; nothing of
# the user's own configuration reaches a notebook or a figure.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
export PYTHONUTF8 := 1
export TZ := UTC
export IPYTHONDIR := $(CURDIR)/.venv/ipython
export MPLCONFIGDIR := $(CURDIR)/.venv/matplotlib
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONWARNINGS MPLBACKEND

.PHONY: help report figures explore lab notebooks readme record test lint types data-check figures-check notebooks-check tests soak fuzz bench tidy lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

report: .venv/.runtime  ## judge every target, print the scorecard, refresh figures/, write the pages of report/
	@$(PY) -m qdecon scorecard
	@$(PY) -m qdecon figures
	@$(PY) -m qdecon report

figures: .venv/.runtime  ## refresh figures/ only
	@$(PY) -m qdecon figures

explore: .venv/.develop  ## open the page on which the assumptions can be moved, until Ctrl-C
	@$(PY) -m qdecon explore

lab: .venv/.develop  ## open the notebooks in JupyterLab, the scenarios first
	@$(PY) -m jupyterlab --notebook-dir=notebooks notebooks/30-scenarios.ipynb

notebooks: .venv/.develop  ## run all notebooks top to bottom and store their outputs in normal form
	@$(PY) -m ruff check --quiet --fix-only notebooks
	@$(PY) -m ruff format --quiet notebooks
	@$(PY) -m tools.notebooks

readme: .venv/.develop  ## fill the generated parts of README.md from a run
	@$(PY) -m tools.readme

record: .venv/.runtime  ## replay the projections on the peers and rewrite data/record/
	@$(PY) -m qdecon backtest --folder data/record
	@$(PY) -m qdecon backtest --badges --folder data/record
	@$(PY) -m tools.datapackage

test: lint types data-check figures-check notebooks-check tests  ## everything that CI runs

lint: .venv/.develop  ## style and formatting
	@echo "== style (ruff)"
	@$(PY) -m ruff check --quiet --output-format=concise .
	@$(PY) -m ruff format --check --quiet . || { echo "not formatted: run 'make tidy'"; exit 1; }

types: .venv/.develop  ## static types
	@echo "== types (mypy)"
	@$(PY) -m mypy --no-error-summary

data-check: .venv/.develop  ## all data folders by the data contract
	@echo "== data"
	@$(PY) -m qdecon check

figures-check: .venv/.develop  ## figures/ is what the data give
	@echo "== figures"
	@$(PY) -m qdecon figures --check

notebooks-check: .venv/.develop  ## every stored notebook output is what a fresh run gives (locked Python 3.11 only)
	@if $(PY) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; then \
		echo "== notebooks (nbval, strict)"; \
		$(PY) -m pytest -c /dev/null --rootdir . -p no:cacheprovider -q -n auto --dist loadscope \
			--nbval --nbval-current-env $(or $(NOTEBOOKS),notebooks); \
	else \
		echo "== notebooks: not replayed, because their outputs belong to Python 3.11 and this is $$($(PY) -V)"; \
	fi

tests: .venv/.develop  ## unit tests, property tests, doctests, packaging
	@echo "== tests (pytest)"
	@$(PY) -m pytest -q -n auto --dist loadgroup

soak: .venv/.develop  ## the long tests with full counts
	@$(PY) -m pytest -q -n auto --dist loadgroup -m soak --hypothesis-profile=soak

fuzz: .venv/.develop  ## every reader on inputs that follow the code they reach, twenty minutes
	@test -e .fuzz/atheris || $(PIP) install --require-hashes --no-deps --target .fuzz -r requirements/fuzzing.txt
	@PYTHONPATH=.fuzz $(PY) -m tools.fuzz

bench: .venv/.develop  ## accuracy and speed side by side with other libraries, a quarter of an hour
	@bash benchmarks/run.sh $(BENCH)

tidy: .venv/.develop  ## repair style and formatting
	@$(PY) -m ruff check --fix --quiet .
	@$(PY) -m ruff format --quiet .

RESOLVE = --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-header --no-annotate
COMPILE = .lock/bin/uv pip compile pyproject.toml - $(RESOLVE)

lock: .venv/.develop  ## refresh requirements/ and environment.yml from pyproject.toml
	@test -x .lock/bin/uv || { "$(PYTHON)" -m venv .lock; .lock/bin/python -m pip -qq install $(UV); }
	@$(PY) -m tools.environment --backend | $(COMPILE) --all-extras -o requirements/develop.txt > /dev/null
	@$(PY) -m tools.environment --backend | $(COMPILE) -c requirements/develop.txt -o requirements/runtime.txt > /dev/null
	@.lock/bin/uv pip compile benchmarks/requirements.in $(RESOLVE) -o requirements/benchmarks.txt > /dev/null
	@echo 'atheris>=3,<3.1' | .lock/bin/uv pip compile - $(RESOLVE) -o requirements/fuzzing.txt > /dev/null
	@$(PY) -m tools.environment
	@git diff --stat -- requirements environment.yml

clean:  ## remove .venv and all caches
	@rm -rf .venv .lock .bench .fuzz build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@"$(PYTHON)" -c '$(USABLE)' 2> /dev/null || { \
		echo "qdecon needs Python 3.11, 3.12 or 3.13 with its venv module, and found none." >&2; \
		echo "  next: install one (on Debian and Ubuntu: apt-get install python3 python3-venv), or name it:" >&2; \
		echo "        make PYTHON=/path/to/python3.11 $(or $(firstword $(MAKECMDGOALS)),report)" >&2; exit 1; }
	@echo "== environment ($$("$(PYTHON)" -V) in .venv)"
	@"$(PYTHON)" -m venv .venv

# A stamp is newer than its lock once everything of the lock is there. The project itself is linked, not copied. Matplotlib
# lists the fonts once, here: doing so in a notebook it would say so on stderr.
.venv/.runtime .venv/.develop: .venv/.%: requirements/%.txt pyproject.toml | .venv/bin/python
	@echo "== packages (requirements/$*.txt)"
	@$(PIP) install --require-hashes -r $<
	@$(PIP) install --no-deps --no-build-isolation -e .
	@$(PY) -c 'import matplotlib.font_manager'
	@touch $@
