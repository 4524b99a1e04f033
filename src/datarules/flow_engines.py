"""What runs the join over a log: DuckDB in this process, or Spark on a cluster, behind one small interface."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import ibis
import pyarrow as pa

from .errors import ConfigError, InputError

FORMATS = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".csv.gz": "csv",
    ".tsv": "csv",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
}
"""Formats of logs by the suffix of their names."""
Progress = Callable[[float], None]
POLL = 0.2
"""Seconds between two looks at how far a query has come."""
BATCH = 1 << 17
"""Rows of a batch of an Arrow file."""
MEMORY = "2GB"
"""What DuckDB may use before it spills to disk, unless set otherwise."""


class Engine(Protocol):
    """What a log is read with, joined on and written by."""

    def read(self, paths: Sequence[Path], form: str) -> Any:
        """Return the log as an Ibis table."""
        ...

    def put(self, name: str, rows: pa.Table, texts: Sequence[str] = ()) -> Any:
        """Return a small table; some of its columns hold few texts that many rows of the log will get."""
        ...

    def rows(self, expression: Any, progress: Progress | None = None) -> pa.Table:
        """Run an expression and return its rows."""
        ...

    def write(self, expression: Any, path: Path, form: str, progress: Progress | None = None) -> None:
        """Run an expression and write its rows."""
        ...

    def damaged(self) -> list[dict[str, Any]]:
        """Return the lines of the files read that are no rows: file, line, reason."""
        ...


def format_of(path: Path) -> str:
    """Return the format of a log by the suffix of its name.

    Raises:
        InputError: there is no such format.
    """
    name = path.name.casefold()
    for suffix in sorted(FORMATS, key=len, reverse=True):
        if name.endswith(suffix):
            return FORMATS[suffix]
    raise InputError.single(
        "files", str(path), "This suffix is not known.", f"Use one of: {', '.join(FORMATS)}."
    )


class DuckDB:
    """DuckDB in this process; what does not fit into its memory goes to disk. Rows keep their order.

    Args:
        threads: threads; every core unless given.
        memory: largest memory, such as ``2GB``.
    """

    def __init__(self, threads: int | None = None, memory: str = MEMORY) -> None:
        settings: dict[str, Any] = {"memory_limit": memory} | ({"threads": threads} if threads else {})
        try:
            self.base = ibis.duckdb.connect(**settings)
        except Exception as error:
            raise ConfigError.single(
                "memory", memory, f"DuckDB cannot be started: {error}.", "Write for example 2GB."
            ) from None
        self.base.raw_sql("SET enable_progress_bar = true")
        self.base.raw_sql("SET enable_progress_bar_print = false")
        self.base.raw_sql("SET perfect_ht_threshold = 22")  # groups of keys by position
        self.base.raw_sql("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        self._csv = False

    def read(self, paths: Sequence[Path], form: str) -> Any:
        """Return the log; columns of CSV files stay text, so that they are written as they were read."""
        names = [str(path) for path in paths]
        if form == "parquet":
            return self.base.read_parquet(names)
        if form == "csv":
            self._csv = True
            return self.base.read_csv(names, all_varchar=True, store_rejects=True)
        import pyarrow.dataset as ds

        self.base.con.register("flows_arrow", ds.dataset(names, format="ipc"))
        return self.base.table("flows_arrow")

    def put(self, name: str, rows: pa.Table, texts: Sequence[str] = ()) -> Any:
        """Return a small table, with the statistics that let DuckDB join by position.

        Few texts become an enumeration, so that files are written without hashing it row by row.
        """
        self.base.create_table(name, rows, temp=True)
        for column in texts:
            kind = f"{name}_{column}"
            if rows[column].null_count < len(rows):
                words = self.base.compile(self.base.table(name).select(column).drop_null().distinct())
                self.base.raw_sql(f'CREATE TEMP TYPE "{kind}" AS ENUM ({words} ORDER BY 1)')
                self.base.raw_sql(f'ALTER TABLE "{name}" ALTER "{column}" TYPE "{kind}"')
        return self.base.table(name)

    def rows(self, expression: Any, progress: Progress | None = None) -> pa.Table:
        """Run an expression and return its rows."""
        with self._watched(progress):
            return self.base.to_pyarrow(expression)

    def write(self, expression: Any, path: Path, form: str, progress: Progress | None = None) -> None:
        """Run an expression and write its rows."""
        with self._watched(progress):
            if form == "parquet":
                self.base.to_parquet(expression, path)
            elif form == "csv":
                more = {"compression": "gzip"} if ".gz" in path.suffixes else {}
                self.base.to_csv(expression, path, delimiter="\t" if ".tsv" in path.suffixes else ",", **more)
            else:
                schema = expression.schema().to_pyarrow()
                batches = self.base.con.sql(str(self.base.compile(expression))).to_arrow_reader(BATCH)
                with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, schema) as sink:
                    for batch in batches:
                        sink.write_batch(batch.cast(schema))

    def damaged(self) -> list[dict[str, Any]]:
        """Return the lines of CSV files that are no rows."""
        if not self._csv:
            return []
        found = self.base.con.sql(
            "SELECT DISTINCT s.file_path AS file, e.line, e.error_message AS reason, e.csv_line AS text "
            "FROM reject_errors e JOIN reject_scans s USING (scan_id, file_id) ORDER BY 1, 2, 3"
        )
        return list(found.to_arrow_table().to_pylist())

    @contextmanager
    def _watched(self, progress: Progress | None) -> Iterator[None]:
        if progress is None:
            yield
            return
        done = threading.Event()

        def look() -> None:
            while not done.wait(POLL):
                share = self.base.con.query_progress()
                if share >= 0:
                    progress(share / 100)

        watcher = threading.Thread(target=look, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()


class Spark:
    """Spark, through its session: local, or of a cluster where ``SPARK_REMOTE`` or the master says so.

    Args:
        session: the session to use; one is made unless given.
    """

    def __init__(self, session: Any = None) -> None:
        try:
            from pyspark.sql import SparkSession
        except ModuleNotFoundError:
            raise ConfigError.single(
                "engine", "spark", "PySpark is not installed.", "Install it: pip install 'datarules[spark]'."
            ) from None
        self.session = session or SparkSession.builder.appName("datarules flows").getOrCreate()
        self.base = ibis.pyspark.connect(self.session)
        self._log: Any = None

    def read(self, paths: Sequence[Path], form: str) -> Any:
        """Return the log; columns of CSV files stay text."""
        names = [str(path) for path in paths]
        if form == "parquet":
            frame = self.session.read.parquet(*names)
        elif form == "csv":
            mark = "\t" if names[0].endswith(".tsv") else ","
            frame = self.session.read.csv(names, header=True, inferSchema=False, sep=mark, escape='"')
        else:
            raise InputError.single(
                "files", names[0], "Spark reads no Arrow files.", "Use Parquet, or the engine duckdb."
            )
        frame.createOrReplaceTempView("flows_log")
        return self.base.table("flows_log")

    def put(self, name: str, rows: pa.Table, texts: Sequence[str] = ()) -> Any:
        """Return a small table."""
        self.session.createDataFrame(rows).createOrReplaceTempView(name)
        return self.base.table(name)

    def rows(self, expression: Any, progress: Progress | None = None) -> pa.Table:
        """Run an expression and return its rows."""
        return self.base.to_pyarrow(expression)

    def write(self, expression: Any, path: Path, form: str, progress: Progress | None = None) -> None:
        """Run an expression and write its rows, as a folder of parts."""
        frame = self.session.sql(str(self.base.compile(expression)))
        if form == "parquet":
            frame.write.parquet(str(path))
        elif form == "csv":
            frame.write.csv(str(path), header=True, escape='"')
        else:
            raise InputError.single(
                "output", str(path), "Spark writes no Arrow files.", "Use .parquet or .csv."
            )

    def damaged(self) -> list[dict[str, Any]]:
        """Return nothing: Spark keeps a short or long line as a row with what it holds."""
        return []


ENGINES: dict[str, Callable[[], Engine]] = {"duckdb": DuckDB, "spark": Spark}
"""Engines by name."""
