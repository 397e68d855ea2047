.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help tools install build early-engine engine lint types test matrix compat demo clean
# Without -j, independent targets run at the same time: a first build of the engine takes minutes.
MAKEFLAGS += -j3

# Pulumi's SDK requires a newer Node than many machines have, so the commands use the one in the devDependencies.
local := PATH="$(CURDIR)/node_modules/.bin:$$PATH"
modules := node_modules/.package-lock.json
sources := $(shell find program.ts provider emulator cli sdk/nodejs -name '*.ts' 2>/dev/null) $(addprefix scripts/,build.mjs packages.mjs sbom.mjs notices.mjs) tsconfig.json tsconfig.build.json

# On some networks, Pulumi's installer can only be downloaded through a proxy.
engine := NODE_USE_ENV_PROXY=1 $(local) exec node scripts/engine/engine.mjs
# While npm installs the packages, the Node in the devDependencies can't be used yet.
early := exec node scripts/engine/engine.mjs --early

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST))

tools:
	@command -v node >/dev/null || { echo "Node isn't installed. Install Node 20 or newer: https://nodejs.org/en/download" >&2; exit 1; }
	@command -v npm >/dev/null || { echo "npm isn't installed. It comes with Node: https://nodejs.org/en/download" >&2; exit 1; }
	@node -e 'process.exit(+(parseInt(process.versions.node) < 20))' || { echo "Node $$(node -v) is too old. Install Node 20 or newer: https://nodejs.org/en/download" >&2; exit 1; }

$(modules): package.json package-lock.json | tools
	@echo "Installing the npm packages" >&2
	@said="$$(npm ci --include=dev --no-audit --no-fund --loglevel=error 2>&1)" || { echo "$$said" >&2; exit 1; }

dist/program.js: $(sources) $(modules)
	@npm run --silent build >&2

install: $(modules) ## install the npm packages, if package.json or the lock file has changed

build: dist/program.js ## build dist/, if the sources have changed

early-engine: tools
	@$(early)

engine: install early-engine ## get a Pulumi engine and print its folder: PATH="$(make -s engine):$PATH"
	@$(engine)

lint: install ## check formatting and lint rules
	@npm run --silent lint

types: install ## check the types
	@npm run --silent types

test: build lint types early-engine ## run lint, types and tests with a real engine; JEST_ARGS are passed to jest
	@$(engine) >/dev/null
	@npm test --silent -- $(JEST_ARGS)

matrix: build early-engine ## run the long tests that `make test` leaves out; JEST_ARGS are passed to jest
	@$(engine) --python --yaml >/dev/null
	@npm run --silent matrix -- $(JEST_ARGS)

compat: build early-engine ## run a small set of tests on other versions of Pulumi's CLI, Node.js and Pulumi's SDK; names in COMPAT_ARGS choose them
	@NODE_USE_ENV_PROXY=1 $(local) exec node scripts/compat.mjs $(COMPAT_ARGS)

demo: build early-engine ## run the real CLI against the emulator, step by step
	@NODE_USE_ENV_PROXY=1 $(local) exec node scripts/demo.mjs

clean: ## remove everything that the other targets have created
	@rm -rf dist node_modules .engine
