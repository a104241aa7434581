# The commands that a person types. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

STACK ?= dev
JOB ?= nginx
FORMAT ?= text
export STACK JOB FORMAT

TASK := node --require tsx/cjs tasks
JOB_COMMANDS := validate plan run status stop allocs last-alloc-id last-alloc-status logs

.PHONY: help
help: ## List these commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-22s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo '  STACK=dev chooses the stack, JOB=nginx the job.'

# npm writes this file last: where it is older than the lock file, an install was cut short or is out of date.
node_modules/.package-lock.json: package.json package-lock.json sdks/nomad/package.json
	@echo 'Installing npm packages …' >&2
	@npm ci --no-audit --no-fund --loglevel=error >&2
	@touch $@

.PHONY: up preview preview-report drift down forget clean urls env images
up: node_modules/.package-lock.json ## Bring everything up: tools, Docker engine, images, the stack; then show the URLs
	@$(TASK)/up.ts

preview: node_modules/.package-lock.json ## Show what `make up` would change, judged by the policies (POLICIES=on|off)
	@$(TASK)/preview.ts

preview-report: node_modules/.package-lock.json ## Say what `make up` would do to agents, quorum, files and jobs: FORMAT=text, markdown or json
	@$(TASK)/previewReport.ts

drift: node_modules/.package-lock.json ## Ask every machine whether it still is as `make up` left it
	@$(TASK)/drift.ts

down: node_modules/.package-lock.json ## Take the stack down, with its data
	@$(TASK)/down.ts

# Whoever names no host means none, and not the one that lab-ssh takes then.
forget: node_modules/.package-lock.json ## Let go of a machine that is gone for good: HOST=client-3
	@HOST='$(if $(filter file,$(origin HOST)),,$(HOST))' $(TASK)/forget.ts

clean: node_modules/.package-lock.json ## Take the stack down and forget everything this checkout keeps
	@$(TASK)/clean.ts

urls: node_modules/.package-lock.json ## Show where to find what runs
	@$(TASK)/urls.ts

env: node_modules/.package-lock.json ## Print variables for plain `pulumi`, `nomad` and `consul`: eval "$$(make env)"
	@$(TASK)/env.ts

images: node_modules/.package-lock.json ## Put the images that the stack runs on this machine's engine
	@$(TASK)/images.ts

.PHONY: $(addprefix job-,$(JOB_COMMANDS))
job-validate: ## Check a job file
job-plan: ## Show what Nomad would do with a job file
job-run: ## Register a job by hand
job-status: ## Show a job
job-stop: ## Stop a job by hand
job-allocs: ## List a job's allocations
job-last-alloc-id: ## Print the id of a job's last allocation
job-last-alloc-status: ## Show a job's last allocation
job-logs: ## Print what a job's last allocation wrote
$(addprefix job-,$(JOB_COMMANDS)): job-%: node_modules/.package-lock.json
	@$(TASK)/job.ts $*

.PHONY: lab-up lab-down lab-ssh
HOST ?= server-1
CMD ?=
export HOST CMD
LAB := node --require tsx/cjs tests/lab/cli.ts
lab-up: node_modules/.package-lock.json ## Start six stand-in machines on this one, to try a cluster on
	@$(LAB) up

lab-down: node_modules/.package-lock.json ## Take them down, with all that is on them
	@$(LAB) down

lab-ssh: node_modules/.package-lock.json ## Log in to one: HOST=server-1, and CMD='…' to run something there
	@$(LAB) ssh "$$HOST" "$$CMD"

.PHONY: test-lab
test-lab: node_modules/.package-lock.json ## The cluster on stand-in machines alone
	@npx jest --selectProjects lab --runInBand

.PHONY: test test-unit test-plugins test-e2e lint
test: node_modules/.package-lock.json ## Everything: lint, types, unit, component, stack, plugins, end-to-end, lab
	@$(TASK)/test.ts

test-unit: node_modules/.package-lock.json ## What needs neither Docker nor a network, in under a minute
	@npx tsc -p tsconfig.check.json
	@npx jest --selectProjects unit component stack

test-plugins: node_modules/.package-lock.json ## The stand-in plugins, against the real Docker, Consul and Nomad that are here
	@npx jest --selectProjects plugins --runInBand

test-e2e: node_modules/.package-lock.json ## The sandbox from nothing to nothing
	@npx jest --selectProjects e2e --runInBand

lint: node_modules/.package-lock.json ## Check format, style and types
	@npx biome check .
	@npx tsc -p tsconfig.check.json
