"""Long computing that keeps its job: the lease is renewed after every query."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
from django.db import transaction

from kaejon.apps.jobs.actions import Progress
from kaejon.methods.engine import Engine, EngineName, Source, Tabular


def stay_alive(progress: Progress) -> None:
    """Renew the lease of a job in the middle of long work."""
    with transaction.atomic():
        progress.advance()


@dataclass
class Watched:
    """An engine that says after each query that the work is alive."""

    engine: Engine
    step: Callable[[], None]

    @property
    def name(self) -> EngineName:
        return self.engine.name

    def read(self, data: Tabular) -> Source:
        return self.engine.read(data)

    def query(self, sql: str) -> pa.Table:
        found = self.engine.query(sql)
        self.step()
        return found
