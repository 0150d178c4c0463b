"""A county outgrows SQLite: everything into an empty PostgreSQL, and the proof that it arrived.

All of it or nothing: one transaction there, while nobody can write here. What is proved: every row by checksum, every
reference, every kept total from the entries of the books, every seal.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import migrations
from frozen import dataclass
from models import JobRun, store
from models.dialect import PostgresDatabase, SqliteDatabase, open_database
from queries import copying as sql
from services import audit
from services.actors import OPERATOR
from services.bookkeeping import books
from services.operation import health


class NotCopied(Exception):
    """Nothing was copied; the text is one English sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many tables and rows there are now."""

    tables: int
    rows: int


def copy_to(
    url: str, *, at: datetime, key: bytes = b"", progress: Callable[[int, int], None] = lambda done, total: None
) -> Outcome:
    """Copy the bound SQLite database to the PostgreSQL at `url` and prove it; afterwards that one is bound. `key`: of
    the seals on the books.

    NotCopied, in this order: not from SQLite to PostgreSQL, a schema behind this code, a worker that still runs, a
    target in which somebody lives, rows that PostgreSQL does not take, a proof that fails.
    """
    source = store.current()
    try:
        target = open_database(url)
    except ValueError as wrong:
        raise NotCopied(str(wrong)) from None
    if not isinstance(source, SqliteDatabase) or not isinstance(target, PostgresDatabase):
        raise NotCopied("the copy goes from SQLite (DATABASE_URL) to postgresql://…")
    if behind := migrations.missing(source):
        raise NotCopied(f"this database lacks {', '.join(behind)}: run flask migrate first")
    beat = JobRun.get_or_none(JobRun.name == "heartbeat")
    if beat is not None and at - beat.started_at <= health.HEARTBEAT_WITHIN:
        raise NotCopied("the worker runs: stop web and worker, wait a minute, then copy")
    # before it, in the database that is copied: whoever takes a copy to somewhere of his own leaves this behind
    audit.note(actor=OPERATOR, verb="database.copied", subject="house:database", detail={}, at=at)
    try:
        return _copied(source, target, key, progress)
    except sql.RowNotTaken as problem:
        raise NotCopied(f"PostgreSQL did not take {problem}; nothing was copied") from None
    finally:
        if store.current() is not target:
            target.close()
            target.close_all()


def _copied(
    source: SqliteDatabase, target: PostgresDatabase, key: bytes, progress: Callable[[int, int], None]
) -> Outcome:
    migrations.apply(target)
    if sql.is_used(target):
        raise NotCopied("somebody lives in that database already: make an empty one")
    names = sql.tables(target)
    with sql.hold(source), target.atomic():
        references = sql.empty(target, names)
        copied = []
        for done, table in enumerate(names, 1):
            copied.append(sql.copy(source, target, table))
            progress(done, 2 * len(names))
        sql.finish(target, names, references, sql.numbers(source))
        for done, was in enumerate(copied, len(names) + 1):
            if sql.look(target, was.table) != was:
                raise sql.RowNotTaken(was.table, "rows read back are not those that were sent")
            progress(done, 2 * len(names))
    store.bind(target)
    if wrong := books.verify(whole=True, key=key):
        raise NotCopied(f"the books there differ in {len(wrong)} places: see flask verify-books on both")
    return Outcome(len(names), sum(each.rows for each in copied))
