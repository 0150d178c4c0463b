"""What a star takes beside its hours (S98, S100): evaluation, no failed year, no case of forged hours.

Hours are the ground, evaluation adds to it: a condition that is not met does not forbid a star, but whoever agrees all
the same says why, and that is kept. Somebody nobody judged is not held against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, field
from datetime import date, datetime
from typing import Any

from peewee import fn

from clock import local_day
from frozen import dataclass
from models import AssessmentCard, Balance, Bar, CasePerson, Evaluation, HoursCase, ServiceRecord, StarAward
from services.dates import month_after
from services.stars import ladder
from services.stars.ladder import Ladder
from services.times import day_starts


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands for and against a star, at one moment. `minutes` that count, `tenths` the mean evaluation (47 = 4.7;
    None for nobody), how many `judged`, `least` what it takes; `unmet` names of wording/stars.toml [unmet]."""

    minutes: int
    step_hours: int
    judged: int
    tenths: int | None
    least: int
    unmet: tuple[str, ...] = field(default=())

    @property
    def met(self) -> bool:
        """Whether nothing stands against it."""
        return not self.unmet

    def unseen(self, row: StarAward) -> tuple[str, ...]:
        """What stands against a star by now and did not when its reviewer said yes."""
        return tuple(name for name in self.unmet if name not in (row.facts or {}).get("unmet", ()))

    def kept(self) -> dict[str, Any]:
        """As it is frozen with a reviewer's word."""
        return asdict(self)


def of_rows(awards: Sequence[StarAward], *, at: datetime) -> dict[int, Facts]:
    """{row: facts} of many stars as they stand now; a few statements, whatever their number."""
    found: dict[int, Facts] = {}
    by_span: dict[int, list[StarAward]] = {}
    for row in awards:
        by_span.setdefault(_numbers(row).months, []).append(row)
    for months, some in by_span.items():
        found |= _of(some, _since(local_day(at), months), at)
    return found


def _numbers(row: StarAward) -> Ladder:
    return ladder.of_rule(row.rule_set_id)


def _since(today: date, months: int) -> datetime:
    return day_starts(date.fromisoformat(f"{month_after(today.isoformat()[:7], -months)}-01"))


def _of(rows: Sequence[StarAward], since: datetime, at: datetime) -> dict[int, Facts]:
    people = sorted({row.volunteer_id for row in rows})
    minutes, brought, judged = _minutes(people), _brought(people), _judged(people, since)
    failed, barred, held = _failed(people, since), _barred(people, since), _held(people)
    found = {}
    for row in rows:
        numbers, person = _numbers(row), row.volunteer_id
        counted = minutes.get(person, 0) - (0 if row.with_brought else brought.get(person, 0))
        count, total = judged.get(person, (0, 0))
        least = numbers.least(row.star)
        against = (
            ("hours", counted < row.step_hours * 60), ("evaluation", bool(count) and total < least * count),
            ("failed", numbers.no_fail and person in failed), ("barred", person in barred), ("held", person in held),
        )  # fmt: skip
        found[row.id] = Facts(
            counted, row.step_hours, count, (total * 20 + count) // (2 * count) if count else None, least,
            tuple(name for name, stands in against if stands),
        )  # fmt: skip
    return found


def minutes_of(*, volunteer_id: int, with_brought: bool) -> int:
    """The minutes of a person that count for stars."""
    return _minutes([volunteer_id]).get(volunteer_id, 0) - (
        0 if with_brought else _brought([volunteer_id]).get(volunteer_id, 0)
    )


def _minutes(people: Iterable[int]) -> dict[int, int]:
    rows = Balance.select(Balance.volunteer, Balance.minutes).where(Balance.volunteer.in_(people))
    return {row.volunteer_id: row.minutes for row in rows}


def _brought(people: Iterable[int]) -> dict[int, int]:
    rows = (
        ServiceRecord.select(ServiceRecord.volunteer, fn.SUM(ServiceRecord.minutes).alias("total"))
        .where(
            ServiceRecord.volunteer.in_(people), ServiceRecord.source == "transferred",
            ServiceRecord.state == "confirmed",
        )
        .group_by(ServiceRecord.volunteer)
    )  # fmt: skip
    return {row.volunteer_id: int(row.total) for row in rows}


def _judged(people: Iterable[int], since: datetime) -> dict[int, tuple[int, int]]:
    rows = (
        Evaluation.select(
            Evaluation.subject, fn.COUNT(Evaluation.id).alias("count"), fn.SUM(Evaluation.score).alias("total")
        )
        .where(Evaluation.subject.in_(people), Evaluation.kind == "organiser", Evaluation.at >= since)
        .group_by(Evaluation.subject)
    )
    return {row.subject_id: (int(row.count), int(row.total)) for row in rows}


def _failed(people: Iterable[int], since: datetime) -> set[int]:
    rows = AssessmentCard.select(AssessmentCard.volunteer).where(
        AssessmentCard.volunteer.in_(people), AssessmentCard.state == "final", AssessmentCard.grade == "fail",
        AssessmentCard.final_at >= since,
    )  # fmt: skip
    return {row.volunteer_id for row in rows}


def _barred(people: Iterable[int], since: datetime) -> set[int]:
    rows = Bar.select(Bar.volunteer).where(Bar.volunteer.in_(people), Bar.until >= since, Bar.lifted_at.is_null())
    return {row.volunteer_id for row in rows}


def _held(people: Iterable[int]) -> set[int]:
    rows = (
        CasePerson.select(CasePerson.volunteer)
        .join(HoursCase)
        .where(CasePerson.volunteer.in_(people), HoursCase.state.in_(("held", "hearing")))
    )
    return {row.volunteer_id for row in rows}
