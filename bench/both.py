"""The same rows on both databases: a SQLite file of its own, then a PostgreSQL that waits for its disk."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.figures import Row
from models import store
from queries import change
from tests.support.postgres import PostgresServer


def on_both(measured: Callable[[str, str], list[Row]], *, name: str, what: str, missing: list[str]) -> list[Row]:
    """`measured(url, SQLite or PostgreSQL)` on each; where no server can be had, a sentence about `what` goes into
    `missing`. `name` is that of folder and database."""
    folder = Path(tempfile.mkdtemp(prefix=f"hongyao-{name}-"))
    try:
        made = measured(f"sqlite:///{folder / name}.db", "SQLite")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    try:
        server = PostgresServer.start(durable=True)
    except Exception as cause:
        missing.append(f"{what} on PostgreSQL: no server here ({cause})")
        return made
    try:
        return made + measured(server.create(name), "PostgreSQL")
    finally:
        server.stop()


def unhurried(act: Callable[[], object]) -> None:
    """A write of the bench's own, that a million rows may take longer than any statement of the house's."""

    def whole() -> None:
        if store.current().dialect == "postgres":
            change("SET LOCAL statement_timeout = 0")
        act()

    store.write(whole)
