"""Everything in the database as it was at one moment, and back into an empty one: COPY, or SQLite's pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from models import store
from models.dialect import Database, PostgresDatabase, SqliteDatabase
from queries import copying

PIECE = 1024 * 1024
OURS = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite$_%' ESCAPE '$' ORDER BY 1"


@contextmanager
def snapshot() -> Iterator[Database]:
    """The bound database at one moment, for as long as it takes; whoever writes meanwhile is not kept waiting."""
    database = store.current()
    if isinstance(database, SqliteDatabase):
        with store.session(), database.atomic("DEFERRED"):
            database.execute_sql("SELECT 1 FROM schema_migration").fetchone()  # from here on
            yield database
        return
    with store.session(), database.atomic():
        database.execute_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            database.execute_sql(f"SET LOCAL {limit} = 0")
        yield database


def copy_pages(database: SqliteDatabase, target: Path) -> None:
    """The snapshot as a database of its own, in one step: in steps, somebody's write would begin it anew."""
    copy = apsw.Connection(str(target))
    try:
        with copy.backup("main", database.connection(), "main") as work:
            work.step(-1)
        copy.execute("PRAGMA journal_mode = delete")
    finally:
        copy.close()


def look(path: Path) -> tuple[str, dict[str, int]]:
    """What SQLite says of a database's integrity ("ok"), and the rows of each of its tables."""
    copy = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        said = str(next(copy.execute("PRAGMA integrity_check"))[0])
        names = [str(name) for (name,) in copy.execute(OURS)]
        return said, {name: int(next(copy.execute(f'SELECT count(*) FROM "{name}"'))[0]) for name in names}
    finally:
        copy.close()


def columns(database: PostgresDatabase) -> dict[str, list[str]]:
    """The columns of every table but the history of migrations."""
    return {
        table: [name for name, _ in database.execute_sql(copying.COLUMNS, (table,)).fetchall()]
        for table in copying.tables(database)
    }


def out(database: PostgresDatabase, table: str, named: list[str]) -> Iterator[bytes]:
    """The rows of a table in PostgreSQL's own text; each ends with the only bare newline in it."""
    with (
        database.connection().cursor() as cursor,
        cursor.copy(f"COPY {table} ({_listed(named)}) TO STDOUT") as stream,
    ):
        for piece in stream:
            yield bytes(piece)


def numbers(database: PostgresDatabase) -> dict[str, int]:
    """Where the numbers of each table go on."""
    found = {}
    for table in copying.tables(database):
        row = database.execute_sql(
            "SELECT pg_get_serial_sequence(%s, a.attname) FROM pg_attribute AS a WHERE a.attrelid = %s::regclass "
            "AND a.attname = 'id'", (table, table),
        ).fetchone()  # fmt: skip
        if row and row[0]:
            last, called = database.execute_sql(f"SELECT last_value, is_called FROM {row[0]}").fetchone()
            if called:
                found[table] = int(last)
    return found


def into(database: PostgresDatabase, table: str, named: list[str], pieces: Iterator[bytes]) -> int:
    """Rows as `out` gave them; how many. RowNotTaken."""
    with database.connection().cursor() as cursor:
        try:
            with cursor.copy(f"COPY {table} ({_listed(named)}) FROM STDIN") as stream:
                for piece in pieces:
                    stream.write(piece)
            return int(cursor.rowcount)
        except Exception as problem:  # the driver's, of many classes
            raise copying.not_taken(table, problem) from None


def is_used(database: Database) -> bool:
    """Whether somebody lives there; an empty file and a database without tables are nobody's."""
    there = set(database.get_tables())
    return any(
        database.execute_sql(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in copying.USED if table in there
    )


def _listed(named: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in named)
