"""Names that a phone without a network wrote down and that were nobody's, or two people's: the leader says whose.

One tap makes a written name the person's tick, at the moment it was written down, by the same rule as every late scan
(`judging`, `late`); or it counts for nobody, with the reason. Each is decided once, and the first try stays as it was.
"""

from __future__ import annotations

from datetime import datetime
from difflib import SequenceMatcher

from frozen import dataclass
from models import Activity, Attempt, NameVerdict, Shift, Volunteer, store
from services import audit
from services.accounts.people import person_id
from services.actors import Actor
from services.bookkeeping.records import activity_led
from services.errors import Refusal, RefusalCode
from services.participation import console_views
from services.participation.judging import perform
from services.participation.roster import Roster
from services.participation.scan_codes import Seen
from services.participation.scans import Late, Scanned, Try

C = RefusalCode
#: So many people are offered beside a name, and how alike their names must be (1: the same).
OFFERED, ALIKE = 3, 0.5


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody a written name may mean; `position` "" for a member who stands on no list."""

    public_no: str
    name: str
    position: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A written name as one phone kept it: its check-in, its check-out or both, and whom it may mean.

    `number` is the first try's; all of `moments` (direction, moment) are decided together.
    """

    number: int
    name: str
    moments: tuple[tuple[str, datetime], ...]
    likely: tuple[Candidate, ...] = ()


def unknown(*, actor: Actor, sheet: Roster, at: datetime) -> list[Unknown]:
    """The written names of an activity that nobody has decided on, in the order of their moments."""
    found = _together(_open(sheet.activity_code))
    people = candidates(actor=actor, sheet=sheet, at=at) if found else []
    return [_unknown(some, people) for some in found]


def _unknown(some: list[Attempt], people: list[Candidate]) -> Unknown:
    moments = tuple((each.direction or "", each.at) for each in some)
    return Unknown(some[0].id, some[0].detail, moments, _likely(some[0], people))


def _open(activity_code: str) -> list[Attempt]:
    query = (
        Attempt.select(Attempt, Shift.id, Shift.code)
        .join(Shift)
        .join(Activity)
        .where(
            Activity.code == activity_code, Attempt.flag == "unknown", Attempt.detail != "",
            Attempt.id.not_in(NameVerdict.select(NameVerdict.attempt)),
        )
        .order_by(Attempt.at, Attempt.id)
    )  # fmt: skip
    return list(query)


def _together(tries: list[Attempt]) -> list[list[Attempt]]:
    """A check-in and the check-out after it, of one name on one phone, belong together; the same twice does not."""
    found: list[list[Attempt]] = []
    for each in tries:
        mates = [
            some for some in found
            if (some[0].kit_id, some[0].detail) == (each.kit_id, each.detail)
            and [one.direction for one in some] == ["in"] and each.direction == "out"
        ]  # fmt: skip
        if mates:
            mates[0].append(each)
        else:
            found.append([each])
    return found


def _likely(written: Attempt, people: list[Candidate]) -> tuple[Candidate, ...]:
    """Whose names are most alike, the same name first."""
    alike = [(SequenceMatcher(None, written.detail, each.name).ratio(), each) for each in people]
    alike.sort(key=lambda pair: -pair[0])
    return tuple(each for ratio, each in alike if ratio >= ALIKE)[:OFFERED]


def candidates(*, actor: Actor, sheet: Roster, at: datetime) -> list[Candidate]:
    """Everybody a name may mean: who stands on the list, then the other members of the team; never the actor."""
    listed = [Candidate(each.public_no, each.name, each.position) for each in sheet.entries if not each.is_me]
    others = console_views.not_on_list(actor=actor, activity_code=sheet.activity_code, at=at)
    return listed + [Candidate(each.public_no, each.name) for each in others]


def assign(*, actor: Actor, activity_code: str, number: int, public_no: str, at: datetime) -> bool:
    """The written name `number` is this person: ticked at the moments that were written down.

    False if it is a check-out that now waits for its check-in, as every late one does.
    Refusals: NOT_FOUND (not his activity, no such name, nobody), NOT_ALLOWED, RECORD_STATE (decided already),
    OWN_RECORD (himself), then those of `judging`; the check-in and the check-out together, or neither.
    """
    activity = activity_led(actor=actor, activity_code=activity_code, at=at)
    volunteer_id = person_id(public_no)
    if volunteer_id is None:
        raise Refusal(C.NOT_FOUND)

    def act() -> bool:
        counts = True
        for written in _written(activity, number):
            outcome = _tick(actor, written, volunteer_id, at)
            if isinstance(outcome, Refusal):
                if outcome.code is not C.NO_CHECK_IN:
                    raise outcome
                counts = False
            _decide(actor, activity, written, volunteer_id, "", at)
        return counts

    return store.write(act)


def refuse(*, actor: Actor, activity_code: str, number: int, reason: str, at: datetime) -> None:
    """The written name counts for nobody, with the reason.

    Refusals: NOT_FOUND, NOT_ALLOWED, REASON_REQUIRED, RECORD_STATE (decided already).
    """
    activity = activity_led(actor=actor, activity_code=activity_code, at=at)
    words = reason.strip()[:200]
    if not words:
        raise Refusal(C.REASON_REQUIRED)

    def act() -> None:
        for written in _written(activity, number):
            _decide(actor, activity, written, None, words, at)

    store.write(act)


def _written(activity: Activity, number: int) -> list[Attempt]:
    """The tries that are decided together with this one."""
    for some in _together(_open(activity.code)):
        if some[0].id == number:
            return some
    kept = Attempt.select(Attempt.id).join(Shift).where(Attempt.id == number, Shift.activity == activity.id)
    raise Refusal(C.RECORD_STATE if kept.exists() else C.NOT_FOUND)


def _tick(actor: Actor, written: Attempt, volunteer_id: int, at: datetime) -> Scanned | Refusal:
    """The leader's tick, as the phone would have brought it."""
    problem = C.OWN_RECORD if volunteer_id == actor.volunteer_id else None
    shift: Shift = written.shift  # type: ignore[assignment]
    seen = Seen(shift.code, written.direction or "", "list", problem, written.at)
    brought = Late(kit_id=written.kit_id or 0, device_at=written.device_at, came_at=written.received_at)
    return perform(Try(volunteer_id, seen, actor, actor.volunteer_id, None, at, written.at, brought))


def _decide(
    actor: Actor, activity: Activity, written: Attempt, volunteer_id: int | None, reason: str, at: datetime
) -> None:
    """Once: whoever comes second takes back what he did in this write. Refusal: RECORD_STATE."""
    first = (
        NameVerdict.insert(
            attempt=written.id, volunteer=volunteer_id, reason=reason, actor=actor.volunteer_id, at=at
        )
        .on_conflict_ignore()
        .returning(NameVerdict.attempt)
    )
    if not list(first.execute()):
        raise Refusal(C.RECORD_STATE)
    who = Volunteer.get_by_id(volunteer_id).public_no if volunteer_id else ""
    audit.changed(
        actor=actor, verb="name", subject=f"activity:{activity.id}", changes={"name": [written.detail, who]},
        reason=reason, at=at,
    )  # fmt: skip
