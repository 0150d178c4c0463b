"""Every statement that the application asks while all its pages are looked at, each kept once with its values.

    with standing(folder) as stage:
        asked = asked_by_pages(stage)      # {Statement(sql): where it was asked first}

The stage is that of the rights (`tests/rights/stage.py`): its world has an object of each kind, so that a page asks for
all it shows. Pages are opened in the roles that see most and in those that see one team; lists are also asked in every
order and with one choice of each filter, as Excel, and the chat every command.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from bench.scale import variants
from handlers.bot.registry import COMMANDS
from models.dialect import SqliteDatabase
from tests.rights import examples, matrix
from tests.rights.stage import Stage

#: Who looks: the whole province, a county, its centre, one team, oneself, nobody.
LOOKERS = ("province_admin", "county_admin", "director", "auditor", "leader", "member", "stranger", "anonymous")
READ = ("SELECT", "WITH", "UPDATE", "DELETE", "INSERT")


@dataclass
class Asked:
    """Statements by their text: the values of the first time, and where that was."""

    found: dict[str, tuple[tuple[Any, ...], str]] = field(default_factory=dict)
    where: str = ""

    def note(self, sql: str, params: Any) -> None:
        """Keep a statement that reads, or that changes rows it has to find first."""
        if sql.lstrip().startswith(READ):
            self.found.setdefault(sql, (tuple(params or ()), self.where))


@contextmanager
def listening() -> Iterator[Asked]:
    """What any SQLite database is asked while the block runs."""
    asked, original = Asked(), SqliteDatabase._execute_cursor

    def noted(self: Any, sql: str, params: Any = None, *args: Any, **kwargs: Any) -> Any:
        asked.note(sql, params)
        return original(self, sql, params, *args, **kwargs)

    with patch.object(SqliteDatabase, "_execute_cursor", noted):
        yield asked


def asked_by_pages(stage: Stage) -> Asked:
    """Look at everything, as everybody, and say what the database was asked."""
    with listening() as asked:
        for name in sorted(f"{method} {rule}" for method, rule in matrix.routes(stage) if method == "GET"):
            for role in LOOKERS:
                _look(stage, asked, role, name)
        for command in sorted(COMMANDS):
            for role in LOOKERS:
                asked.where = f"{role} says {command}"
                matrix.said(stage, role, command)
    return asked


def _look(stage: Stage, asked: Asked, role: str, name: str) -> None:
    path = matrix.path(stage, name)
    page = _get(stage, asked, role, path)
    if role not in ("province_admin", "county_admin") or page.status_code != 200 or page.mimetype != "text/html":
        return
    ways = list(dict.fromkeys(variants(path.partition("?")[0], page.text)))
    if "format=xlsx" in page.text:
        ways.append(path + ("&" if "?" in path else "?") + "format=xlsx")
    for way in ways:
        _get(stage, asked, role, way)


def _get(stage: Stage, asked: Asked, role: str, path: str) -> Any:
    asked.where = f"{role} {path}"
    answer = stage.call(role, "GET", path)
    stage.clean()
    return answer


__all__ = ["LOOKERS", "Asked", "asked_by_pages", "examples", "listening"]
