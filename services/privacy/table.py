"""The table of personal data (`wording/personal_data.toml`): every column of every model, what for and how long."""

from __future__ import annotations

from functools import cache
from typing import Any

from frozen import dataclass
from models import MODELS
from models.base import BaseModel
from wording import entry


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long something is kept: what for, on what ground, in words, what happens then (keep / empty / delete).

    `days` where time alone decides; `job` names the worker's job that sees to it.
    """

    name: str
    why: str
    ground: str
    keeps: str
    then: str
    days: int | None
    job: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table; column names as in the database. `via`: (own column, the table through which it is a person's)."""

    name: str
    title: str
    rule: str
    own: str
    via: tuple[str, str] | None
    copied: bool
    dropped: bool
    personal: tuple[str, ...]
    links: tuple[str, ...]
    plain: tuple[str, ...]
    erased: tuple[str, ...]
    rules: dict[str, str]

    def rule_of(self, column: str) -> str:
        """The rule by which a column about people is kept."""
        return self.rules.get(column, self.rule)


@cache
def keepings() -> dict[str, Keeping]:
    """Every rule by its name."""
    return {
        name: Keeping(
            name, said["why"], said["ground"], said["keeps"], said["then"], said.get("days"),
            said.get("job", "purge" if "days" in said else ""),
        )
        for name, said in entry("personal_data.rules").items()
    }  # fmt: skip


@cache
def tables() -> dict[str, Table]:
    """Every table by its name in the database."""
    return {name: _read(name, said) for name, said in entry("personal_data.tables").items()}


@cache
def models() -> dict[str, type[BaseModel]]:
    """Every model by its table's name."""
    return {str(model._meta.table_name): model for model in MODELS}


def _read(name: str, said: dict[str, object]) -> Table:
    def columns(key: str) -> tuple[str, ...]:
        return tuple(str(said.get(key, "")).split())

    own, _, other = str(said.get("of", "")).partition(">")
    rules = said.get("rules", {})
    assert isinstance(rules, dict)
    return Table(
        name, str(said["title"]), str(said.get("rule", "")), own, (own, other) if other else None,
        bool(said.get("copy")), bool(said.get("drop")), columns("personal"), columns("links"), columns("plain"),
        columns("erase"), rules,
    )  # fmt: skip


def rows_of(name: str, people: list[int]) -> Any:
    """The condition for the rows of a table that are these people's own."""
    table, model = tables()[name], models()[name]
    own = getattr(model, field_of(name, table.own))
    if table.via is None:
        return own.in_(people)
    other = models()[table.via[1]]
    key: Any = other._meta.primary_key
    return own.in_(other.select(key).where(rows_of(table.via[1], people)))


def field_of(name: str, column: str) -> str:
    """A column's name in the model: `volunteer` for `volunteer_id`."""
    return str(models()[name]._meta.columns[column].name)
