"""Many rows at once by one prepared statement: building a query for each costs ten times what running it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from models import store
from models.base import BaseModel
from models.dialect import translate
from queries import rows

#: Ids asked for in one statement.
_ASKED = 500
_NOTED = """
UPDATE import_row SET verdict = ?, problems = ?, changes = ?, subject = ?, applied_at = ?
WHERE batch_id = ? AND row_no = ?
"""


def many(sql: str, params: Sequence[Sequence[Any]]) -> None:
    """Run one statement for each of `params`."""
    database = store.current()
    if params:
        database.cursor().executemany(translate(sql, database.dialect), params)


def insert_all(model: type[BaseModel], made: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that name the same fields; what they leave out is as the model has it."""
    if not made:
        return
    fields = model._meta.sorted_fields  # type: ignore[attr-defined]
    named = [field for field in fields if field.name in made[0]]
    rest = [field for field in fields if field.name not in made[0] and field.default is not None]
    columns = ", ".join(field.column_name for field in (*named, *rest))
    marks = ", ".join("?" * (len(named) + len(rest)))
    turned = [(field.name, field.db_value) for field in named]
    same = tuple(field.db_value(field.default() if callable(field.default) else field.default) for field in rest)
    many(
        f"INSERT INTO {model._meta.table_name} ({columns}) VALUES ({marks})",  # type: ignore[attr-defined]
        [(*(turn(row[name]) for name, turn in turned), *same) for row in made],
    )


def ids_of(numbers: Sequence[str]) -> dict[str, int]:
    """{public number: id} of people."""
    found: dict[str, int] = {}
    for start in range(0, len(numbers), _ASKED):
        part = numbers[start : start + _ASKED]
        text = f"SELECT public_no, id FROM volunteer WHERE public_no IN ({', '.join('?' * len(part))})"
        found.update((number, int(ident)) for number, ident in rows(text, part))
    return found


def note_rows(noted: Sequence[Sequence[Any]]) -> None:
    """What became of rows of an import: (verdict, problems, changes, subject, applied at; batch, row) as they are
    stored."""
    many(_NOTED, noted)
