"""Rows put straight into a table, in order, by the thousand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from models import store
from models.dialect import translate

BATCH, PART = 2000, 50_000


def put(table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Insert `rows` into `table`; `columns` are names between blanks. PostgreSQL takes them by COPY."""
    database = store.current()
    names = columns.split()
    if database.dialect == "postgres":
        _copy(table, names, rows)
        return
    sql = translate(
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", database.dialect
    )
    with database.atomic():
        cursor = database.cursor()
        batch: list[Sequence[Any]] = []
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH:
                cursor.executemany(sql, batch)
                batch = []
        if batch:
            cursor.executemany(sql, batch)


def _copy(table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A part of the rows at a time, each ready before it is sent: who makes them may ask the database."""
    database, source = store.current(), iter(rows)
    with database.atomic():
        database.execute_sql("SET LOCAL statement_timeout = 0")
        while batch := list(islice(source, PART)):
            with database.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
                for row in batch:
                    copy.write_row(row)
