"""Where matching is computed: DuckDB inside this process, or Spark when lists outgrow it.

All steps are the same SQL, written for DuckDB and rendered for Spark by sqlglot. String
distances run on one-byte codes, so both engines count the same characters.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol, Self

from kaejon.methods.errors import UsageError

EngineName = Literal["duckdb", "spark"]
ENGINES: tuple[EngineName, ...] = ("duckdb", "spark")

# Enough for two lists of a million people; above it DuckDB spills to its temporary directory.
MEMORY_LIMIT = "1200MB"


class Engine(Protocol):
    """Named tables made by SQL, and the Splink interface to the same place."""

    name: EngineName

    def create(self, table: str, sql: str) -> None:
        """Compute `sql` once and keep it under `table`, replacing what was there."""

    def define(self, table: str, sql: str) -> None:
        """Like `create`, for a step that is read once or twice; Spark computes it when read."""

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a small result."""

    def arrow(self, sql: str) -> Any:
        """A result as a pyarrow table."""

    def load_parquet(self, table: str, path: Path) -> None:
        """Make a Parquet file known as `table`."""

    def drop(self, *tables: str) -> None:
        """Forget tables that are no longer needed."""

    def splink_api(self) -> Any:
        """Splink's database interface on this engine."""

    def condition(self, sql: str) -> str:
        """A comparison condition in this engine's dialect."""

    def close(self) -> None:
        """Give back memory and temporary files."""


class DuckDBEngine:
    """DuckDB in memory, with a stated memory limit and a private spill directory."""

    name: EngineName = "duckdb"

    def __init__(self, *, memory_limit: str = MEMORY_LIMIT, threads: int | None = None) -> None:
        import duckdb

        self._spill = tempfile.mkdtemp(prefix="kaejon-match-")
        config: dict[str, Any] = {
            "memory_limit": memory_limit,
            "temp_directory": self._spill,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "preserve_insertion_order": False,
        }
        if threads:
            config["threads"] = threads
        self.connection = duckdb.connect(":memory:", config=config)
        self.connection.execute("SET enable_progress_bar = false")
        self._views: set[str] = set()

    def create(self, table: str, sql: str) -> None:
        if table in self._views:
            self.drop(table)
        self.connection.execute(f"CREATE OR REPLACE TABLE {table} AS {sql}")

    def define(self, table: str, sql: str) -> None:
        self.create(table, sql)

    def view(self, table: str, sql: str) -> None:
        """Name a query without computing it, where keeping its rows would only cost memory."""
        self.drop(table)
        self.connection.execute(f"CREATE VIEW {table} AS {sql}")
        self._views.add(table)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return list(self.connection.execute(sql).fetchall())

    def arrow(self, sql: str) -> Any:
        return self.connection.sql(sql).to_arrow_table()

    def load_parquet(self, table: str, path: Path) -> None:
        self.connection.execute(f"CREATE OR REPLACE TABLE {table} AS FROM read_parquet('{path}')")

    def drop(self, *tables: str) -> None:
        for table in tables:
            kind = "VIEW" if table in self._views else "TABLE"
            self.connection.execute(f"DROP {kind} IF EXISTS {table}")
            self._views.discard(table)

    def splink_api(self) -> Any:
        from splink import DuckDBAPI

        return DuckDBAPI(connection=self.connection)

    def condition(self, sql: str) -> str:
        return sql

    def close(self) -> None:
        self.connection.close()
        shutil.rmtree(self._spill, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class SparkEngine:
    """A classic Spark session with Splink's string functions.

    Every table is written to Parquet once, so that no step is computed twice and results do
    not depend on how Spark schedules the work.
    """

    name: EngineName = "spark"

    def __init__(self, session: Any = None) -> None:
        self._work = Path(tempfile.mkdtemp(prefix="kaejon-spark-"))
        self._own_session = session is None
        self.session = session or self._start_session()
        self._api = self._register_distances()
        self._made = 0

    def _start_session(self) -> Any:
        try:
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise UsageError(
                "engine_not_installed",
                "The Spark engine is not installed here.",
                remedy="Install kaejon[spark] and Java 17, or use --engine duckdb.",
            ) from error
        from splink.backends.spark import similarity_jar_location

        settings = {
            "spark.jars": similarity_jar_location(),
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.shuffle.partitions": "4",
            "spark.default.parallelism": "4",
            "spark.driver.memory": "3g",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.sql.warehouse.dir": str(self._work / "warehouse"),
            "spark.log.level": "ERROR",
        }
        builder = SparkSession.builder.master("local[2]").appName("kaejon match")
        for key, value in settings.items():
            builder = builder.config(key, value)
        session = builder.getOrCreate()
        session.sparkContext.setCheckpointDir(str(self._work / "checkpoints"))
        return session

    def _register_distances(self) -> Any:
        """Splink's interface; making it also registers its string distances with Spark."""
        from splink import SparkAPI

        return SparkAPI(
            spark_session=self.session,
            break_lineage_method="parquet",
            num_partitions_on_repartition=4,
        )

    def create(self, table: str, sql: str) -> None:
        self._made += 1
        path = self._work / f"{table}-{self._made}"
        self.session.sql(self._spark_sql(sql)).write.parquet(str(path))
        self.load_parquet(table, path)

    def define(self, table: str, sql: str) -> None:
        self.session.sql(self._spark_sql(sql)).createOrReplaceTempView(table)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.session.sql(self._spark_sql(sql)).collect()]

    def arrow(self, sql: str) -> Any:
        import pyarrow.parquet as parquet

        self._made += 1
        path = self._work / f"result-{self._made}"
        self.session.sql(self._spark_sql(sql)).write.parquet(str(path))
        return parquet.read_table(path)

    def load_parquet(self, table: str, path: Path) -> None:
        self.session.read.parquet(str(path)).createOrReplaceTempView(table)

    def drop(self, *tables: str) -> None:
        for table in tables:
            self.session.catalog.dropTempView(table)

    def splink_api(self) -> Any:
        return self._api

    def condition(self, sql: str) -> str:
        return sql.replace("jaro_winkler_similarity(", "jaro_winkler(")

    def _spark_sql(self, sql: str) -> str:
        import sqlglot

        return self.condition(
            sqlglot.transpile(sql, read="duckdb", write="spark")[0]
            .replace("JAROWINKLER_SIMILARITY(", "jaro_winkler(")
            .replace("JARO_WINKLER_SIMILARITY(", "jaro_winkler(")
        )

    def close(self) -> None:
        if self._own_session:
            self.session.stop()
        shutil.rmtree(self._work, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_engine(name: str) -> DuckDBEngine | SparkEngine:
    """The engine of this name. Refuses an unknown name."""
    if name == "duckdb":
        return DuckDBEngine()
    if name == "spark":
        return SparkEngine()
    raise UsageError(
        "unknown_engine",
        f"There is no engine {name!r}.",
        remedy=f"Choose one of: {', '.join(ENGINES)}.",
    )
