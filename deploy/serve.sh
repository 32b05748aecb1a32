#!/bin/sh
# Serves the release that this file is part of. HOST and PORT say where; PYTHON may name another interpreter.
set -eu
# The folder itself and not a link to it: a rollout turns the link while this process still runs.
folder=$(cd "$(dirname "$0")/.." && pwd -P)
export PYTHONDONTWRITEBYTECODE=1
exec "${PYTHON:-$folder/venv/bin/python}" "$folder/build_db.py" serve \
  --host "${HOST:-127.0.0.1}" --port "${PORT:-8001}" --downloads "$folder/dist" --log
