"""Static SQL of the hot paths, one file per concern. The only room that runs SQL text.

A query is a module constant written with `?`; `rows`, `one`, `change` and `counted` run it on the bound database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from models import store
from models.dialect import translate

Row = tuple[Any, ...]


def rows(sql: str, params: Sequence[Any] = ()) -> list[Row]:
    """All rows of a query."""
    database = store.current()
    return list(database.execute_sql(translate(sql, database.dialect), tuple(params)).fetchall())


def one(sql: str, params: Sequence[Any] = ()) -> Row | None:
    """The first row of a query, or None. Use RETURNING to learn whether a change took place."""
    database = store.current()
    row = database.execute_sql(translate(sql, database.dialect), tuple(params)).fetchone()
    return None if row is None else tuple(row)


@contextmanager
def patient() -> Iterator[None]:
    """Inside, PostgreSQL's limit for one statement does not hold: for what reads whole tables by night and writes
    nothing."""
    database = store.current()
    if database.dialect != "postgres":
        yield
        return
    with database.atomic():
        database.execute_sql("SET LOCAL statement_timeout = 0", ())
        yield


def change(sql: str, params: Sequence[Any] = ()) -> None:
    """Run a statement whose result nobody needs."""
    database = store.current()
    database.execute_sql(translate(sql, database.dialect), tuple(params))


def counted(sql: str, params: Sequence[Any] = ()) -> int:
    """Run a statement that returns nothing; how many rows it changed."""
    database = store.current()
    cursor = database.execute_sql(translate(sql, database.dialect), tuple(params))
    return int(database.rows_affected(cursor))
