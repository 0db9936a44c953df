#!/bin/sh
# Prints the newest Python that is 3.11 or later; nothing when there is none.
for name in python3.13 python3.12 python3.11 python3 python; do
  if path=$("$name" -c 'import sys; sys.version_info >= (3, 11) or sys.exit(1); print(sys.executable)' 2>/dev/null); then
    echo "$path"
    exit 0
  fi
done
