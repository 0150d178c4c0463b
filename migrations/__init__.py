"""Numbered schema changes, up and down; `apply(database)` runs what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playhouse.migrations import Runner

HERE = Path(__file__).parent


def runner(database: Any) -> Runner:
    """The runner over this folder and the database's own history table."""
    return Runner(database, str(HERE))


def apply(database: Any) -> list[str]:
    """Run every migration that has not run yet; the names of those that did."""
    database.connect(reuse_if_open=True)
    return list(runner(database).up() or [])


def missing(database: Any) -> list[str]:
    """Names of migrations that this code has and this database has not."""
    done = runner(database)
    applied = set(done.applied())
    return [name for name in (m.name for m in done.migrations()) if name not in applied]
