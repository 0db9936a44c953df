"""Where big tables are computed: DuckDB embedded, Spark distributed, the same SQL.

A method writes its queries once, in DuckDB's dialect kept to plain SQL (`CASE`, `SUM`,
`GROUP BY`, explicit `CAST`); sqlglot renders the text for the engine that runs it. Both
engines answer with an Arrow table, so nothing above this module knows which one ran.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Literal, Protocol, Self, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from kaejon.methods.errors import DataError, UsageError

ColumnKind = Literal["integer", "float", "decimal", "boolean", "text", "other"]
EngineName = Literal["duckdb", "spark"]
Tabular: TypeAlias = str | Path | pa.Table | Mapping[str, Sequence[object]]

DEFAULT_MEMORY = "2GB"
DEFAULT_THREADS = 2

INTEGER_TYPES = {
    "tinyint", "smallint", "int", "integer", "bigint", "hugeint",
    "utinyint", "usmallint", "uinteger", "ubigint",
}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """A table an engine can read: its name in SQL and the kind of each column."""

    name: str
    columns: Mapping[str, ColumnKind]

    def require(self, columns: Iterable[str]) -> None:
        """Refuse (UsageError) a table without one of these columns."""
        unknown = [column for column in columns if column not in self.columns]
        if unknown:
            raise UsageError(
                "unknown_column",
                f"The data has no column {unknown[0]!r}.",
                remedy=f"Columns found: {', '.join(list(self.columns)[:40])}.",
                columns=unknown,
            )


class Engine(Protocol):
    """A place that runs the methods' SQL."""

    name: EngineName

    def __enter__(self) -> Engine: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def read(self, data: Tabular) -> Source:
        """Make a Parquet file, an Arrow table or a mapping of columns readable in SQL."""
        ...

    def query(self, sql: str) -> pa.Table:
        """Answer of one query written in DuckDB's dialect."""
        ...


def open_engine(
    name: str = "duckdb", *, memory: str = DEFAULT_MEMORY, threads: int = DEFAULT_THREADS
) -> AbstractContextManager[Engine]:
    """The engine called `name`, to be used in a `with` statement.

    `memory` is the most the engine may hold before it spills to disk ("2GB"), `threads`
    the cores it may use. Refuses: an unknown name, memory or threads that make no sense; Spark
    where PySpark is not installed.
    """
    if not re.fullmatch(r"[1-9]\d*(MB|GB)", memory) or threads < 1:
        raise UsageError(
            "engine_bounds",
            f"The engine cannot run with {memory!r} of memory and {threads} threads.",
            remedy="Give memory such as 500MB or 2GB, and at least 1 thread.",
        )
    if name == "duckdb":
        return DuckDbEngine(memory=memory, threads=threads)
    if name == "spark":
        return SparkEngine(memory=memory, threads=threads)
    raise UsageError(
        "unknown_engine", f"There is no engine called {name!r}.", remedy="Use duckdb or spark."
    )


def render(sql: str, dialect: EngineName) -> str:
    """The same query in the words of the engine that runs it."""
    if dialect == "duckdb":
        return sql
    import sqlglot

    return str(sqlglot.transpile(sql, read="duckdb", write=dialect)[0])


def quoted(name: str) -> str:
    """A column or table name safe inside SQL, whatever letters it holds."""
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def text_literal(value: str) -> str:
    """A text value safe inside SQL."""
    escaped = value.replace("'", "''")
    return f"'{escaped}'"


def column_kind(type_name: str) -> ColumnKind:
    """Kind of a column from the name an engine gives to its type."""
    plain = type_name.lower().split("(")[0].strip()
    if plain in INTEGER_TYPES:
        return "integer"
    if plain in {"float", "double", "real"}:
        return "float"
    if plain == "decimal":
        return "decimal"
    if plain == "boolean":
        return "boolean"
    return "text" if plain in {"varchar", "string"} else "other"


def parquet_path(data: str | Path) -> Path:
    """The file to scan. Refuses: a missing file, or one that is not Parquet."""
    path = Path(data)
    if not path.exists():
        raise UsageError("file_not_found", f"There is no file {path}.", remedy="Check the path.")
    if path.suffix.lower() != ".parquet":
        raise UsageError(
            "not_parquet",
            f"{path.name} is not a Parquet file.",
            remedy="Read CSV and XLSX files into columns first; the command line does so.",
        )
    return path


def arrow_table(data: pa.Table | Mapping[str, Sequence[object]]) -> pa.Table:
    """Columns as an Arrow table. Refuses: a column that mixes text and numbers."""
    if isinstance(data, pa.Table):
        return typed(data)
    arrays = {name: arrow_column(name, values) for name, values in data.items()}
    if len({len(array) for array in arrays.values()}) > 1:
        raise DataError(
            "ragged_columns",
            "The columns do not have the same number of rows.",
            remedy="Give every column one value per row, None where it is missing.",
        )
    return typed(pa.table(arrays))


def typed(table: pa.Table) -> pa.Table:
    """The table with columns that hold nothing at all read as empty text."""
    for place, field in enumerate(table.schema):
        if pa.types.is_null(field.type):
            empty = pa.nulls(len(table), pa.string())
            table = table.set_column(place, field.name, empty)
    return table


def arrow_column(name: str, values: Sequence[object]) -> pa.Array:
    """One column. Refuses: values of mixed types."""
    try:
        return pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise DataError(
            "mixed_column",
            f"Column {name!r} mixes numbers and text.",
            remedy="Keep one type of value in a column.",
            column=name,
        ) from error


class DuckDbEngine:
    """DuckDB inside this process: no server, bounded memory, no downloads."""

    name: EngineName = "duckdb"

    def __init__(self, *, memory: str, threads: int) -> None:
        import duckdb

        self._error = duckdb.Error
        self._spill = TemporaryDirectory(prefix="kaejon-duckdb-", ignore_cleanup_errors=True)
        self._connection = duckdb.connect(
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "allow_community_extensions": "false",
                "memory_limit": memory,
                "temp_directory": self._spill.name,
                "threads": str(threads),
            }
        )
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()
        self._spill.cleanup()

    def read(self, data: Tabular) -> Source:
        self._count += 1
        name = f"source_{self._count}"
        if isinstance(data, str | Path):
            location = text_literal(str(parquet_path(data)))
            # The file is asked several times: its footer need not be read again each time.
            self._connection.execute("SET parquet_metadata_cache = true")
            self._scan(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({location})", data)
        else:
            self._connection.register(name, arrow_table(data))
        described = self._connection.execute(f"DESCRIBE {name}").fetchall()
        return Source(name, {row[0]: column_kind(row[1]) for row in described})

    def query(self, sql: str) -> pa.Table:
        return self._connection.sql(render(sql, "duckdb")).to_arrow_table()

    def _scan(self, statement: str, data: str | Path) -> None:
        try:
            self._connection.execute(statement)
        except self._error as error:
            raise unreadable_parquet(data) from error


class SparkEngine:
    """Spark: the session that is running already, else a local one, stopped when done."""

    name: EngineName = "spark"

    def __init__(self, *, memory: str, threads: int) -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise UsageError(
                "spark_missing",
                "The Spark engine is not installed.",
                remedy="Install kaejon[spark] and Java 17, or use --engine duckdb.",
            ) from error
        self._borrowed = SparkSession.getActiveSession() is not None
        self._session: Any = (
            SparkSession.builder.master(f"local[{threads}]")
            .appName("kaejon")
            .config("spark.ui.enabled", "false")
            # The JVM never compiles a longer method: wide measures would run interpreted.
            .config("spark.sql.codegen.hugeMethodLimit", "8000")
            .config("spark.driver.memory", memory.replace("GB", "g").replace("MB", "m"))
            .config("spark.sql.shuffle.partitions", str(2 * threads))
            .config("spark.sql.ansi.enabled", "true")
            .config("spark.sql.session.timeZone", "UTC")
            .getOrCreate()
        )
        self._session.sparkContext.setLogLevel("ERROR")
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._borrowed:
            self._session.stop()
            return
        for number in range(1, self._count + 1):
            self._session.catalog.dropTempView(f"source_{number}")

    def read(self, data: Tabular) -> Source:
        self._count += 1
        name = f"source_{self._count}"
        frame = self._frame(data)
        frame.createOrReplaceTempView(name)
        return Source(name, {column: column_kind(kind) for column, kind in frame.dtypes})

    def query(self, sql: str) -> pa.Table:
        return self._session.sql(render(sql, "spark")).toArrow()

    def _frame(self, data: Tabular) -> Any:
        if not isinstance(data, str | Path):
            return self._session.createDataFrame(arrow_table(data))
        path = parquet_path(data)
        try:
            return self._session.read.parquet(str(path))
        except Exception as error:
            if "AnalysisException" in type(error).__name__ or "Parquet" in str(error):
                raise unreadable_parquet(data) from error
            raise


def floats(column: pa.ChunkedArray | pa.Array) -> NDArray[np.float64]:
    """A column of an answer as numbers, NaN where it is empty."""
    whole = _whole(column.cast(pa.float64()))
    values = _values(whole, np.dtype(np.float64))
    if not whole.null_count:
        return values
    present = _values(_whole(whole.is_valid().cast(pa.int8())), np.dtype(np.int8))
    return np.where(present == 1, values, np.nan)


def integers(column: pa.ChunkedArray | pa.Array) -> NDArray[np.int64]:
    """A column of an answer as whole numbers; what stands for an empty cell means nothing."""
    return _values(_whole(column.cast(pa.int64())), np.dtype(np.int64))


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _values(array: pa.Array, kind: np.dtype[Any]) -> NDArray[Any]:
    # Arrow's own conversions import pandas, which takes longer than most measures.
    if not len(array):
        return np.zeros(0, dtype=kind)
    start = array.offset * kind.itemsize
    return np.frombuffer(array.buffers()[1], dtype=kind, count=len(array), offset=start)


def unreadable_parquet(data: str | Path) -> DataError:
    """The refusal for a file that only looks like Parquet."""
    return DataError(
        "unreadable_file",
        f"{Path(data).name} cannot be read as Parquet.",
        remedy="Write the file again from the program that made it.",
    )
