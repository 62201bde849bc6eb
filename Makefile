# Everything by one command each: make demo · test · quick · accept · check · bench · torture · picture · clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input

# Where it is set, each of the many processes that the tests start would compile the whole package anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test quick accept check bench torture picture clean
.DELETE_ON_ERROR:

demo: $(VENV)/.demo
	@$(BIN)/mailbot demo $(DEMO)

# Who runs which test: tests/conftest.py. One more than there are cores of a small machine: a third of the time, tests of
# daemons wait.
test: $(VENV)/.dev
	@./.ci/servers
	@$(BIN)/python -m pytest -n 3 --dist loadscope --no-loadscope-reorder $(TESTS)

# What needs no server and no second, with a few examples of each property, for the hand
quick: $(VENV)/.dev
	@QUICK=1 $(BIN)/python -m pytest -q -n 2 --dist loadscope --no-loadscope-reorder -m "not slow" $(or $(TESTS),tests/unit tests/golden)

# Every golden file says what the desk does now: read the diff
accept: $(VENV)/.dev
	@$(BIN)/python -m tests.golden.update
	@$(BIN)/python -m tests.unit.adapters.golden_letters
	@UPDATE_GOLDEN=1 $(BIN)/python -m pytest -q tests/unit/house/test_session.py

check: $(VENV)/.dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/.dev
	@./.ci/servers
	@$(BIN)/python -m tests.bench $(BENCH)

# Hours at full size; TORTURE="--quick --only door" tries one
torture: $(VENV)/.dev
	@./.ci/servers
	@$(BIN)/python -m tests.torture $(TORTURE)

# docs/ticket.png, which stands in README.md, and docs/letters/; needs Chromium
picture: $(VENV)/.demo
	@rm -rf demo-out
	@$(BIN)/mailbot demo --out demo-out
	@$(BIN)/python docs/picture.py demo-out

# A stamp is as new as the last pyproject.toml that was installed from. What dev installs is all that demo needs.
$(VENV)/.demo: $(VENV)/.made pyproject.toml
	@test $(VENV)/.dev -nt pyproject.toml || { echo "installing into $(VENV), once …" >&2; \
	  $(PIP) install --editable '.[demo]'; }
	@touch $@

$(VENV)/.dev: $(VENV)/.made pyproject.toml
	@echo "installing into $(VENV), once …" >&2
	@$(PIP) install --editable '.[dev]'
	@touch $@

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "mailbot needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>/dev/null || echo not there)." >&2; \
	  echo "Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { \
	  echo "Python could not make a virtual environment; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

clean:
	rm -rf $(VENV) build dist demo-out bench-out .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find mailbot tests -name __pycache__ -type d -prune -exec rm -rf {} +
