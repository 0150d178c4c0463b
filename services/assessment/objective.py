"""What the books say of a year: hours, attendance, evaluations, training, each with the rows it came from (S45).

A card keeps the numbers and, of each book, the last row that was read; with the person and the days that is exactly
the rows: the books are only added to.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from peewee import JOIN

from clock import local_day
from models import Activity, AssessmentCard, Evaluation, MinuteEntry, ServiceRecord, Signup
from services import permissions
from services.actors import Actor
from services.assessment import cards, reckoning, training
from services.assessment.shapes import Objective, ObjectivePart, SourceRow
from services.errors import Refusal, RefusalCode
from services.participation.outcomes import word
from services.times import day_starts

C = RefusalCode
#: Rows shown of one part, newest first.
MOST = 200


def shape(card: AssessmentCard) -> Objective | None:
    """The objective score of a card with its parts; None before it was reckoned."""
    kept: dict[str, Any] | None = card.objective
    if kept is None or card.objective_score is None or card.objective_at is None:
        return None
    parts = tuple(
        ObjectivePart(
            name, part["weight"], part["score"],
            {key: value for key, value in part.items() if key not in ("weight", "score", "absences", "upto")},
        )
        for name, part in kept["parts"].items()
    )  # fmt: skip
    return Objective(card.objective_score, parts, kept["first_day"], kept["last_day"], card.objective_at)


def rows(*, actor: Actor, card_code: str, part: str, at: datetime) -> list[SourceRow]:
    """The rows behind one part of a card's objective score: for the person himself and those who may look at his team.

    `part`: hours, attendance, evaluation, training. Refusals: BAD_REQUEST (`part`), NOT_FOUND, NOT_ALLOWED.
    """
    if part not in reckoning.PARTS:
        raise Refusal(C.BAD_REQUEST, why="part")
    card = cards.by_code(card_code)
    if card.volunteer_id != actor.volunteer_id:
        permissions.require_see(actor=actor, team_id=card.team_id, at=at)
    kept: dict[str, Any] | None = card.objective
    if kept is None:
        return []
    reader = {"hours": _hours, "attendance": _attendance, "evaluation": _evaluation, "training": _training}[
        part
    ]
    return reader(card.volunteer_id, kept, kept["parts"][part])


def _hours(person: int, kept: dict[str, Any], part: dict[str, Any]) -> list[SourceRow]:
    found = (
        MinuteEntry.select(MinuteEntry, ServiceRecord, Activity)
        .join(ServiceRecord, JOIN.LEFT_OUTER)
        .join(Activity, JOIN.LEFT_OUTER)
        .where(
            MinuteEntry.volunteer == person, MinuteEntry.local_day >= kept["first_day"],
            MinuteEntry.local_day <= kept["last_day"], MinuteEntry.id <= part["upto"],
        )
        .order_by(MinuteEntry.local_day.desc(), MinuteEntry.id.desc())
        .limit(MOST)
    )  # fmt: skip
    return [
        SourceRow("minutes", row.id, row.local_day, _title(row.record), row.amount, row.note) for row in found
    ]


def _title(record: ServiceRecord | None) -> str:
    return str(record.activity.title) if record is not None and record.activity is not None else ""


def _attendance(person: int, kept: dict[str, Any], part: dict[str, Any]) -> list[SourceRow]:
    found = (
        Signup.select(Signup, Activity)
        .join(Activity)
        .where(
            Signup.volunteer == person, Signup.state == "confirmed", Activity.local_day >= kept["first_day"],
            Activity.local_day <= kept["last_day"], Signup.id <= max([part["upto"], *part["absences"]]),
            Signup.outcome.in_(("present", "left_early", "absent")),
        )
        .order_by(Activity.local_day.desc(), Signup.id.desc())
        .limit(MOST)
    )  # fmt: skip
    return [
        SourceRow("signup", row.id, row.activity.local_day, row.activity.title, int(row.outcome != "absent"),
                  word(row.outcome or ""))
        for row in found
    ]  # fmt: skip


def _evaluation(person: int, kept: dict[str, Any], part: dict[str, Any]) -> list[SourceRow]:
    first = day_starts(date.fromisoformat(kept["first_day"]))
    end = day_starts(date.fromisoformat(kept["last_day"]) + timedelta(days=1))
    found = (
        Evaluation.select(Evaluation, Activity)
        .join(Activity, JOIN.LEFT_OUTER)
        .where(
            Evaluation.subject == person, Evaluation.kind == "organiser", Evaluation.at >= first, Evaluation.at < end,
            Evaluation.id <= part["upto"],
        )
        .order_by(Evaluation.id.desc())
        .limit(MOST)
    )  # fmt: skip
    return [
        SourceRow("evaluation", row.id, local_day(row.at).isoformat(), row.activity.title if row.activity else "",
                  row.score, row.words)
        for row in found
    ]  # fmt: skip


def _training(person: int, kept: dict[str, Any], _part: dict[str, Any]) -> list[SourceRow]:
    return training.rows_of(person, kept["first_day"], kept["last_day"])
