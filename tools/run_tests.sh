#!/usr/bin/env bash
# Runs the whole suite: SQLite (at 20:00 UTC, when it is tomorrow in Thailand), PostgreSQL, then the browser and Spark.
# What cannot be brought is left out and named; with CI=true that is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

left_out=()
without() {
  left_out+=("$1")
  if [ "${CI:-}" = true ]; then
    echo "CI leaves nothing out: $1 tests cannot run." >&2
    exit 1
  fi
}

engines=()
if KAEJON_CHROMIUM=$(tools/bring_debian.sh chromium chromium chromium-browser google-chrome google-chrome-stable); then
  export KAEJON_CHROMIUM
  engines+=(browser)
else
  without browser
fi
if tools/bring_debian.sh default-jre-headless java >/dev/null && make .make/spark; then
  engines+=(spark)
else
  without Spark
fi

tools/at_night.sh make test-sqlite
make test-postgres
for engine in "${engines[@]}"; do
  make "test-$engine"
done
if [ ${#left_out[@]} -gt 0 ]; then
  echo "Left out, because it could not be brought: ${left_out[*]} tests." >&2
fi
