"""Indexes and references of the big tables: taken down before the rows come, made anew behind them.

An index over ten million rows is built by one sort in seconds; kept up row by row it is most of the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from models.dialect import Database

#: The tables that grow with people, teams and records.
BIG = (
    "volunteer", "team_member", "activity", "position", "shift", "service_record", "minute_entry", "point_entry",
    "balance", "period_minutes", "service_month",
)  # fmt: skip
SQLITE_INDEXES = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?"
#: Those that no constraint owns.
POSTGRES_INDEXES = """
SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = CAST(%s AS regclass) AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid)
ORDER BY 1
"""
#: Of one kind: u unique, f references.
POSTGRES_CONSTRAINTS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = CAST(%s AS regclass) AND contype = %s ORDER BY 1
"""


def take_down(database: Database) -> list[str]:
    """Drop what slows the filling down; the statements that put it back, in order."""
    if database.dialect == "sqlite":
        return list(_sqlite(database))
    return list(_postgres(database))


def _sqlite(database: Database) -> Iterator[str]:
    for table in BIG:
        for name, sql in database.execute_sql(SQLITE_INDEXES, (table,)).fetchall():
            database.execute_sql(f'DROP INDEX "{name}"')
            yield sql


def _postgres(database: Database) -> Iterator[str]:
    """Indexes and unique keys before references: those are checked by these."""
    for table in BIG:
        for name, sql in database.execute_sql(POSTGRES_INDEXES, (table,)).fetchall():
            database.execute_sql(f'DROP INDEX "{name}"')
            yield sql
    for kind in ("u", "f"):
        for table in BIG:
            for name, sql in database.execute_sql(POSTGRES_CONSTRAINTS, (table, kind)).fetchall():
                database.execute_sql(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
                yield f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {sql}'


def put_back(database: Database, statements: list[str], step: Callable[[int, int], None]) -> None:
    """Make everything anew; on PostgreSQL that proves every reference."""
    for done, sql in enumerate(statements, 1):
        database.execute_sql(sql)
        step(done, len(statements))


def count_on(database: Database) -> None:
    """Let PostgreSQL's counters go on behind the numbers that were put in."""
    if database.dialect != "postgres":
        return
    serial = (
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'id' "
        "AND (column_default IS NOT NULL OR is_identity = 'YES')"
    )
    for (table,) in database.execute_sql(serial).fetchall():
        database.execute_sql(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) FROM \"{table}\")) "
            f"WHERE EXISTS (SELECT 1 FROM \"{table}\")"
        )
