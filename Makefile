# codabridge: make help shows what there is.

# 1.26.10 and older leave net/http body limits and Expect open (and 1.26.8 trusts a
# compromised certificate authority, CVE-2026-111943),
# and where GOTOOLCHAIN is "local" the line in go.mod alone changes nothing.
export GOTOOLCHAIN := go1.26.11+auto
# One way to compile for checks, tests and the program they build, or each part
# is compiled once more: without paths of this machine, and without C but for
# the race detector and the icon of a Mac.
export GOFLAGS := -trimpath $(filter-out -trimpath,$(GOFLAGS))

VERSION := $(shell git describe --tags --match 'v*' 2>/dev/null | sed 's/^v//' || true)
# A build of a release asks for newer ones where its clone came from, if that host
# publishes a feed of them; FEED= makes one that asks nobody.
RELEASE := $(shell git describe --tags --match 'v*' --exact-match 2>/dev/null)
FEED ?= $(if $(RELEASE),$(shell git remote get-url origin 2>/dev/null | \
	sed -nE 's,^(https://|ssh://git@|git@)(github\.com|codeberg\.org)[:/]([A-Za-z0-9._-]+/[A-Za-z0-9._-]+)$$,https://\2/\3,p' | \
	sed -E 's,(\.git)?$$,/releases.atom,'))
LDFLAGS := -s -w $(if $(VERSION),-X codabridge/app/joining.Version=$(VERSION)) $(if $(FEED),-X codabridge/app.Feed=$(FEED))
BUILD   := go build -trimpath -ldflags "$(LDFLAGS)"
TOOLS   := $(CURDIR)/.tools
STATICCHECK := $(TOOLS)/staticcheck-0.8.2
export GOTESTSUM := $(TOOLS)/gotestsum-1.13.0

.PHONY: help build demo run test check conformance soak bench curve cover rooms fuzz cross pictures clean

help: ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# The icon of a Mac is drawn by cgo, and only a Mac has what that takes. Other
# systems need none, and make a static program.
cgo_for = $(if $(filter darwin/Darwin,$(1)/$(shell uname)),1,0)

# What Windows shows of the program, and how it wants to be run there: icon,
# version, manifest. go build links it in.
winres = $(if $(filter windows/%,$(1)),(cd cmd/codabridge && GOOS= GOARCH= go run winres.go -version "$(VERSION)" \
	-arch $(patsubst windows/%,%,$(1)) rsrc_windows_$(patsubst windows/%,%,$(1)).syso),true)

build: ## build bin/codabridge
	@mkdir -p bin
	@$(call winres,$(shell go env GOOS)/$(shell go env GOARCH))
	CGO_ENABLED=$(call cgo_for,$(shell go env GOOS)) $(BUILD) -o bin/codabridge$(shell go env GOEXE) ./cmd/codabridge

demo: build ## try it: a sample workspace, no accounts
	@bin/codabridge demo

run: build ## run it with your own accounts
	@bin/codabridge

test: $(GOTESTSUM) $(STATICCHECK) ## set up what is missing, then every check and test
	@.ci/setup
	@.ci/test

check: $(STATICCHECK) ## format, vet for three systems, staticcheck, tidy
	@test -z "$$(gofmt -l app assets cmd server tunnel)" || { echo "gofmt these:"; gofmt -l app assets cmd server tunnel; exit 1; }
	@go mod tidy -diff
	@CGO_ENABLED=0 go vet ./...
	@CGO_ENABLED=0 go run ./cmd/vet windows darwin
	@CGO_ENABLED=0 $(STATICCHECK) ./...

$(STATICCHECK):
	@mkdir -p $(TOOLS)
	@CGO_ENABLED=0 GOBIN=$(TOOLS) go install honnef.co/go/tools/cmd/staticcheck@v0.8.2
	@mv $(TOOLS)/staticcheck $@

$(GOTESTSUM):
	@mkdir -p $(TOOLS)
	@CGO_ENABLED=0 GOBIN=$(TOOLS) go install gotest.tools/gotestsum@v1.13.0
	@mv $(TOOLS)/gotestsum $@

conformance: $(GOTESTSUM) ## the official clients and suites against the built program (Node from npm), and Windows by wine
	@.ci/setup core x11 browser wine
	@.ci/conformance

soak: ## floods and kills in full, then faults (toxiproxy) and load (k6); prints figures
	@.ci/soak

bench: ## the speed table, each row against a bare request of the same run
	@CGO_ENABLED=0 go run ./cmd/bench

curve: ## how the cost of a search grows over five sizes of account, 2,000 to 2,000,000 rows (20 minutes the first time)
	@mkdir -p $${CODABRIDGE_BENCH_DIR:-bin/bench}
	@CGO_ENABLED=0 CODABRIDGE_BENCH_LARGE=1 CODABRIDGE_BENCH_DIR=$$(cd $${CODABRIDGE_BENCH_DIR:-bin/bench} && pwd) \
		go test -timeout 2h -run '^$$' -bench '^BenchmarkSearchGrows$$' -benchtime 1x ./server/index

cover: ## how much of each room the tests run, the built program included
	@.ci/cover

rooms: ## how the rooms stand to each other: arrows, imports, depth
	@CGO_ENABLED=0 go run ./cmd/rooms

fuzz: ## each fuzz target for one minute
	@.ci/fuzz 60s

cross: ## build for every system; those for a Mac have the icon only when made on one
	@for t in linux/amd64 linux/arm64 windows/amd64 windows/arm64; do \
	  end=; case $$t in windows/*) end=.exe; $(call winres,windows/$${t#*/});; esac && \
	  GOOS=$${t%/*} GOARCH=$${t#*/} CGO_ENABLED=0 $(BUILD) -o bin/codabridge-$${t%/*}-$${t#*/}$$end ./cmd/codabridge || exit 1; done
	@for a in amd64 arm64; do \
	  GOOS=darwin GOARCH=$$a CGO_ENABLED=$(call cgo_for,darwin) $(BUILD) -o bin/codabridge-darwin-$$a ./cmd/codabridge || exit 1; done; ls -l bin

clean: ## remove what was built
	rm -rf bin .tools/node

pictures: ## make the README's pictures from the running program
	@.ci/setup core x11 browser
	@go test -tags pictures -count=1 -run TestPictures ./cmd/codabridge
