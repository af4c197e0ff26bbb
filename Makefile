.PHONY: check lint test docs format priors posterior without bench oracle

check: lint test            ## all that CI runs, but for the documentation

lint:                       ## style, types, layers
	uv run --group lint ruff format --check
	uv run --group lint ruff check
	uv run --group lint --group docs basedpyright
	uv run --group lint lint-imports

test:                       ## tests, docstring examples, README
	uv run pytest

docs:                       ## the documentation site, in site/; a warning or a dead link is an error
	uv run --group docs sphinx-build -E -W --keep-going -q docs site

format:
	uv run --group lint ruff format
	uv run --group lint ruff check --fix

priors:                     ## make the shipped draws anew from priors.toml; add new ones to the posterior
	uv run python -m foedus.core.priors
	uv run python -m foedus.fit.shipped

posterior:                  ## make the shipped posterior anew (needs the record; a quarter of an hour)
	uv run foedus fit --out foedus-fit
	uv run python -m foedus.fit.shipped foedus-fit
	$(MAKE) without

without:                    ## make anew what the shipped fit says of single wars (needs the record)
	uv run python -m foedus.fit.without $$(sed -n 's/^mids: \[\(.*\)\]/\1/p' src/foedus/scenarios/*.yaml docs/how-to/called-ally.md | tr ',' ' ')

oracle:                     ## compare with a live Gambit (compiles it: minutes, needs a C++ compiler)
	uv run --group oracle pytest tests/game/test_exact.py

bench:                      ## speed and memory, as ratios
	uv run python benchmarks/run.py
