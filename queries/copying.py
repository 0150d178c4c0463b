"""All rows of a house on SQLite into an empty one on PostgreSQL, table by table, in one transaction.

Constraints between tables and our own triggers rest meanwhile, so that the order of the tables does not matter; the
constraints are made anew at the end, which proves every reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from zlib import crc32

from frozen import dataclass
from models.dialect import PostgresDatabase, SqliteDatabase

HISTORY = "schema_migration"
#: Rows of it exist as soon as anybody used a house.
USED = ("region", "volunteer", "audit_entry")
COLUMNS = (
    "SELECT column_name, data_type FROM information_schema.columns "
    "WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position"
)
REFERENCES = (
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY 1, 2"
)
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


class RowNotTaken(Exception):
    """PostgreSQL refused a table's rows; `table` and `reason`, its own words without values of people."""

    def __init__(self, table: str, reason: str) -> None:
        super().__init__(f"{table}: {reason}")
        self.table, self.reason = table, reason


def not_taken(table: str, problem: Exception) -> RowNotTaken:
    """The server's own words; the driver's details may hold a person's data."""
    said = getattr(getattr(problem, "diag", None), "message_primary", None)
    return RowNotTaken(table, str(said or type(problem).__name__))


@dataclass(frozen=True, slots=True)
class Copied:
    """One table: how many rows, and the sum of their checksums."""

    table: str
    rows: int
    sum: int


def is_used(target: PostgresDatabase) -> bool:
    """Whether somebody lives in a migrated database already."""
    return any(target.execute_sql(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in USED)


def tables(target: PostgresDatabase) -> list[str]:
    """Every table but the history of migrations."""
    return [name for (name,) in target.execute_sql(TABLES).fetchall() if name != HISTORY]


def hold(source: SqliteDatabase) -> Any:
    """A transaction that nobody else writes beside."""
    return source.atomic("IMMEDIATE")


def empty(target: PostgresDatabase, names: list[str]) -> list[tuple[str, str, str]]:
    """Take off the references between tables and throw away what migrations put in; the references taken off."""
    target.execute_sql("SET LOCAL statement_timeout = 0")
    target.execute_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
    references = [tuple(row) for row in target.execute_sql(REFERENCES).fetchall()]
    for table, name, _ in references:
        target.execute_sql(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for table in names:
        target.execute_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    target.execute_sql(f"TRUNCATE {', '.join(names)}")
    return references


def copy(source: SqliteDatabase, target: PostgresDatabase, table: str) -> Copied:
    """All rows of a table, as one COPY. RowNotTaken."""
    columns = _columns(target, table)
    count = total = 0
    named = ", ".join(f'"{name}"' for name, _ in columns)
    with target.connection().cursor() as cursor:
        try:
            with cursor.copy(f"COPY {table} ({named}) FROM STDIN") as into:
                for row in _read(source, table, columns):
                    into.write_row(row)
                    count, total = count + 1, total + _sum(row)
        except Exception as problem:  # the driver's, of many classes
            raise not_taken(table, problem) from None
    return Copied(table, count, total)


def numbers(source: SqliteDatabase) -> dict[str, int]:
    """Where the numbers of each table go on."""
    return dict(source.execute_sql("SELECT name, seq FROM sqlite_sequence").fetchall())


def finish(
    target: PostgresDatabase, names: list[str], references: list[tuple[str, str, str]], last: Mapping[str, int]
) -> None:
    """Numbers go on where they were; triggers and references are put back, and every reference is proved."""
    for table in names:
        target.execute_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        if last.get(table):
            target.execute_sql("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", (table, last[table]))
    for table, name, told in references:
        try:
            target.execute_sql(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {told}')
        except Exception as problem:
            raise RowNotTaken(table, f"{name}: a row refers to one that is not there") from problem


def look(target: PostgresDatabase, table: str) -> Copied:
    """What has arrived, read back."""
    columns = _columns(target, table)
    count = total = 0
    with target.connection().cursor(name="read_back") as cursor:
        cursor.itersize = 5000
        cursor.execute(f"SELECT {_named(columns)} FROM {table}")
        for row in cursor:
            count, total = count + 1, total + _sum(row)
    return Copied(table, count, total)


def _columns(target: PostgresDatabase, table: str) -> list[tuple[str, str]]:
    return [tuple(row) for row in target.execute_sql(COLUMNS, (table,)).fetchall()]


def _named(columns: list[tuple[str, str]]) -> str:
    return ", ".join(f'"{name}"' for name, _ in columns)


def _read(source: SqliteDatabase, table: str, columns: list[tuple[str, str]]) -> Iterator[tuple[Any, ...]]:
    flags = [kind == "boolean" for _, kind in columns]
    for row in source.execute_sql(f"SELECT {_named(columns)} FROM {table}"):
        yield tuple(
            bool(value) if flag and value is not None else value for value, flag in zip(row, flags, strict=True)
        )


def _sum(row: tuple[Any, ...]) -> int:
    plain = [bytes(value) if isinstance(value, memoryview) else value for value in row]
    return crc32(repr(plain).encode("utf-8", "surrogatepass"))
