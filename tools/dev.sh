#!/usr/bin/env bash
# For developers: the demo with reload. Pages start anew when Python changes, the worker too,
# styles and scripts are bundled when they change. One Ctrl-C ends all three.
set -euo pipefail
cd "$(dirname "$0")/.."
port=${PORT:-8000}
data=$(realpath -m "${KAEJON_DATA_DIR:-data/demo}")

.venv/bin/kaejon demo --data-dir "$data" --port "$port" --no-serve
export KAEJON_DATA_DIR=$data KAEJON_SYNTHETIC=True KAEJON_DEBUG=True KAEJON_LOG_LEVEL=INFO
export KAEJON_SITE_URL=http://127.0.0.1:$port/
trap 'trap - EXIT INT TERM; kill 0' EXIT INT TERM
tools/with_node.sh node frontend/build.mjs --watch &
.venv/bin/python tools/reloading_worker.py &
.venv/bin/python -m kaejon.manage runserver "127.0.0.1:$port"
