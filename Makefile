# Everything a person needs to type. `make help` lists it.
SHELL := /bin/sh
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
NODE := $(CURDIR)/scripts/node

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

node_modules: package.json package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch node_modules

setup: node_modules ## install and build what this machine lacks
	@bin/switchboard setup

demo: node_modules ## from nothing: a cluster, the three-tier application, every check printed
	@$(NODE) demo/main.ts

test: test-unit test-kernel test-e2e ## everything that the project tests (root)

test-unit: node_modules ## pure parts, milliseconds each
	@$(NODE) scripts/test.ts unit

test-kernel: setup ## real namespaces and packets (root)
	@$(NODE) scripts/test.ts kernel

test-e2e: setup ## real clusters and the real kubectl (root)
	@$(NODE) scripts/test.ts e2e

test-clients: setup ## programs built on client-go and controller-runtime (root, needs go)
	@$(NODE) scripts/test.ts clients

check: node_modules ## format, lint, types, import rules, dead code
	biome check
	tsc
	oxlint --type-aware --deny-warnings
	knip
	@$(NODE) --test --test-reporter=dot test/tidy.test.ts

format: node_modules ## mend what the formatter can mend
	biome check --write

soak: setup ## a thousand requests a second while pods, nodes and our own processes come and go; minutes (root)
	@$(NODE) test/soak/main.ts

bench: setup ## measure, each figure beside its peer or limit (root)
	@$(NODE) bench/main.ts

down: ## take the demo's cluster down
	@bin/switchboard down

clean: ## forget what was built in this folder
	rm -rf .build coverage

.PHONY: help setup demo test test-unit test-kernel test-e2e test-clients soak check format bench down clean
