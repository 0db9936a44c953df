"""Run a command with DATABASE_URL naming a PostgreSQL server: `with_postgres.py COMMAND...`.

The server is the one KAEJON_TEST_POSTGRES names, else a throw-away one from the
pgserver wheel. With CI=true a missing server is a failure; otherwise the command
is left out and that is said.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def main(command: list[str]) -> int:
    if address := os.environ.get("KAEJON_TEST_POSTGRES"):
        return run(command, address)
    try:
        import pgserver
    except ImportError:
        return left_out("the pgserver wheel is not made for this machine; set KAEJON_TEST_POSTGRES")
    with tempfile.TemporaryDirectory(prefix="kaejon-postgres-") as folder:
        # As root the server runs under an account of its own, which must reach its folder.
        Path(folder).chmod(0o755)
        try:
            server = pgserver.get_server(Path(folder) / "cluster", cleanup_mode="delete")
        except (OSError, subprocess.SubprocessError) as error:
            return left_out(f"the PostgreSQL server did not start: {error}")
        # Throw-away data needs no safe writes.
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            server.psql(f"ALTER SYSTEM SET {setting}")
        server.psql("SELECT pg_reload_conf()")
        try:
            return run(command, server.get_uri())
        finally:
            server.cleanup()


def run(command: list[str], address: str) -> int:
    environment = os.environ | {"DATABASE_URL": address, "KAEJON_TEST_DATABASE": "postgres"}
    return subprocess.run(command, env=environment, check=False).returncode


def left_out(reason: str) -> int:
    print(f"PostgreSQL tests left out: {reason}.", file=sys.stderr)
    return 1 if os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
