"""What trainings add up to: class minutes by person, the trainings somebody has. For assessment, lists, the gate.

Only confirmed attendance counts; whole class minutes, never service. What a class hour is (45 minutes unless a division
says otherwise) stands in the rules, `training.class_hour`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from peewee import JOIN, fn

from frozen import dataclass
from models import TrainingCertificate, TrainingCourse, TrainingResult, TrainingTick
from services import rules

#: Ids in one `IN (…)`.
CHUNK = 500


def class_minutes_by_person(
    *, first_day: str, last_day: str, volunteer_ids: Iterable[int] | None = None
) -> dict[int, int]:
    """Confirmed class minutes of each person at sessions from local day `first_day` to `last_day`, both included.

    `volunteer_ids` None: of everybody, in one statement. Who has none is not in the answer.
    """
    if volunteer_ids is None:
        return _minutes(first_day, last_day, None)
    ids, found = sorted(set(volunteer_ids)), dict[int, int]()
    for start in range(0, len(ids), CHUNK):
        found |= _minutes(first_day, last_day, ids[start : start + CHUNK])
    return found


def _minutes(first_day: str, last_day: str, ids: Sequence[int] | None) -> dict[int, int]:
    query = (
        TrainingResult.select(TrainingResult.volunteer, fn.SUM(TrainingResult.minutes))
        .where(TrainingResult.local_day >= first_day, TrainingResult.local_day <= last_day, TrainingResult.minutes > 0)
        .group_by(TrainingResult.volunteer)
    )
    if ids is not None:
        query = query.where(TrainingResult.volunteer.in_(ids))
    return {int(person): int(minutes) for person, minutes in _rows(query)}


def class_hour(*, region_code: str, at: datetime) -> int:
    """How many minutes a class hour (学时) has in this division."""
    return int(rules.rule("training", region_code, at).params["class_hour"])


@dataclass(frozen=True, slots=True)
class Had:
    """A training somebody has, by its name; `until` the last day it holds ("" for good)."""

    name: str
    until: str

    def holds(self, day: date) -> bool:
        """Whether it holds on that local day."""
        return not self.until or self.until >= day.isoformat()


def had(volunteer_id: int) -> list[Had]:
    """Every training of a person: courses passed, or attended where nothing is tested; and what whoever leads him said
    he took (条例 §16). A certificate that runs out, or was revoked, takes its training along."""
    ticked = TrainingTick.select(TrainingTick.name).where(TrainingTick.volunteer == volunteer_id)
    found = [Had(str(row.name), "") for row in ticked]
    proof = (TrainingCertificate.activity == TrainingResult.activity) & (
        TrainingCertificate.volunteer == TrainingResult.volunteer
    )
    query = (
        TrainingResult.select(
            TrainingCourse.name, TrainingCourse.certificate, TrainingCertificate.state, TrainingCertificate.expires_on
        )
        .join(TrainingCourse, on=(TrainingResult.course == TrainingCourse.id))
        .join(TrainingCertificate, JOIN.LEFT_OUTER, on=proof)
        .where(TrainingResult.volunteer == volunteer_id, counts())
    )
    for name, certified, state, until in _rows(query):
        if not certified or state == "valid":
            found.append(Had(str(name), str(until or "") if certified else ""))
    return found


def counts() -> Any:
    """The condition on a result (joined with its course) that its training was taken."""
    return (TrainingResult.result == "passed") | (
        (TrainingResult.result == "attended") & ~TrainingCourse.tested
    )


def _rows(query: Any) -> list[tuple[Any, ...]]:
    return list(query.tuples())
