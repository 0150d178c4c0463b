# The commands of the project. Each installs what it needs into .venv, once per change of the
# requirements; nothing outside this folder is touched (make test may install Chromium on Debian as root).
#
#   make demo            the whole service with a WeChat of its own, in the browser (RESET=1 starts over)
#   make test            style, types, import rules, then every test on SQLite and PostgreSQL
#   make bench           what the house does, each figure beside its floor or peer; about twenty minutes
#   make bench-peers     a check-in beside a ticket redeemed by pretix, which gets an environment of its own; six minutes
#   make scale           a province of 300,000 people: every list of the console, an import, a country of divisions
#   make messages        the chat and a broadcast to 100,000 people against their bars; about six minutes
#   make soak            people act while things break at random, then the long round of made-up requests to the API;
#                        SOAK_MINUTES=10 SOAK_SEED=… SOAK_EXAMPLES=50 for each operation (Linux; root: disks of its own)
#   make lint            style, types and import rules only
#   make rights          write tests/rights/matrix.tsv anew, for review: every route in every role
#   make bundle          code and libraries in one file for machines without a network, x86-64 and Arm (PYTHON_VERSION=3.11)
#   make manual          take the pictures of the manuals in docs/zh anew
#   make clean           remove .venv, Node's packages and the tools' caches; data under var/ stays

.PHONY: help demo test bench bench-peers scale messages soak lint rights bundle manual clean
.NOTPARALLEL:
.DEFAULT_GOAL := help

BIN := .venv/bin
PEERS := var/bench-peers

# After an upgrade of the system's Python .venv points at nothing: forget what was installed in it.
$(shell [ -x $(BIN)/python ] || rm -f .venv/.installed .venv/.installed-demo .venv/.installed-dev .venv/.installed-bench)

help:
	@sed -n 's/^#   //p' Makefile

demo: .venv/.installed-demo
	@exec $(BIN)/flask --app app demo $(if $(RESET),--reset)

test: lint
	@tools/test.sh

bench: .venv/.installed-bench
	@exec $(BIN)/python -m bench

# Where pretix cannot be had, the figure says so itself.
bench-peers: .venv/.installed-dev
	@[ -x $(PEERS)/bin/python ] || $(BIN)/python -m venv $(PEERS)
	-@$(MAKE) --no-print-directory $(PEERS)/.installed
	@exec $(BIN)/python -m bench.peers

scale: .venv/.installed-dev
	@exec $(BIN)/python -m bench.scale

messages: .venv/.installed-dev
	@exec $(BIN)/python -m bench.messages

soak: .venv/.installed-dev
	@$(BIN)/python -m tests.faults.soak
	@SOAK_EXAMPLES=$${SOAK_EXAMPLES:-50} PYTHONPATH=. exec $(BIN)/python -m pytest -q -n 2 tests/api/test_contract.py

lint: .venv/.installed-dev
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@PYTHONPATH=. $(BIN)/lint-imports

rights: .venv/.installed-dev
	@exec $(BIN)/python -m tests.rights.matrix

bundle: .venv/.installed
	@tools/bundle.sh x86_64 $(or $(PYTHON_VERSION),3.11)
	@tools/bundle.sh aarch64 $(or $(PYTHON_VERSION),3.11)

manual: .venv/.installed-dev
	@exec $(BIN)/python tools/manual.py

clean:
	rm -rf .venv tools/mpweb/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is newer than its list when everything on the list is installed.
.venv/.installed: requirements.txt requirements.lock | $(BIN)/python
	@tools/install.sh requirements.txt $@

# What reads codes off the phones' screens; where it cannot be had the demo runs, and its phones say what is missing.
.venv/.installed-demo: requirements-demo.txt requirements-demo.lock .venv/.installed
	@tools/install.sh requirements-demo.txt $@ || echo "No zxing-cpp on this machine: its phones read no pictures"

.venv/.installed-dev: requirements-dev.txt requirements-dev.lock requirements-demo.txt .venv/.installed
	@tools/install.sh requirements-dev.txt $@

# The peer of the chat and other servers; where they cannot be had their rows are left out.
.venv/.installed-bench: requirements-bench.txt requirements-bench.lock .venv/.installed-dev
	@tools/install.sh requirements-bench.txt $@ || echo "No WeRoBot or no other servers on this machine: their rows are left out"

$(PEERS)/.installed: requirements-peers.txt
	@tools/install.sh requirements-peers.txt $@ $(PEERS)

$(BIN)/python:
	@tools/venv.sh
