# The two commands: `make run` and `make test`. Both set up what they need in .venv.
# On a machine that has everything (a GPU host without a network): make gpu PY=python3

PYTHON ?= python3
VENV ?= .venv
# What is tested is what is installed: the versions of this file. Without it (CONSTRAINTS=) pip takes the newest.
CONSTRAINTS ?= constraints.txt
PY ?= $(VENV)/bin/python
NEEDS_RUN := $(if $(filter $(VENV)/bin/python,$(PY)),$(VENV)/.run)
NEEDS_DEV := $(if $(filter $(VENV)/bin/python,$(PY)),$(VENV)/.dev)
NEEDS_MUTANTS := $(if $(filter $(VENV)/bin/python,$(PY)),$(VENV)/.mutants)
# A folder of wheels, made by `make wheels WHEELS=DIR` on a machine with a network, for one without.
WHEELS ?=
PIP := $(VENV)/bin/python -m pip --quiet --disable-pip-version-check
INSTALL := $(PIP) install $(if $(and $(WHEELS),$(filter-out wheels,$(MAKECMDGOALS))),--no-index --find-links $(WHEELS))
KNOWN := $(if $(CONSTRAINTS),--constraint $(CONSTRAINTS),--upgrade --upgrade-strategy eager)

# Two processes for each CPU, for tests wait as often as they work (a browser, a disk, a child); one that runs out of tests
# takes half of what another has left.
PARALLEL := -n $(shell expr 2 \* $$(getconf _NPROCESSORS_ONLN)) --maxprocesses 8 --dist worksteal

.PHONY: run test quick test-latest test-lowest smoke smoke-latest smoke-lowest smoke-pythons constraints lint check format slow mutants gpu bench bench-gpu records wheels clean

run: $(NEEDS_RUN)
	$(PY) -m pwc_bench run --models all

test: $(NEEDS_DEV)
	$(PY) -m pytest $(PARALLEL) -m "not gpu and not slow" --cov --cov-report=term

# What most changes break first: all but tests in a browser or against PostgreSQL, those of modules that start programs,
# and the folders and files that take the longest: whole sites, benchmarks, simulations, timing, and whole evaluations.
QUICK := $(addprefix --ignore=tests/,benchmarks browser site/build regression/test_calibration.py cli/test_accept.py)
QUICK += $(addprefix --ignore=tests/evaluation/,batch_size test_out_of_memory.py test_containment.py test_campaign.py)
QUICK += --ignore=tests/evaluation/test_guard.py
quick: $(NEEDS_DEV)
	$(PY) -m pytest $(PARALLEL) $(QUICK) -m "not gpu and not slow and not browser and not postgresql and not programs"

# What GitHub runs, here and where somebody copies the examples.
WORKFLOWS := .github action.yml ci/comment/action.yml $(wildcard docs/examples/*.yml)
lint: $(NEEDS_DEV)
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"
	$(patsubst ./%,%,$(dir $(PY))zizmor) --offline --quiet --strict-collection --persona pedantic --config .github/zizmor.yml $(WORKFLOWS)

check: lint test

format: $(NEEDS_DEV)
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

slow: $(NEEDS_DEV)
	$(PY) -m pytest -m "slow and not gpu"

# Changes the rules that judge, one thing at a time, and tells by file how many changes some test notices: at least 90 % must
# be. All of them take an hour or two; `make mutants SAMPLE=150 SEED=1` draws so many.
SAMPLE ?=
SEED ?=
mutants: $(NEEDS_MUTANTS)
	$(PY) ci/mutants.py $(if $(SAMPLE),$(SAMPLE) $(SEED))

# The same tests with the newest of everything, and with the lowest that pyproject.toml allows.
LATEST := VENV=.venv-latest CONSTRAINTS=
LOWEST := VENV=.venv-lowest CONSTRAINTS=.venv-lowest.txt
test-latest:
	$(MAKE) $(LATEST) test

test-lowest: .venv-lowest.txt
	$(MAKE) $(LOWEST) test

.venv-lowest.txt: pyproject.toml
	$(PYTHON) ci/lowest.py >$@

# From data to site in a minute: list, run, build, check; with the versions of constraints.txt, the newest, the lowest.
smoke: $(NEEDS_RUN)
	ci/smoke.sh $(PY)

smoke-latest:
	$(MAKE) $(LATEST) smoke

smoke-lowest: .venv-lowest.txt
	$(MAKE) $(LOWEST) smoke

# The same on each Python that this machine has; what it lacks is said.
smoke-pythons:
	@for minor in 11 12 13 14; do \
	  found=$$(ci/find_python.sh 3.$$minor) || { echo "left out: no Python 3.$$minor here"; continue; }; \
	  $(MAKE) PYTHON="$$found" VENV=.venv-3.$$minor smoke || exit 1; \
	done

# Writes the newest versions into constraints.txt. The oldest Python decides, as its wheels are the first to end.
constraints:
	rm -rf .venv-constraints
	$(MAKE) VENV=.venv-constraints CONSTRAINTS= .venv-constraints/.mutants
	.venv-constraints/bin/python -m pip freeze --all --exclude-editable | sed '/^pip==/d; s/+.*//' >constraints.txt
	rm -rf .venv-constraints

# Proves the code paths that need a CUDA device; without one it fails, rather than leave everything out.
gpu: $(NEEDS_DEV)
	PWC_BENCH_REQUIRE_GPU=1 $(PY) -m pytest -m gpu

# Our pipeline against timm's loader and models, as ratios; further options: make bench BENCH="--data DIR --images 200"
bench: $(NEEDS_RUN)
	$(PY) -m tests.benchmarks $(BENCH)

# The same on a GPU with 50,000 files, then records of the paper's twelve variants; needs 10 GB of scratch disk.
bench-gpu: $(NEEDS_RUN)
	$(PY) -m tests.benchmarks --device cuda --precision bf16 --images 50000 $(BENCH)

$(VENV)/bin/python:
	$(PYTHON) -c "import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 15) else 'pwc-bench needs Python 3.11 to 3.14: make PYTHON=python3.12')"
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --upgrade "pip>=25.1"

$(VENV)/.run: pyproject.toml $(CONSTRAINTS) | $(VENV)/bin/python
	@echo "installing pwc-bench into $(VENV) (torch is large: some minutes)"
	$(INSTALL) $(KNOWN) --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	@echo "installing the tools for tests and checks"
	$(INSTALL) $(KNOWN) --group dev
	@touch $@

$(VENV)/.mutants: $(VENV)/.dev
	@echo "installing the tool that makes mutants"
	$(INSTALL) $(KNOWN) --group mutants
	@touch $@

# New records for results/: cost and speed of the paper's twelve variants, fused and reference. The machine must be quiet
# for ten minutes; the note says what it is: make records NAME=2026-12-24-cpu-2-cores NOTE="Two cores of a cloud machine"
RECORDED := gflops,parameters,activations,peak_memory,throughput,mfu,latency_p50,latency_p95,latency_p99
NOTE ?=
records: $(NEEDS_RUN)
	@test -n "$(NAME)" || (echo "name the campaign: make records NAME=DATE-MACHINE"; exit 2)
	@test ! -e results/$(NAME).jsonl || (echo "results/$(NAME).jsonl is published already: choose another NAME"; exit 2)
	$(PY) -m pwc_bench run --models paper --implementation fused --compare-implementations --metrics $(RECORDED) \
	  --batch-size 8 --campaign "$(NAME)" --note "$(NOTE)" --db "results/$(NAME).db" --no-site
	$(PY) -m pwc_bench export --format jsonl --campaign "$(NAME)" --db "results/$(NAME).db" --output "results/$(NAME).jsonl"
	$(PY) -m pwc_bench check --baseline "results/$(NAME).jsonl" --candidate "results/$(NAME).jsonl"

# Everything that .venv needs, as wheels for this Python and platform.
wheels: | $(VENV)/bin/python
	@test -n "$(WHEELS)" || (echo "name a folder: make wheels WHEELS=DIR"; exit 2)
	$(PIP) wheel $(KNOWN) --wheel-dir $(WHEELS) "pip>=25.1" hatchling editables . --group dev

clean:
	rm -rf .venv .venv-* site build dist .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis mutants
