# What people and CI type. Needs make and Python 3.11 or newer; all else goes into folders in here.
#
#   make demo    read the reports that ship with Casus     make check   lint, types and tests
#   make test    run the tests                             make score   accuracy beside its floors
#   make bench   measure speed                             make train   train a model anew
#   make docs    build the site of docs/ into site/
#
# With another Python: make test PYTHON=python3.12

PYTHON ?= python3
SHARED ?= ../shared

# uv lives outside .venv, because `uv sync` takes away whatever is not in the lock, itself included
TOOLS := .venv-tools
UV := $(TOOLS)/bin/uv
UV_VERSION := 0.13.9
PY := .venv/bin/python
READY := .venv/.ready

export UV_PYTHON_DOWNLOADS := never
# a virtual environment that happens to be active is not the one meant
unexport VIRTUAL_ENV

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types bench score train docs clean
.DELETE_ON_ERROR:

help:
	@sed -n '3,9s/^# \{0,1\}//p' Makefile

demo: $(READY)
	@.venv/bin/casus demo

test: $(READY)
	$(PY) -m pytest $(ARGS)

check: lint types test

lint: $(READY)
	.venv/bin/ruff check .

types: $(READY)
	.venv/bin/mypy

bench: $(READY)
	$(PY) benchmarks/read_speed.py --shared $(SHARED) $(ARGS)

score: $(READY)
	$(PY) -m training.score --shared $(SHARED) $(ARGS)
	$(PY) -m training.fit_linking --shared $(SHARED) --no-read --check

# the generator of the site has an environment of its own
docs: $(UV)
	UV_PROJECT_ENVIRONMENT=.venv-docs $(UV) sync --quiet --locked --only-group docs
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --quiet

# torch and the pretrained weights are for maintainers only and have an environment of their own
#
# Two networks, each on the half of the reports that the other has not seen: what they make of the reports that they
# have not seen teaches linking and choosing. Two more on everything, whose mean is shipped.
train: $(READY) .venv-training/.ready
	$(TRAIN).train $(COMMON) --epochs 0 --out training/runs/general
	$(call both,$(TRAIN).train $(COMMON) --epochs 4 --fold 0 --out training/runs/fold-0,\
		$(TRAIN).train $(COMMON) --epochs 4 --fold 1 --out training/runs/fold-1)
	$(call both,$(TRAIN).train $(COMMON) --epochs 5 --gold_times 2 --seed 1 --out training/runs/full-1,\
		$(TRAIN).train $(COMMON) --epochs 5 --gold_times 2 --seed 2 --out training/runs/full-2)
	$(TRAIN).soup training/runs/full-1 training/runs/full-2 --out training/runs/shipped
	$(TRAIN).fit_relate training/runs/fold-0 training/runs/fold-1 --trigger 0.5 --ship
	$(TRAIN).export training/runs/shipped $(ARGS)
	$(PY) -m training.fit_linking --shared $(SHARED) --ship

# two commands side by side on a core each, which is faster than one after the other; fails where either does
both = export OMP_NUM_THREADS=1; $(1) & one=$$!; $(2) & two=$$!; wait $$one && wait $$two
TRAIN := .venv-training/bin/python -m training
# the recipe of the shipped model; every field is explained in training/train.py
COMMON := --general 0.06 --mask 0.15 --role_weight 0.35 --head_rate 1e-3

clean:
	rm -rf .venv .venv-training .venv-docs site $(TOOLS) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests training benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# The pip of a fresh environment fetches uv; uv then installs exactly what uv.lock says. Once, until it changes.
$(UV): Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "make: $(PYTHON) is older than Python 3.11; try: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(TOOLS) || \
	  { echo "make: $(PYTHON) cannot make an environment; on Debian: apt install python3-venv" >&2; exit 1; }
	$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

$(READY): $(UV) pyproject.toml uv.lock
	$(UV) sync --quiet --locked --python $(TOOLS)/bin/python
	@touch $@

# pip and not uv: it takes the CPU build of torch where one lies on disk
.venv-training/.ready: pyproject.toml training/requirements.txt
	$(PYTHON) -m venv --clear .venv-training
	.venv-training/bin/python -m pip install --quiet --disable-pip-version-check -r training/requirements.txt -e .
	@touch $@
