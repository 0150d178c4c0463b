"""Numbered schema changes, up and down; `apply(database)` runs what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import peewee

if TYPE_CHECKING:
    from playhouse.migrations import Runner

HERE = Path(__file__).parent
#: Where the runner keeps what it has applied.
HISTORY = "schema_migration"


def runner(database: Any) -> Runner:
    """The runner over this folder and the database's own history table."""
    from playhouse.migrations import Runner

    return Runner(database, str(HERE), HISTORY)


def apply(database: Any) -> list[str]:
    """Run every migration that has not run yet; the names of those that did."""
    database.connect(reuse_if_open=True)
    return list(runner(database).up() or [])


def missing(database: Any) -> list[str]:
    """Names of migrations that this code has and this database has not.

    What each process asks at its start: without the runner, whose loading costs more than asking.
    """
    applied: set[str] = set()
    if database.table_exists(HISTORY):
        applied = {name for (name,) in peewee.Table(HISTORY, ("name",)).bind(database).select().tuples()}
    return [name for name in sorted(path.stem for path in HERE.glob("[0-9]*.py")) if name not in applied]


def names(database: Any) -> list[str]:
    """The names of this code's migrations."""
    return [m.name for m in runner(database).migrations()]


def newest(database: Any) -> str:
    """The newest one that a migrated database has."""
    return str(max(runner(database).applied()))


def reach(database: Any, name: str) -> None:
    """Bring an empty database to exactly this schema, forwards or back."""
    database.connect(reuse_if_open=True)
    runner(database).up(name)
    back(database, name.split("_")[0])


def back(database: Any, number: str) -> list[str]:
    """Take back every migration after the one whose name begins with `number`, newest first; the names of those.

    ValueError if there is none of that number. The code must still hold the files that are taken back.
    """
    database.connect(reuse_if_open=True)
    applied = sorted(runner(database).applied())
    stay = [name for name in applied if name.split("_")[0] == number]
    if not stay:
        raise ValueError(f"no applied migration has the number {number}")
    later = applied[applied.index(stay[0]) + 1 :]
    return list(runner(database).down(later[0]) or []) if later else []
