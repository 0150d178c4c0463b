"""The part of an activity's form that holds positions: name and number, and folded away what is asked and the shifts.

Rows are plain texts, so that what was typed is shown again beside a refusal.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from clock import SHANGHAI, UTC
from handlers.pages.browser import field
from services.errors import Refusal, RefusalCode
from services.participation.positions import Conditions, PositionDraft, ShiftDraft

ROWS = 5
#: Choices of a skill or licence in one row, and shifts; a position with more shows more.
CHOICES, SHIFTS = 2, 3
TRAININGS = "、"


def blank(name: str = "", quota: str = "") -> dict[str, Any]:
    """A row nobody has filled in."""
    return {
        "name": name, "quota": quota, "requirement": "", "skills": [], "qualifications": [], "trainings": "",
        "age_from": "", "age_to": "", "shifts": [],
    }  # fmt: skip


def typed() -> list[dict[str, Any]]:
    """The rows as they were just typed."""
    return [_typed(f"p{number}_") for number in range(ROWS)]


def _typed(start: str) -> dict[str, Any]:
    row = blank(field(start + "name", 40), field(start + "quota", 9))
    row |= {name: field(start + name, 300) for name in ("requirement", "trainings", "age_from", "age_to")}
    for name in ("skills", "qualifications"):
        chosen = (field(f"{start}{name}{number}", 40) for number in range(20))
        row[name] = list(dict.fromkeys(each for each in chosen if each))
    shifts = (tuple(field(f"{start}s{number}_{part}", 9) for part in ("start", "end", "quota")) for number in range(20))
    row["shifts"] = [each for each in shifts if any(each)]
    return row


def kept(positions: Iterable[PositionDraft]) -> list[dict[str, Any]]:
    """The rows of an activity that is there already."""
    return [_kept(each) for each in positions]


def _kept(position: PositionDraft) -> dict[str, Any]:
    asked = position.conditions
    return blank(position.name, str(position.quota)) | {
        "requirement": position.requirement, "skills": list(asked.skills),
        "qualifications": list(asked.qualifications), "trainings": TRAININGS.join(asked.trainings),
        "age_from": str(asked.age_from or ""), "age_to": str(asked.age_to or ""),
        "shifts": [(_clock(each.starts_at), _clock(each.ends_at), str(each.quota or "")) for each in position.shifts],
    }  # fmt: skip


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%H:%M}"


def shown(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows as the page draws them: as many as there are places, each with room for its choices and shifts."""
    return [_shown(row) for row in rows + [blank()] * (ROWS - len(rows))]


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    told = any(value for name, value in row.items() if name not in ("name", "quota"))
    room = {name: row[name] + [""] * (CHOICES - len(row[name])) for name in ("skills", "qualifications")}
    return row | room | {"told": told, "shifts": row["shifts"] + [("", "", "")] * (SHIFTS - len(row["shifts"]))}


def differ(rows: list[dict[str, Any]], before: list[dict[str, Any]]) -> bool:
    """Whether anything was changed in them."""
    return rows != before + [blank()] * (len(rows) - len(before))


def drafts(rows: list[dict[str, Any]], starts_at: datetime) -> tuple[PositionDraft, ...]:
    """The positions; a shift's time that is earlier on the clock than the activity's start is the next day's.

    Refusal: ACTIVITY_INVALID with the `field` that cannot be read.
    """
    found: list[PositionDraft] = []
    for row in rows:
        if row["name"] or (row["quota"] and not found):
            found.append(_draft(row, starts_at))
    return tuple(found)


def _draft(row: dict[str, Any], starts_at: datetime) -> PositionDraft:
    trainings = row["trainings"].replace(",", TRAININGS).replace("，", TRAININGS).split(TRAININGS)
    conditions = Conditions(
        skills=tuple(row["skills"]), qualifications=tuple(row["qualifications"]),
        trainings=tuple(each.strip() for each in trainings if each.strip()),
        age_from=_age(row["age_from"]), age_to=_age(row["age_to"]),
    )  # fmt: skip
    shifts = tuple(_shift(each, starts_at) for each in row["shifts"])
    return PositionDraft(row["name"], _number(row["quota"]), row["requirement"], conditions, shifts)


def _shift(typed: tuple[str, ...], starts_at: datetime) -> ShiftDraft:
    begins = _moment(typed[0], starts_at)
    return ShiftDraft(begins, _moment(typed[1], begins), _number(typed[2]) if typed[2] else None)


def _moment(text: str, not_before: datetime) -> datetime:
    local = not_before.astimezone(SHANGHAI)
    try:
        moment = datetime.combine(date(local.year, local.month, local.day), time.fromisoformat(text), SHANGHAI)
    except ValueError:
        raise Refusal(RefusalCode.ACTIVITY_INVALID, field="shifts") from None
    return (moment if moment >= local.replace(second=0, microsecond=0) else moment + timedelta(days=1)).astimezone(UTC)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _age(text: str) -> int | None:
    return _number(text) if text else None
