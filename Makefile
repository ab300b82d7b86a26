# Everything runs in a virtual environment of its own; nothing is installed outside of this folder.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: test-all demo up-demo crawl test bench chaos lint format lock clean

demo: .venv  ## crawl a bundled web of invented companies
	@$(BIN)/scrapersky demo

up-demo: .venv  ## the whole system over the bundled web: a job by curl, its events, an export
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh scripts/up-demo.sh

crawl: .venv  ## make crawl DOMAINS="example.com example.org"
	@$(BIN)/scrapy crawl homepage -a domains="$(DOMAINS)"

test: .venv  ## the tests, with a real PostgreSQL and real HTTP
	@$(BIN)/python -m pytest -m "not slow" -n 2 --dist worksteal -o timeout_method=thread

test-all: .venv  ## those as well that kill nodes and take minutes
	@$(BIN)/python -m pytest

bench: .venv  ## the benchmark; `make bench BENCH=--quick` for a rough one
	@$(BIN)/python -m benchmarks $(BENCH)

chaos: .venv  ## kill workers, Redis and PostgreSQL in mid-crawl; `make chaos SEED=7 DOMAINS=2000 WORKERS=3`
	@$(BIN)/python -m benchmarks.chaos $(if $(SEED),--seed $(SEED)) $(if $(DOMAINS),--domains $(DOMAINS)) \
	  $(if $(WORKERS),--workers $(WORKERS)) $(CHAOS)

lint: .venv  ## ruff, mypy --strict, import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: .venv
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.venv: .venv/.complete  ## the virtual environment, from the pinned requirements

# The last step of an installation marks it, so that an interrupted one is not taken for complete.
.venv/.complete: pyproject.toml requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "ScraperSky needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) -V)." \
	            "Say which to take: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 2; }
	@echo "Installing into .venv (once; about a minute)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

lock:  ## pin the newest versions that pyproject.toml allows (needs uv)
	uv pip compile --universal --no-header --no-emit-index-url --no-emit-find-links --upgrade pyproject.toml -o requirements.txt
	uv pip compile --universal --no-header --no-emit-index-url --no-emit-find-links --upgrade pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt

clean:  ## stops the embedded database and removes what was built; crawled data stay in .scrapersky
	@[ ! -x $(BIN)/scrapersky ] || $(BIN)/scrapersky db stop || true
	@rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
