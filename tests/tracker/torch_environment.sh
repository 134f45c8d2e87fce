#!/usr/bin/env bash
# An environment of its own for the tests that train with torch: large, so neither in the lock file nor in .venv.
# usage: tests/tracker/torch_environment.sh [pytest words]    makes .venv-torch once, then runs the tests marked `torch`
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-python3}
venv=.venv-torch
if [ ! -e "$venv/ready" ]; then
  "$python" -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0
  "$venv/bin/pip" install --quiet --disable-pip-version-check 'transformers>=4.50' accelerate lightning keras pytest syrupy hypothesis
  "$venv/bin/pip" install --quiet --disable-pip-version-check --editable '.[track]'
  touch "$venv/ready"
fi
exec "$venv/bin/python" -m pytest -q -m torch tests/tracker/test_libraries.py "$@"
