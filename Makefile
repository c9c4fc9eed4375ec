# Shali: `make run` starts it, `make test` tests it, `make check` reads it. Needs Python 3.11+ and make, nothing else.
PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1

# uv is installed beside the sources, not into the machine; it never fetches a Python of its own.
UV_VERSION := 0.13.9
UV := .boot/bin/uv
export UV_PYTHON_DOWNLOADS := never
# A node that is new enough saves the download of one.
NODE_GROUP := $(shell node -e 'process.exit(process.versions.node.split(".")[0] >= 18 ? 0 : 1)' 2>/dev/null \
	&& command -v npm >/dev/null || echo --group frontend)

.PHONY: help killed storm outbreak pushed round run test check bench environment fix screenshots city load survive prove receipt million cluster orlib
.DEFAULT_GOAL := help

help:
	@echo "make run          start everything on this machine; PORT=8010 for another port"
	@echo "make test         all tests, those in a browser too"
	@echo "make prove        who may see what: the generated matrix, the walls, the access log, the headers, with figures"
	@echo "make fuzz         20,000 generated requests against the API of a running server (FUZZ_CASES=… for another number)"
	@echo "make check        ruff, mypy, import contracts, house rules, templates, translations, migrations"
	@echo "make bench        linkage beside splink 5, rings beside DuckDB, siting beside spopt and HiGHS, queues beside simpy, routes beside OR-Tools, Rt beside epyestim, ingest; minutes; BENCH='--people 300000' for less"
	@echo "                  rings beside polars, DuckDB and PostgreSQL; BENCH_RINGS='--people 2400000' for 168 million visits"
	@echo "make orlib        60 siting files of the OR-Library's forms, a process each: is a search of 1 s (3 s) ever beaten? 40 minutes; ORLIB='--longer 3' for less"
	@echo "make cluster      who met whom by the store, DuckDB and Spark, compared; needs Java, downloads Spark"
	@echo "make fix          let the tools mend what they can"
	@echo "make city         Luohe at full size, 2,367,490 invented residents, into the same database; goes on after a kill"
	@echo "make pushed       100,000 rows from their file to open tasks on this installation: seconds and memory"
	@echo "make outbreak     60 cases and 2,000 contacts to the last release, new rules, a chain of 2,000 cases: seconds"
	@echo "make storm        10,000 stations with 800,000 events come back at once while a clerk works; STORM='--stations 1000' for less"
	@echo "make round         one round of the whole city, 24 hours of arrivals at 1,000 stations, replayed; ROUND='--share 0.05' for less, '--peak 10' for Chengdu's peak"
	@echo "make killed        300 stations send while PostgreSQL itself is killed 30 times under them; KILLED='--kills 100' for more"
	@echo "make load         eight people at once on the pages of this installation, against their limits"
	@echo "make survive      kills (KILLS=40), histories of sync (HISTORIES=50000), planted identifiers: what was lost or found; hours"
	@echo "make screenshots  pictures of the demo city into docs/pictures"
	@echo "make receipt      read a hostile list of 5,000 rows in six forms, each row compared with its truth"
	@echo "make million      seconds and memory of reading a million rows (some minutes)"

run: $(UV)
	@$(UV) sync --frozen --quiet --inexact --no-default-groups $(NODE_GROUP)
	@exec .venv/bin/shali run --host $(HOST) --port $(PORT)

# Compiled once, and not by each of the many processes that tests start: some machines forbid Python to write it down
# itself. A first `make run` does without: it would wait longer for this than its few processes save.
environment: $(UV)
	@$(UV) sync --frozen --quiet --compile-bytecode --no-group frontend $(NODE_GROUP)
	@.venv/bin/python -m compileall -q src

check: environment
	@.venv/bin/python tools/check.py

test: environment
	@.venv/bin/pytest -q -n 2

bench: $(UV)
	@$(UV) sync --frozen --quiet --inexact --no-default-groups --group bench
	@.venv/bin/python tools/bench/linkage $(BENCH)
	@.venv/bin/python tools/bench/rings $(BENCH_RINGS)
	@.venv/bin/python tools/bench/siting $(BENCH_SITING)
	@.venv/bin/python tools/bench/queues $(BENCH_QUEUES)
	@.venv/bin/python tools/bench/routes $(BENCH_ROUTES)
	@.venv/bin/python tools/bench/rt $(BENCH_RT)
	@.venv/bin/python -m tools.bench.ingest $(BENCH_INGEST)

orlib: $(UV)
	@$(UV) sync --frozen --quiet --inexact --no-default-groups --group bench
	@.venv/bin/python tools/bench/siting/forms.py $(ORLIB)

cluster: $(UV)
	@$(UV) sync --frozen --quiet --inexact --group cluster
	@SHALI_SPARK=needed .venv/bin/pytest -q -n 0 src/shali/engines/rings/tests/test_same_answer.py

# The same proofs are a part of `make test`; here alone, and with what was counted.
prove: environment
	@SHALI_PROVE=1 .venv/bin/pytest -q -n 2 --show-capture=no tests/proof
FUZZ_CASES ?= 20000
fuzz: environment
	@SHALI_FUZZ_CASES=$(FUZZ_CASES) .venv/bin/pytest -q -n 0 src/shali/config/tests/test_fuzzed_api.py

fix: environment
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format --quiet .
	@.venv/bin/djade --target-version 5.2 $$(find src -path '*/templates/*.html')
	@.venv/bin/python tools/translations.py collect

receipt: environment
	@.venv/bin/python tools/receipt.py hostile

million: environment
	@.venv/bin/python tools/receipt.py million

screenshots: environment
	@.venv/bin/python tools/screenshots.py

city: $(UV)
	@$(UV) sync --frozen --quiet --inexact --no-default-groups $(NODE_GROUP)
	@.venv/bin/shali demo city

KILLS ?= 40
HISTORIES ?= 50000
BROWSER_KILLS ?= 100
survive: environment
	@SHALI_KILLS=$(KILLS) SHALI_HISTORIES=$(HISTORIES) SHALI_BROWSER_KILLS=$(BROWSER_KILLS) SHALI_CANARIES=10000 .venv/bin/pytest -n 0 -v --no-header tests/survival

outbreak: environment
	@SHALI_CASES=60 SHALI_CONTACTS=2000 .venv/bin/pytest -n 0 -v --no-header tests/outbreak

pushed: environment
	@.venv/bin/python -m tools.pushed

round: environment
	@.venv/bin/python -m tools.round $(ROUND)

killed: environment
	@.venv/bin/python -m tools.storm.killed $(KILLED)

storm: environment
	@.venv/bin/python -m tools.storm $(STORM)

load: environment
	@.venv/bin/python -m tools.load --paginator

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Shali needs Python 3.11 or newer. Name one: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || \
		{ echo "$(PYTHON) has no pip. Install it (on Debian: apt install python3-pip)."; exit 1; }
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target .boot uv==$(UV_VERSION)
