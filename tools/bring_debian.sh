#!/usr/bin/env bash
# Brings a Debian package when a command is absent: bring_debian.sh PACKAGE COMMAND...
# Any one of the commands is enough. Prints the path found; exit 1 when it cannot be brought.
set -euo pipefail
package=$1
shift

look() {
  for name in "$@"; do
    command -v "$name" && return 0
  done
  return 1
}

look "$@" && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "$package is missing, and only root on a Debian machine can bring it." >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >&2
apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1 || {
  echo "apt-get could not install $package." >&2
  exit 1
}
look "$@"
