"""Get a server ready for its first visitor."""

from __future__ import annotations

import contextlib
import gc
import importlib

# PyArrow looks for it with the first table it makes, which takes seconds where it is installed.
LATE = "pandas"
# Young objects before a look through them, and young looks before an older one (Python's own: 700, 10, 10).
THRESHOLDS = (20_000, 20, 20)


def load_pages() -> None:
    """Load every page's code, before the first connection is taken."""
    from django.urls import get_resolver

    _ = get_resolver().url_patterns


def warm_up() -> None:
    """Load what the first visitor would wait for, and set apart what stays for good.

    Libraries and tables of addresses never become garbage; looking through all of them
    stops an answer for 0.1-0.2 s now and then.
    """
    with contextlib.suppress(ImportError):
        importlib.import_module(LATE)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
