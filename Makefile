# Every command of the project, each defined here once; .ci/run calls these same targets.
# .venv is made from requirements.lock by whichever target needs it first. Its stamps carry the
# checksum of what it was made from, and are written last: a set-up that was interrupted, another
# lock or a moved checkout is set up anew.
SHELL := /bin/sh
.NOTPARALLEL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# Whatever surrounds the checkout has no say in what is imported or where packages go.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP VIRTUAL_ENV CONDA_PREFIX
unexport PIP_PREFIX PIP_ROOT PIP_TARGET PIP_USER
# Without compiled files every test worker, and every process that it starts, compiles all again.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
RUN := $(BIN)/python
PYTEST := $(RUN) -m pytest -n logical --maxprocesses 4
# In the order of the files: the longest one has few tests and would otherwise be the last.
BY_FILE := --dist loadfile --no-loadscope-reorder
LOCK_SUM := $(shell { cat requirements.lock; pwd -P; } | cksum | tr ' ' '-')
KIT_SUM := $(shell cat pyproject.toml tools/kernel.json | cksum | tr ' ' '-')
PACKAGES := .venv/packages-$(LOCK_SUM)
KIT := .venv/kit-$(KIT_SUM)
SITE := .venv/docs-$(shell { cat tools/docs/requirements.lock; pwd -P; } | cksum | tr ' ' '-')
VALIDATOR := .venv/validator-$(shell { cat tools/validator/requirements.lock; pwd -P; } | cksum | tr ' ' '-')
ENGINES := .venv/engines-$(shell { cat tools/engines/*.lock; pwd -P; } | cksum | tr ' ' '-')

# The Python that .venv was made with may have gone since.
ifneq ($(shell $(RUN) -c 'print(1)' 2>/dev/null),1)
.PHONY: $(PACKAGES)
endif

OULAD := data/oulad/log.parquet data/oulad/history.parquet
NFL := data/nfl/log.parquet data/nfl/history.parquet
DEMO := data/demo/log.parquet
OULAD_FROM := $(addprefix data/oulad/,prepare.py difficulty_systems.py submissions.parquet)

.PHONY: help setup environments data demo october nfl site docs quick test test-engines benchmark bench lab check format
.PHONY: learn gallery tables lock clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' Makefile | expand -t 14

setup: $(KIT) ## make .venv from the lock (PYTHON=… chooses the Python)
	@:

$(PACKAGES):
	@python=$$(PYTHON='$(PYTHON)' sh tools/find_python.sh) && \
	echo "Making .venv with $$("$$python" --version) from requirements.lock: a few minutes, once" && \
	rm -rf .venv && "$$python" -m venv .venv
	@$(RUN) -m pip install -qq --require-hashes --no-deps --only-binary :all: -r requirements.lock
	@touch $@

$(KIT): $(PACKAGES)
	@echo "Installing the kit and its kernel into .venv"
	@rm -f .venv/kit-*
	@$(RUN) -m pip install -qq --no-index --no-build-isolation --no-deps --editable .
	@touch $@

data: $(OULAD) $(NFL) $(DEMO) ## make the logs and difficulty histories
	@:

$(OULAD): $(OULAD_FROM) | $(KIT)
	@echo "Preparing data/oulad"
	@$(RUN) data/oulad/prepare.py

$(NFL): data/nfl/ratings.py data/nfl/games.parquet | $(KIT)
	@echo "Preparing data/nfl"
	@$(RUN) data/nfl/ratings.py

demo: $(KIT) $(DEMO) ## AUC falls to 0.50: make the log, and find out why
	@$(BIN)/investigate run params/demo.yml $(ARGS)

$(DEMO): $(wildcard src/investigate/simulator/*.py src/investigate/simulator/faults/*.py) | $(KIT)
	@rm -rf data/demo && $(BIN)/investigate simulate loop --seed 1 --out data/demo >/dev/null

october: $(KIT) $(OULAD) ## answer the October question on real data
	@$(BIN)/investigate run params/oulad-october.yml $(ARGS)

nfl: $(KIT) $(NFL) ## answer a question of football forecasts, on real data
	@$(BIN)/investigate run params/nfl-1955.yml $(ARGS)

$(VALIDATOR): tools/validator/requirements.lock | $(PACKAGES)
	@echo "Making .venv/validator, which checks crates"
	@rm -rf .venv/validator .venv/validator-* && $(RUN) -m venv .venv/validator
	@.venv/validator/bin/python -m pip install -qq --require-hashes --no-deps --only-binary :all: -r $<
	@touch $@

$(SITE): tools/docs/requirements.lock | $(PACKAGES)
	@echo "Making .venv/docs, which builds the documentation"
	@rm -rf .venv/docs .venv/docs-* && $(RUN) -m venv .venv/docs
	@.venv/docs/bin/python -m pip install -qq --require-hashes --no-deps --only-binary :all: -r $<
	@touch $@

# pyspark is built from source, by what is locked and not by what an index has today.
$(ENGINES): tools/engines/build.lock tools/engines/requirements.lock | $(PACKAGES)
	@echo "Making .venv/engines, which reads PostgreSQL and Spark: 430 MB, once"
	@rm -rf .venv/engines .venv/engines-*
	@$(RUN) -m pip install -qq --target .venv/engines --require-hashes --no-deps --only-binary :all: \
	  -r tools/engines/build.lock
	@PYTHONPATH="$(CURDIR)/.venv/engines" $(RUN) -m pip install -qq --target .venv/engines --no-deps \
	  --require-hashes --no-build-isolation --only-binary :all: --no-binary pyspark \
	  -r tools/engines/requirements.lock
	@touch $@

environments: $(SITE) $(VALIDATOR) $(ENGINES) ## make the environments of docs and tests beside .venv
	@:

docs: $(KIT) $(SITE) ## build the documentation into build/docs/site and look at every link
	@rm -rf build/docs && $(RUN) tools/docs/pages.py build/docs/pages
	@NO_MKDOCS_2_WARNING=1 .venv/docs/bin/mkdocs build --quiet --strict --config-file tools/docs/mkdocs.yml
	@$(RUN) tools/docs/check.py build/docs/site

site: $(KIT) ## make site/ of all records in audit/, to review them in a browser
	@$(BIN)/investigate site $(ARGS)

quick: $(KIT) $(OULAD) $(NFL) $(DEMO) ## run the tests that are not slow (ARGS="-k drop" chooses)
	@$(PYTEST) --dist worksteal -m "not slow" $(ARGS)

test: $(KIT) $(OULAD) $(NFL) $(DEMO) $(VALIDATOR) ## run all tests
	@$(PYTEST) $(BY_FILE) $(ARGS)

test-engines: $(KIT) $(ENGINES) ## test on a PostgreSQL and a Spark that it starts and stops
	@PYTHONPATH="$(CURDIR)/.venv/engines" $(RUN) -m pytest tests/engines $(ARGS)

benchmark: $(KIT) $(OULAD) $(NFL) ## measure how often causes are named (ARGS=--quick: some minutes)
	@$(RUN) -m benchmarks.incidents run --out build/incidents.jsonl --write benchmarks/incidents.md $(ARGS)

bench: $(KIT) ## measure what counting costs beside a bare scan and pandas (ARGS="--rows 100000000")
	@$(RUN) -m benchmarks.speed --write benchmarks/speed.md $(ARGS)
	@$(RUN) -m benchmarks.speed.growth --write benchmarks/growth.md
	@$(RUN) -m benchmarks.speed.notebooks --write benchmarks/notebooks.md
	@$(RUN) -m benchmarks.speed.sweeps --write benchmarks/sweeps.md

lab: $(KIT) $(OULAD) $(NFL) $(DEMO) ## open JupyterLab on a copy of the notebooks, in lab/
	@test -d lab || $(BIN)/investigate notebooks lab
	@$(RUN) -m jupyterlab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/lab $(ARGS)

check: $(KIT) ## lint, formatting, types and layers
	$(RUN) -m ruff check --quiet
	$(RUN) -m ruff format --quiet --check
	$(RUN) -m mypy --no-error-summary
	$(BIN)/lint-imports --no-cache --no-logo

format: $(KIT) ## put imports and formatting right
	@$(RUN) -m ruff check --quiet --fix --select I
	@$(RUN) -m ruff format

tables: $(KIT) ## put the kinds of cause into README and the measures into docs/watch.md
	@$(RUN) -m tools.tables

learn: $(KIT) ## execute the teaching notebooks in docs/learn and keep their outputs
	@$(RUN) tools/learn.py $(ARGS)

gallery: $(KIT) $(OULAD) $(NFL) $(DEMO) ## put fresh answers and figures into the pages of docs/
	@$(RUN) -m tools.gallery $(ARGS)

lock: $(KIT) ## lock what pyproject.toml asks for (ARGS=--upgrade takes newer versions)
	@echo "Locking into requirements.lock and environment.yml"
	@$(RUN) -m uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
	  --fork-strategy fewest --generate-hashes --no-emit-index-url --no-emit-find-links --no-build \
	  --custom-compile-command 'make lock' --quiet --output-file requirements.lock $(ARGS) >/dev/null
	@$(RUN) -m uv pip compile tools/validator/requirements.in --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --no-build \
	  --custom-compile-command 'make lock' --quiet --output-file tools/validator/requirements.lock $(ARGS) >/dev/null
	@$(RUN) -m uv pip compile tools/docs/requirements.in --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --no-build \
	  --custom-compile-command 'make lock' --quiet --output-file tools/docs/requirements.lock $(ARGS) >/dev/null
	@for name in build requirements; do $(RUN) -m uv pip compile tools/engines/$$name.in \
	  --constraint requirements.lock --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command 'make lock' --quiet --output-file tools/engines/$$name.lock $(ARGS) >/dev/null; done
	@$(RUN) tools/environment_yml.py

clean: ## remove .venv, prepared data and caches; records in audit/ stay
	@rm -rf .venv $(OULAD) $(NFL) data/demo build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +
