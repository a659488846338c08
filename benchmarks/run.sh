#!/usr/bin/env bash
# Makes the peers' environment from its lock on first use, then reruns every claim. Arguments are those of benchmarks.field.
set -euo pipefail
cd "$(dirname "$0")/.."

export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 PYTHONUTF8=1
unset PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONWARNINGS

LOCK=requirements/benchmarks.txt
test -x .venv/bin/python || { echo "qdecon's own environment is missing; next: make report" >&2; exit 1; }
if [ ! .bench/.made -nt "$LOCK" ]; then
	echo "== the peers' environment ($LOCK in .bench)"
	.venv/bin/python -m venv --clear .bench
	echo '*' > .bench/.gitignore
	.bench/bin/python -m pip -qq --disable-pip-version-check --no-input install --require-hashes -r "$LOCK"
	touch .bench/.made
fi
exec .venv/bin/python -m benchmarks.field "$@"
