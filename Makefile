# Two commands are all a newcomer needs: `make serve` and `make test`.
PYTHON ?= python3
VENV ?= .venv
NPM ?= npm
BIN = $(VENV)/bin
GEOMETRY = src/datarules/bundle/geometry/places.json
PEOPLE = src/datarules/bundle/people/territories.json
WEB = src/datarules/bundle/web/index.html
CASES = src/datarules/bundle/answers/cases.json
BUNDLE = $(GEOMETRY) $(PEOPLE) $(WEB) $(CASES)
MANUAL = src/datarules/bundle/docs/index.html
ONLY ?=
HOST ?= 127.0.0.1
PORT ?= 8000
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help bundle docs geometry generate studies serve test explore snapshots check format validate bench audit sbom lock wheel clean

help: ## say what each target does
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: requirements/base.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/base.txt
	touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@ $(VENV)/.base

web/node_modules/.installed: web/package.json web/package-lock.json
	cd web && $(NPM) ci --ignore-scripts --no-audit --no-fund --silent
	touch $@

tests/clients/node_modules/.installed: tests/clients/package.json tests/clients/package-lock.json
	cd tests/clients && $(NPM) ci --ignore-scripts --no-audit --no-fund --silent
	touch $@

$(GEOMETRY): web/node_modules/.installed web/places.json src/datarules/pictures/geometry.py src/datarules/pictures/projection.py | $(VENV)/.base
	PYTHONPATH=src $(BIN)/python -m datarules.pictures.geometry web

$(PEOPLE): web/node_modules/.installed src/datarules/people_build.py | $(VENV)/.base
	PYTHONPATH=src $(BIN)/python -m datarules.people_build web

$(WEB): web/node_modules/.installed $(GEOMETRY) web/index.html web/vite.config.ts $(shell find web/src web/public -type f)
	cd web && $(NPM) run build --silent

$(CASES): $(wildcard tests/cases/*.toml) $(shell find data ontology -name '*.ttl') $(wildcard src/datarules/*.py) | $(VENV)/.base
	PYTHONPATH=src $(BIN)/python -m datarules.law_cases

bundle: $(BUNDLE) ## build what is not in the repository: outlines, people and languages, answers to the law cases, the explorer

geometry: bundle ## the same, by its old name

$(VENV)/.docs: requirements/docs.txt | $(VENV)/.base
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/docs.txt
	touch $@

$(MANUAL): mkdocs.yml $(wildcard docs/*.md docs/*.py docs/*/*.md) $(wildcard ontology/*.ttl) | $(VENV)/.docs
	NO_MKDOCS_2_WARNING=1 PYTHONPATH=src $(BIN)/python -m mkdocs build --strict --quiet

docs: $(MANUAL) ## build the documentation, which the server then shows at /docs

generate: $(VENV)/.base ## write what is generated: coverage, disagreements, the list in the README
	PYTHONPATH=src $(BIN)/python -m datarules.documents .

studies: $(VENV)/.base $(BUNDLE) ## make the case studies: pages, tables and figures from the law as encoded
	PYTHONPATH=src $(BIN)/python docs/case-studies/sources/engine.py

serve: $(VENV)/.base $(BUNDLE) $(MANUAL) ## set everything up and serve API, SPARQL and explorer on the embedded store
	PYTHONPATH=src $(BIN)/python -m datarules serve --host $(HOST) --port $(PORT)

test: $(VENV)/.dev $(BUNDLE) $(MANUAL) tests/clients/node_modules/.installed ## set everything up and run every test
	cd web && $(NPM) test --silent
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

explore: $(VENV)/.dev $(BUNDLE) ## try the properties on other random law than every day, twenty times as much
	$(BIN)/python -m pytest -n auto tests/decision tests/world tests/designs --hypothesis-profile=explore --examples-times=20 -k "$(ONLY)"

snapshots: $(VENV)/.dev $(BUNDLE) ## make the snapshots of the explorer's views anew; look at them before you commit
	DATARULES_SNAPSHOTS=renew $(BIN)/python -m pytest tests/serve/test_explorer_snapshots.py -k looks_as

check: $(VENV)/.dev $(GEOMETRY) ## format check, lint, types, data
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/mypy
	cd web && $(NPM) run check --silent
	$(BIN)/datarules format --check
	$(BIN)/datarules validate

format: $(VENV)/.dev ## format the code
	$(BIN)/ruff check --fix --quiet src tests benchmarks
	$(BIN)/ruff format src tests benchmarks
	$(BIN)/datarules format

validate: $(VENV)/.base ## check the ontology and every data file
	PYTHONPATH=src $(BIN)/python -m datarules validate

bench: $(VENV)/.dev $(BUNDLE) requirements/bench.txt ## measure decisions, queries, start-up, the API, and the explorer's frames and Lighthouse scores
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/bench.txt
	$(BIN)/python -m benchmarks

wheel: $(VENV)/.dev $(BUNDLE) $(MANUAL) ## build the wheel, ontology, data, outlines, people, explorer and documentation inside
	$(BIN)/python -m build --wheel --no-isolation

$(VENV)/.audit: requirements/audit.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/audit.txt
	touch $@

audit: $(VENV)/.audit web/node_modules/.installed ## look up known weaknesses of what is delivered (asks the package indexes)
	$(BIN)/python .ci/audit.py

sbom: $(VENV)/.audit ## list what is delivered, as CycloneDX; the same bytes for the same requirements
	mkdir -p dist
	$(BIN)/cyclonedx-py requirements requirements/base.txt --pyproject pyproject.toml \
	  --output-reproducible --output-format JSON --output-file dist/datarules.cdx.json

lock: $(VENV)/.dev ## compile the locked requirements anew
	$(BIN)/python -m pip install --quiet uv
	for part in base: dev:--group=dev,--group=docs bench:--group=dev,--group=docs,--group=bench audit:--group=audit; do \
	  name=$${part%%:*}; groups=$$(echo "$${part#*:}" | tr ',' ' '); \
	  $(BIN)/uv pip compile pyproject.toml $$groups --generate-hashes --no-emit-index-url --universal \
	    --python-version 3.11 --custom-compile-command "make lock" --quiet -o requirements/$$name.txt; \
	done
	$(BIN)/uv pip compile --group=docs --generate-hashes --no-emit-index-url --universal --python-version 3.11 \
	  --custom-compile-command "make lock" --quiet -o requirements/docs.txt

clean: ## remove what was made
	rm -rf $(VENV) dist build src/datarules/bundle web/node_modules tests/clients/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis
