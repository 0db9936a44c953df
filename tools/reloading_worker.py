"""The worker for `make dev`: ends and starts anew when a Python file changes."""

from __future__ import annotations

import threading

from kaejon.config.setup import start_django


def main() -> None:
    from kaejon.cli.worker import work, worker_name

    start_django()
    work(worker_name(), threading.Event(), until_idle=False)


if __name__ == "__main__":
    from django.utils.autoreload import run_with_reloader

    start_django()
    run_with_reloader(main)
