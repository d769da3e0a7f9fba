# The two commands: `make run` and `make test`. Both set up what they need in .venv.
# On a machine that has everything (a GPU host without a network): make gpu PY=python3

PYTHON ?= python3
PY ?= .venv/bin/python
NEEDS_RUN := $(if $(filter .venv/bin/python,$(PY)),.venv/.run)
NEEDS_DEV := $(if $(filter .venv/bin/python,$(PY)),.venv/.dev)

.PHONY: run test lint check format slow gpu bench bench-gpu clean

run: $(NEEDS_RUN)
	$(PY) -m pwc_bench run --models all

test: $(NEEDS_DEV)
	$(PY) -m pytest -m "not gpu and not slow" --cov --cov-report=term

lint: $(NEEDS_DEV)
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"

check: lint test

format: $(NEEDS_DEV)
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

slow: $(NEEDS_DEV)
	$(PY) -m pytest -m "slow and not gpu"

# Proves the code paths that need a CUDA device.
gpu: $(NEEDS_DEV)
	$(PY) -m pytest -m gpu

# Our pipeline against timm's loader and models, as ratios; further options: make bench BENCH="--data DIR --images 200"
bench: $(NEEDS_RUN)
	$(PY) -m tests.benchmarks $(BENCH)

# The same on a GPU with 50,000 files, then records of the paper's twelve variants; needs 8 GB of scratch disk.
bench-gpu: $(NEEDS_RUN)
	$(PY) -m tests.benchmarks --device cuda --precision bf16 --images 50000 $(BENCH)

.venv/bin/python:
	$(PYTHON) -c "import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 14) else 'pwc-bench needs Python 3.11 to 3.13: make PYTHON=python3.12')"
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"

.venv/.run: pyproject.toml | .venv/bin/python
	@echo "installing pwc-bench into .venv (torch is large: some minutes)"
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/.dev: pyproject.toml .venv/.run
	@echo "installing the tools for tests and checks"
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@

clean:
	rm -rf .venv site build dist .coverage .mypy_cache .ruff_cache .pytest_cache
