"""Many rows at once by one prepared statement: building a query for each costs ten times what running it does."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from peewee import CharField, TextField

from models import store
from models.base import BaseModel
from models.dialect import translate
from queries import change, counted, rows

#: Ids asked for in one statement.
_ASKED = 500
#: From so many rows on COPY is quicker than so many INSERTs.
COPIED = 20
_NOTED = """
UPDATE import_row SET verdict = ?, problems = ?, changes = ?, subject = ?, applied_at = ?, sealed = X''
WHERE batch_id = ? AND row_no = ?
"""
_NOTED_TOGETHER = """
UPDATE import_row r SET verdict = n.verdict, problems = n.problems, changes = n.changes, subject = n.subject,
    applied_at = n.applied_at, sealed = ''
FROM UNNEST(?::TEXT[], ?::TEXT[], ?::TEXT[], ?::TEXT[], ?::BIGINT[], ?::INTEGER[])
    AS n(verdict, problems, changes, subject, applied_at, row_no)
WHERE r.batch_id = ? AND r.row_no = n.row_no
"""
_NEXT = """
SELECT row_no, sealed FROM import_row
WHERE batch_id = ? AND row_no > ? AND verdict IN ('new', 'changed') AND applied_at IS NULL ORDER BY row_no LIMIT ?
"""


def many(sql: str, params: Sequence[Sequence[Any]]) -> None:
    """Run one statement for each of `params`."""
    database = store.current()
    if params:
        database.cursor().executemany(translate(sql, database.dialect), params)


def insert_all(model: type[BaseModel], made: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that name the same fields; what they leave out is as the model has it. PostgreSQL takes many by
    COPY."""
    if not made:
        return
    fields = model._meta.sorted_fields  # type: ignore[attr-defined]
    named = [field for field in fields if field.name in made[0]]
    rest = [field for field in fields if field.name not in made[0] and field.default is not None]
    names = ", ".join(field.column_name for field in (*named, *rest))
    table = model._meta.table_name  # type: ignore[attr-defined]
    same = (field.db_value(field.default() if callable(field.default) else field.default) for field in rest)
    # Column by column: what a column holds is turned alike, and mostly needs no turning.
    columns = [_turned(field, [row[field.name] for row in made]) for field in named]
    lines = list(zip(*columns, *(itertools.repeat(each, len(made)) for each in same), strict=True))
    if store.current().dialect == "postgres" and len(lines) >= COPIED:
        _copy(f"COPY {table} ({names}) FROM STDIN", lines)
    else:
        many(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * (len(named) + len(rest)))})", lines)


def _turned(field: Any, values: list[Any]) -> list[Any]:
    """The values of a column as they are stored."""
    first, turn = values[0], field.db_value
    if all(value is first for value in values):
        return [turn(first)] * len(values)
    if type(field) in (CharField, TextField) and all(type(value) is str for value in values):
        return values
    return [turn(value) for value in values]


def _copy(text: str, lines: Sequence[Sequence[Any]]) -> None:
    with store.current().cursor() as cursor, cursor.copy(text) as copy:
        for line in lines:
            copy.write_row(line)


def replace(
    model: type[BaseModel], *, column: str, key: str, texts: Sequence[tuple[bytes, str, Sequence[Any], bytes]]
) -> int:
    """Put sealed texts in the place of older ones: (new, name of the key, primary key, old) each, where the old
    one still stands; how many. `column` and `key` ("" for none) are fields of the model."""
    about: Any = model._meta  # type: ignore[attr-defined]
    named = [about.fields[each].column_name for each in (column, key) if each]
    own = [field.column_name for field in about.get_primary_keys()]
    text = (
        f"UPDATE {about.table_name} SET {', '.join(f'{name} = ?' for name in named)} "
        f"WHERE {' AND '.join(f'{name} = ?' for name in (*own, named[0]))}"
    )
    return sum(counted(text, (new, *((name,) if key else ()), *ids, old)) for new, name, ids, old in texts)


def ids_of(numbers: Sequence[str]) -> dict[str, int]:
    """{public number: id} of people."""
    return _ids("public_no", numbers)


def ids_by_document(indexes: Sequence[str]) -> dict[str, int]:
    """{blind index of an ID number: id} of people."""
    return _ids("document_index", indexes)


def _ids(column: str, wanted: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(wanted), _ASKED):
        part = wanted[start : start + _ASKED]
        text = f"SELECT {column}, id FROM volunteer WHERE {column} IN ({', '.join('?' * len(part))})"
        found.update((value, int(ident)) for value, ident in rows(text, part))
    return found


def waiting_rows(batch_id: int, first: int, last: int) -> set[int]:
    """The numbers of an import's rows between two, both included, that were not applied yet."""
    text = "SELECT row_no FROM import_row WHERE batch_id = ? AND row_no BETWEEN ? AND ? AND applied_at IS NULL"
    return {row_no for (row_no,) in rows(text, (batch_id, first, last))}


def next_rows(batch_id: int, after: int, limit: int) -> list[tuple[int, bytes]]:
    """(number, sealed cells) of an import's next rows behind one that are to be applied, in order."""
    return [(row_no, bytes(sealed)) for row_no, sealed in rows(_NEXT, (batch_id, after, limit))]


def note_rows(batch_id: int, noted: Sequence[Sequence[Any]]) -> None:
    """What became of rows of an import: (verdict, problems, changes, subject, applied at; row) as they are stored.

    Nobody needs the cells of one that was applied or refused any more: what was sealed goes with it.
    """
    if noted and store.current().dialect == "postgres":
        change(_NOTED_TOGETHER, [*(list(each) for each in zip(*noted, strict=True)), batch_id])
        return
    many(_NOTED, [(*each[:-1], batch_id, each[-1]) for each in noted])
