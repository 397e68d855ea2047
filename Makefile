.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help tools install build engine lint types test demo clean

# The devDependency `node` is newer than many a machine's own, and Pulumi's SDK wants it.
local := PATH="$(CURDIR)/node_modules/.bin:$$PATH"
modules := node_modules/.package-lock.json
sources := $(shell find program.ts provider emulator cli sdk/nodejs -name '*.ts' 2>/dev/null) $(addprefix scripts/,build.mjs packages.mjs sbom.mjs notices.mjs) tsconfig.json tsconfig.build.json

# The vendor's installer may have to be fetched through a proxy.
engine := NODE_USE_ENV_PROXY=1 $(local) exec node scripts/engine/engine.mjs

help: ## what there is
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST))

tools:
	@command -v node >/dev/null || { echo "node is missing: get Node 20 or newer, https://nodejs.org/en/download" >&2; exit 1; }
	@command -v npm >/dev/null || { echo "npm is missing: it comes with Node, https://nodejs.org/en/download" >&2; exit 1; }
	@node -e 'process.exit(+(parseInt(process.versions.node) < 20))' || { echo "node is $$(node -v): get 20 or newer, https://nodejs.org/en/download" >&2; exit 1; }

$(modules): package.json package-lock.json | tools
	@echo "installing the npm packages" >&2
	@said="$$(npm ci --include=dev --no-audit --no-fund --loglevel=error 2>&1)" || { echo "$$said" >&2; exit 1; }

dist/program.js: $(sources) $(modules)
	@npm run --silent build >&2

install: $(modules) ## npm packages, where package.json or its lock file changed

build: dist/program.js ## dist/, where the sources changed

engine: install ## print the folder of a Pulumi engine, after getting one: PATH="$(make -s engine):$PATH"
	@$(engine)

lint: install ## formatting and lint
	@npm run --silent lint

types: install ## the type checker
	@npm run --silent types

test: build lint types ## lint, types and all tests, with a real engine; JEST_ARGS for jest
	@$(engine) >/dev/null
	@npm test --silent -- $(JEST_ARGS)

demo: build ## the real CLI against the emulator, step by step
	@NODE_USE_ENV_PROXY=1 $(local) exec node scripts/demo.mjs

clean: ## remove what the other targets made
	@rm -rf dist node_modules .engine
