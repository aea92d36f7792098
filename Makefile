MAKEFLAGS += --no-print-directory
# Every target sets up .venv from requirements.lock first; nothing outside this folder is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := build/demo
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: demo test check lab bench build clean

demo: $(READY)  ## build the course, grade the sample cohort, write feedback and report
	$(BIN)/kam course build
	rm -rf $(DEMO)
	$(BIN)/kam cohort new $(DEMO) --lang zh --tz Asia/Shanghai --late percent_per_day \
	  --dates data/sample_cohort/dates.csv --roster data/sample_cohort/roster.csv
	@# 3 says that all is graded and some hand-ins want a look; the sample has such hand-ins on purpose.
	$(BIN)/kam grade $(DEMO) data/sample_cohort/hand_ins --now 2026-07-20 || [ $$? -eq 3 ]
	$(BIN)/kam feedback release $(DEMO)

test: $(READY)  ## run every test, and every built lesson
	$(BIN)/python -m pytest -n 2 -q --nbval-lax tests kamlib notebooks

check: $(READY)  ## what CI runs: style, types, built files, translations, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/kam course build --check
	$(BIN)/kam course coverage
	$(MAKE) test

lab: $(READY)  ## JupyterLab on this folder, for authors and trainers
	PYTHONSAFEPATH=1 $(BIN)/jupyter lab

bench: $(READY)  ## grading against stock nbgrader, and how long a trainee waits; takes some minutes
	$(BIN)/python -m benchmarks.grading
	$(BIN)/python -m benchmarks.forms
	$(BIN)/python -m benchmarks.negotiation
	$(BIN)/python -m benchmarks.simulation
	$(BIN)/python -m benchmarks.platforms

build: $(READY)
	$(BIN)/kam course build

# Installing again is what brings a change of the browser's part to Jupyter, hence these files.
$(READY): requirements.lock pyproject.toml $(shell find kamlib/jupyter/share kamlib/jupyter/etc -type f)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)

clean:
	rm -rf build
