# resolve: a compiler for site-config
#
#   make run        install what is missing, build, and compile the example: real tfvars
#   make test       every test: units, properties, goldens, the built program, the house's rules
#   make build      the debug build
#   make release    one static executable, release/resolve
#   make install    the same, installed to PREFIX/bin (PREFIX=/usr/local)
#   make e2e        the real Terraform, Ansible, Salt and Prometheus read what resolve writes
#   make conformance  score against ../shared, when it is there
#   make fuzz       fuzz every parser, SECONDS_TO_FUZZ (60) in all
#   make bench      how fast release/resolve is, into bench/RESULTS.md; RESOLVE=PROGRAM times another, PEERS=1 also reclass-rs,
#                   SIZES=S,M or ROUNDS=3 looks quickly and writes nothing (bench/run --help)
#   make goldens    rewrite the golden cases with what the program prints
#   make schema     rewrite schema/ from the tables that files are bound by
#   make lint       format check;  make format  formats
#   make ci         all of it, as .ci/run does
#   make setup      install the headers of libyaml and libsodium, with apt
#   make clean      remove what was built

SHELL := /bin/bash
PREFIX ?= /usr/local
SECONDS_TO_FUZZ ?= 60
BUILD := swift build --explicit-target-dependency-import-check error
TEST := swift test --explicit-target-dependency-import-check error --disable-xctest
RELEASE := $(BUILD) -c release --scratch-path .build-release --product resolve \
	-Xswiftc -static-executable -Xlinker -s
BIN := .build/debug/resolve
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
APT := libyaml-dev libsodium-dev pkg-config

.PHONY: help setup run build test release install e2e conformance fuzz bench bench-test goldens goldens-current schema lint format ci clean

help:
	@sed -n '3,/^$$/s/^#  \{0,1\}//p' Makefile

setup:
	@missing=; for package in $(APT); do dpkg -s $$package >/dev/null 2>&1 || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then \
		echo "installing$$missing"; \
		$(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi
	@command -v swift >/dev/null || { echo "no Swift toolchain: install Swift 6.2 or later" >&2; exit 1; }

build: setup
	@$(BUILD)

# The example's secrets are encrypted, its identity stands beside them, and all of it is made up: it may be shown.
run: build
	@$(BIN) --site examples/homestak --identity examples/homestak/throwaway-identity.txt env dev --node pve --reveal

# What failed is said once more at the end, where nobody has to look for it among hundreds of lines.
test: setup
	@mkdir -p .build; $(TEST) 2>&1 | tee .build/test.log; status=$${PIPESTATUS[0]}; \
		[ $$status = 0 ] || grep -a -E '✘|error:' .build/test.log | head -n 50; exit $$status

release: setup
	@$(RELEASE) 2>&1 | { grep -v 'statically linked applications requires\|is dangerous, better use\|swift_static' || true; }; \
		exit $${PIPESTATUS[0]}
	@mkdir -p release && cp .build-release/release/resolve release/resolve
	@ls -l release/resolve

install: release
	@install -D -m 0755 release/resolve $(DESTDIR)$(PREFIX)/bin/resolve
	@echo "installed $(DESTDIR)$(PREFIX)/bin/resolve"

e2e: release
	@Tests/E2E/run release/resolve

conformance: build
	@Tests/conformance $(BIN)

fuzz: setup
	@Tests/Fuzz/run $(SECONDS_TO_FUZZ)

bench: $(if $(RESOLVE),,release)
	@bench/run $(if $(SIZES),--sizes "$(SIZES)") $(if $(SIZES)$(ROUNDS),,--write)

# Whether the bench itself works; no time is looked at.
bench-test: release
	@bench/run --resolve release/resolve --self-test

goldens: setup
	@RESOLVE_UPDATE_GOLDENS=1 $(TEST) --filter GoldenTests

goldens-current: goldens
	@git diff --exit-code -- Tests/Goldens/cases || { echo "the goldens are not current: run make goldens and read the difference" >&2; exit 1; }

schema: build
	@$(BIN) schema --dir schema

lint:
	@swift format lint --strict --recursive Sources Tests Package.swift

format:
	@swift format --in-place --recursive Sources Tests Package.swift

ci: setup lint build test goldens-current conformance fuzz e2e bench-test

clean:
	@rm -rf .build .build-* release
