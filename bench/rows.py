"""Rows put straight into a table, in order, by the thousand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from models import store
from models.dialect import translate

BATCH = 2000


def put(table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Insert `rows` into `table`; `columns` are names between blanks."""
    database = store.current()
    names = columns.split()
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
