# The commands that a newcomer needs, thin over cargo and `cargo xtask`.
# Build results go where cargo puts them: `target/`, or `CARGO_TARGET_DIR` if that is set.

.DEFAULT_GOAL := help
.PHONY: run demo test build lint fmt bench fuzz siege peers clean help xtask

run: xtask ## Build what lacks and serve on http://127.0.0.1:8000 (Ctrl-C ends)
	@cargo xtask ui
	@cargo run --package server

demo: xtask ## Serve with sample cards, a little traffic and an accident: a living desk (Ctrl-C ends)
	@cargo xtask demo

test: xtask ## Run all tests: unit, integration on SQLite and PostgreSQL, end-to-end in a browser
	@cargo xtask test

build: xtask ## Build the release binary with the UI inside; prints its path last
	@cargo xtask build

lint: xtask ## Check format, lints (native and wasm), licences and advisories
	@cargo xtask lint

fmt: ## Format the code
	cargo fmt --all

bench: xtask ## Measure the release build: requests per second, sizes, start, memory
	@cargo xtask bench

fuzz: xtask ## Make requests out of the OpenAPI document for ten minutes, good and bad ones (needs Python)
	@cargo xtask fuzz

siege: xtask ## Attack the release build for twenty minutes under honest load; fail if a promise is broken
	@cargo xtask siege

peers: xtask ## Test against real programs: Prometheus, Alertmanager, Jaeger, a log store, a mail server
	@cargo xtask peers

clean: ## Remove what was built (databases in data/ and logs/ stay)
	cargo clean
	rm -rf end2end/node_modules end2end/test-results end2end/playwright-report

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Built with its progress shown, since the first time takes about a minute; then instant.
xtask:
	@cargo build --package xtask
