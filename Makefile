# Two commands matter: `make demo` and `make test`. Everything else serves them.
PYTHON ?= python3
UV = .venv/bin/uv pip install --quiet --compile-bytecode --python
# What the tests use besides Python packages: a browser, validators of the standard, failing calls.
SYSTEM_PACKAGES = chromium dcmtk dicom3tools orthanc orthanc-dicomweb strace
# What the long tests use besides: Ceph and its S3 gateway.
LONG_PACKAGES = ceph-common ceph-mgr ceph-mon ceph-osd radosgw

.PHONY: help demo up test test-long fuzz audit lint bench bench-night sbom setup system-packages format clean

help: ## Show these commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

demo: setup ## Generate a campaign, run a night over it, open the app (Ctrl-C ends it)
	.venv/bin/mammo demo

up: setup ## The local stack, the nightly schedule and the app
	.venv/bin/mammo up

test: setup system-packages lint ## All set-up and the whole suite, on real servers
	.venv/bin/pytest -m "not long" --numprocesses auto --dist loadfile tests/unit
	.venv/bin/pytest -m "not long" tests/contract tests/e2e tests/integration

test-long: SYSTEM_PACKAGES += $(LONG_PACKAGES)
test-long: setup system-packages ## What takes too long for every change
	$(UV) .venv/bin/python --constraint constraints.txt --editable '.[dev,dask,ray]'
	-$(UV) .venv/bin/python --constraint constraints.txt atheris  # without it one test is skipped
	.venv/bin/pytest -m long --timeout 3600

fuzz: setup ## Half an hour of fuzzing every parser (FUZZ_S seconds); finds go to fuzz/
	$(UV) .venv/bin/python --constraint constraints.txt atheris
	.venv/bin/python -m tests.support.fuzz $(or $(FUZZ_S),1800) fuzz

lint: setup ## Style, types and the direction of imports
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/pyright
	.venv/bin/lint-imports

format: setup ## Format and fix what can be fixed
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

bench: setup ## Speed against floors and against the common way; results go to docs/results.md
	.venv/bin/python -m benchmarks.jpeg_lossless
	.venv/bin/python -m benchmarks.preprocessing
	.venv/bin/python -m benchmarks.night

audit: setup ## Known vulnerabilities of the pinned packages; says so where no database is reachable
	.venv/bin/python .ci/audit.py

bench-night: setup ## Cost of an exam at 10 and 100 exams; SCALE="--exams 10 100 1000 2160" goes on from there
	.venv/bin/python -m benchmarks.scale $(SCALE)

sbom: setup ## A bill of materials of the pinned packages (CycloneDX), as sbom.json
	.venv/bin/uv tool run --from cyclonedx-bom==7.1.0 cyclonedx-py requirements --output-format JSON constraints.txt > sbom.json

setup: .venv/.ready .venv-triton/.ready

.venv/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv || { echo "No venv in this Python: apt-get install python3-venv"; exit 1; }
	.venv/bin/pip install --quiet --constraint constraints.txt uv
	$(UV) .venv/bin/python --constraint constraints.txt --editable '.[dev]'
	.venv/bin/python -m tasks.preprocess.warm_up  # compiles the pixel loops once, not at night
	@touch $@

# Triton's python backend needs numpy 1: an environment of its own.
.venv-triton/.ready: constraints-triton.txt .venv/.ready
	@test -x .venv-triton/bin/python || $(PYTHON) -m venv .venv-triton
	$(UV) .venv-triton/bin/python --requirement constraints-triton.txt
	@touch $@

system-packages:
	@missing=$$(for package in $(SYSTEM_PACKAGES); do dpkg -s $$package >/dev/null 2>&1 || echo $$package; done); \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ]; then sudo=; elif command -v sudo >/dev/null; then sudo=sudo; \
	else echo "Install first, as root: apt-get install" $$missing; exit 1; fi; \
	$$sudo apt-get update -q && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -q -y --no-install-recommends $$missing

clean: ## Remove the environments and this folder's state
	rm -rf .venv .venv-triton .smart-mammo
