# Short names for the commands of the house; each makes its own environment first.
PYTHON ?= python3

.PHONY: demo test check prove bench chaos translations lock vendor migration

demo:
	$(PYTHON) -m grants demo

test:
	$(PYTHON) -m grants test

check:
	$(PYTHON) -m grants check-tree

bench:
	$(PYTHON) -m grants bench

prove:
	$(PYTHON) -m grants prove

chaos:
	$(PYTHON) -m grants chaos

translations:
	$(PYTHON) -m grants translations

# make migration SENTENCE="What changes"
migration:
	$(PYTHON) -m grants db revise "$(SENTENCE)"

# After a change of dependencies in pyproject.toml; UPGRADE=--upgrade takes the newest that fit.
UV = .venv-tools/bin/uv pip compile $(UPGRADE) --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --quiet
lock:
	$(UV) pyproject.toml -o requirements/run.txt
	$(UV) pyproject.toml --group dev -c requirements/run.txt -o requirements/dev.txt

vendor:
	.venv/bin/python -m tools.vendor
