#!/usr/bin/env bash
# Runs a command with the clock of its Python processes at 20:00 UTC of today: at_night.sh COMMAND...
# Between 17:00 and 24:00 UTC it is already tomorrow in Thailand; a date taken from the wrong
# clock shows itself then, and only then.
set -euo pipefail
# An offset, not a moment: every process of the run tells the same time.
NIGHT_OFFSET_SECONDS=$(($(date -u -d 'today 20:00' +%s) - $(date -u +%s)))
export NIGHT_OFFSET_SECONDS
export PYTHONPATH="$(cd "$(dirname "$0")/../tests/night" && pwd)${PYTHONPATH:+:$PYTHONPATH}"
exec "$@"
