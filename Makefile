# The commands of Seedbed. Each begins with `make setup`, which is instant when nothing has changed.
# Paths are relative on purpose: the checkout may lie below a folder with spaces in its name.
#
#   PORT=8001 make demo             another port
#   SEEDBED_STATE=/data make demo   another state folder (default .seedbed, for tests .seedbed-test)
#   make test ARGS="tests/merchants -k money"

SHELL := /bin/sh
PY := .venv/bin/python
ARGS ?=

# A name on PATH may be the shim of a version manager that stands for nothing: try each one.
FIND_PYTHON = for python in python3.11 python3.12 python3.13 python3.14 python3; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then break; fi; python=; \
	done; \
	if [ -z "$$python" ]; then echo "Seedbed needs Python 3.11 or newer, and none was found on PATH." >&2; exit 1; fi

.PHONY: help setup demo test reset lint messages bench lock

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

setup:  ## build .venv from the locked requirements, compile the messages
	@$(FIND_PYTHON); exec $$python -I portal/embedded/bootstrap.py

demo: setup  ## servers, demo world, web and workers on 127.0.0.1:8000, until Ctrl-C
	@exec $(PY) -m portal.embedded demo

test: setup  ## all tests on servers of their own; ARGS are pytest's
	@exec $(PY) -m portal.embedded test $(ARGS)

reset:  ## empty the state folder (refused while something runs in it)
	@$(FIND_PYTHON); exec $$python -m portal.embedded reset

lint: setup  ## style, types, the import contract, templates
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	PYTHONPATH=. .venv/bin/lint-imports
	$(PY) -m mypy portal merchants measurement leads
	git ls-files -z 'templates/*.html' 'templates/**/*.html' | xargs -0r .venv/bin/djade --check --target-version 5.2

messages: setup  ## collect the translatable texts into portal/locale
	$(PY) manage.py messages

LOCKED = uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11

lock:  ## renew both lock files from pyproject.toml; needs uv
	$(LOCKED) pyproject.toml -o requirements.txt
	$(LOCKED) --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

bench: setup  ## the measurements of benchmarks/; ARGS are passed on
	@exec $(PY) -m benchmarks $(ARGS)
