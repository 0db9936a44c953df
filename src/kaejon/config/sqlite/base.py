"""Django's SQLite backend for connections that stay open: it notices that the file is another one."""

from __future__ import annotations

import os
from typing import Any

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A restored backup is a new file under the old name; an open connection would write into the old one."""

    opened_file: tuple[int, int] | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        self.opened_file = self.file_now()
        return connection

    def is_usable(self) -> bool:
        """Asked by Django at the first query of a request."""
        return self.opened_file == self.file_now() and super().is_usable()

    def file_now(self) -> tuple[int, int] | None:
        """Device and number of the file; None in memory, or while there is none."""
        try:
            status = os.stat(self.settings_dict["NAME"])
        except OSError:
            return None
        return status.st_dev, status.st_ino
