"""How a session went for each person, and its end: results stand, certificates are issued, its order is done (S42).

A result is said only of who has confirmed class minutes; where nothing is tested, having been there is the result.
Nobody says his own. What stands after the end is corrected by an entry of its own with its reason; the old word stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from peewee import JOIN

from clock import to_millis
from frozen import dataclass
from models import (
    Activity,
    History,
    ServiceRecord,
    TrainingCertificate,
    TrainingCourse,
    TrainingOrder,
    TrainingResult,
    TrainingSession,
    Volunteer,
    store,
)
from services import audit, decisions, permissions, rules
from services.actors import Actor
from services.bookkeeping import classes
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.training import certificates, checks, orders
from services.training.sessions import Taught, session_for, taught
from wording import entry, say

C = RefusalCode
NOTE_LONGEST = 100
TESTED, UNTESTED = ("passed", "failed"), ("attended",)


@dataclass(frozen=True, slots=True)
class Correction:
    """A result that was another one until then, in words; who corrected it, and why."""

    at: datetime
    who: str
    old: str
    new: str
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """One person at a session: class minutes, `told` in class hours, the result and its word; `certificate` its
    number; `me`: the reader, who says nothing of himself; `corrected` after the end, the oldest first."""

    public_no: str
    name: str
    minutes: int
    told: str
    result: str
    word: str
    note: str
    certificate: str
    certificate_code: str
    me: bool
    corrected: list[Correction]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A session's results. `waiting`: people whose attendance nobody has confirmed yet."""

    code: str
    title: str
    team: str
    starts_at: datetime
    ends_at: datetime
    state: str
    over: bool
    taught: Taught
    lines: list[Line]
    waiting: int
    leads: bool

    @property
    def correctable(self) -> list[Line]:
        """Whose result the reader may correct, where a correction can change it: nobody his own."""
        wanted = len(self.choices)
        return [each for each in self.lines if not each.me and (wanted > 1 or not each.result)]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """(result, its word) that this course knows."""
        return [(each, word_of(each)) for each in (TESTED if self.taught.tested else UNTESTED)]


def sheet(*, actor: Actor, code: str, at: datetime) -> Sheet:
    """The results of a session, by name. Refusals: NOT_FOUND, NOT_ALLOWED (`sessions.session_for`)."""
    _, activity = session_for(actor=actor, code=code, at=at)
    what = taught(activity.id)
    assert what is not None
    hour = int(rules.rule_by_id(activity.hours_rule_id).params[classes.CLASS])
    proofs = {row.volunteer_id: row for row in TrainingCertificate.select().where(
        TrainingCertificate.activity == activity.id, TrainingCertificate.state == "valid")}  # fmt: skip
    lines, rows = [], _rows(activity)
    corrected = _corrections([row.id for row in rows])
    for row in rows:
        proof = proofs.get(row.volunteer_id)
        lines.append(
            Line(
                row.volunteer.public_no, row.volunteer.name, row.minutes, classes.told(row.minutes, hour), row.result,
                word_of(row.result), row.note, proof.number if proof else "", proof.code if proof else "",
                row.volunteer_id == actor.volunteer_id, corrected.get(row.id, []),
            )
        )  # fmt: skip
    return Sheet(
        activity.code, activity.title, activity.team.short_name, activity.starts_at, activity.ends_at, activity.state,
        activity.ends_at <= at, what, lines, _waiting(activity.id),
        permissions.leads(actor=actor, team_id=activity.team_id, at=at),
    )  # fmt: skip


def _corrections(ids: list[int]) -> dict[int, list[Correction]]:
    subjects = {f"training_result:{number}": number for number in ids}
    query = (
        History.select(History, Volunteer)
        .join(Volunteer, JOIN.LEFT_OUTER, on=(History.actor == Volunteer.id))
        .where(History.subject.in_(list(subjects)))
        .order_by(History.id)
    )
    found: dict[int, list[Correction]] = {}
    for row in query if subjects else ():
        old, new = row.changes["result"]
        found.setdefault(subjects[row.subject], []).append(
            Correction(row.at, str(getattr(row.actor, "name", "")), word_of(old), word_of(new), row.reason)
        )
    return found


def word_of(result: str) -> str:
    """A result in a word."""
    return str(entry("training.results")[result or "none"])


def _rows(activity: Activity) -> list[TrainingResult]:
    query = (
        TrainingResult.select(TrainingResult, Volunteer)
        .join(Volunteer, on=(TrainingResult.volunteer == Volunteer.id))
        .where(TrainingResult.activity == activity.id, TrainingResult.minutes > 0)
    )
    return list(query.order_by(Volunteer.name, TrainingResult.id))


def _waiting(activity_id: int) -> int:
    return int(
        ServiceRecord.select()
        .where(ServiceRecord.activity == activity_id, ServiceRecord.state.in_(("pending", "disputed")))
        .count()
    )


def put(*, actor: Actor, code: str, results: Mapping[str, str], notes: Mapping[str, str] | None = None,
        at: datetime) -> int:  # fmt: skip
    """Say passed or failed of people of a tested course, by public number; how many changed. Said again before the
    session is finished, the new word stands.

    Refusals: NOT_FOUND, NOT_ALLOWED; ACTIVITY_CANCELLED, SESSION_RUNNING (it is not over), ORDER_STATE (finished),
    FIELD_WRONG (`result`: none that this course knows; `note`), NOT_ATTENDED (no confirmed class time), OWN_RECORD.
    """
    session, activity = session_for(actor=actor, code=code, at=at)
    _check_open(session, activity, at)
    known = _known(session)
    own = _own(actor, activity, at)
    given = {name: checks.texts({"note": text}, {"note": NOTE_LONGEST})["note"] for name, text in (notes or {}).items()}

    def act() -> int:
        changed = 0
        by_number = {row.volunteer.public_no: row for row in _rows(activity)}
        for number, result in results.items():
            if result not in known:
                raise checks.wrong("result")
            row = by_number.get(number)
            if row is None:
                raise Refusal(C.NOT_ATTENDED)
            if row.volunteer_id in own:
                raise Refusal(C.OWN_RECORD)
            note = given.get(number, row.note)
            if (row.result, row.note) == (result, note):
                continue
            TrainingResult.update(
                result=result, note=note, decided_by=actor.volunteer_id, decided_at=at, updated_at=at
            ).where(TrainingResult.id == row.id).execute()
            audit.changed(
                actor=actor, verb="training_result", subject=f"volunteer:{row.volunteer_id}", at=at,
                changes={activity.title: [row.result, result]},
            )  # fmt: skip
            changed += 1
        return changed

    return store.write(act)


def _known(session: TrainingSession) -> tuple[str, ...]:
    return TESTED if session.course.tested else UNTESTED


def correct(*, actor: Actor, code: str, public_no: str, result: str, reason: str, at: datetime) -> bool:
    """Correct a result after the end, or say one of whoever was confirmed late; False where it is the same. The old
    word stays in the history. A pass brings the certificate, a fail revokes it; the person hears of it with the reason.

    Refusals in order: NOT_FOUND, NOT_ALLOWED; ACTIVITY_CANCELLED; SESSION_RUNNING (not finished: `put` says it still);
    FIELD_WRONG (`result`, `reason` too long); REASON_REQUIRED; NOT_ATTENDED; OWN_RECORD; ORDER_STATE (somebody else was
    first).
    """
    session, activity = session_for(actor=actor, code=code, at=at)
    if activity.state == "cancelled":
        raise Refusal(C.ACTIVITY_CANCELLED)
    if session.finished_at is None:
        raise Refusal(C.SESSION_RUNNING)
    if result not in _known(session):
        raise checks.wrong("result")
    why = checks.texts({"reason": reason}, {"reason": NOTE_LONGEST})["reason"]
    if not why:
        raise Refusal(C.REASON_REQUIRED)
    own, course = _own(actor, activity, at), session.course

    def act() -> bool:
        row = next((each for each in _rows(activity) if each.volunteer.public_no == public_no), None)
        if row is None:
            raise Refusal(C.NOT_ATTENDED)
        if row.volunteer_id in own:
            raise Refusal(C.OWN_RECORD)
        if row.result == result:
            return False
        moved = TrainingResult.update(
            result=result, decided_by=actor.volunteer_id, decided_at=at, updated_at=at
        ).where(TrainingResult.id == row.id, TrainingResult.result == row.result)  # fmt: skip
        if not moved.execute():
            raise Refusal(C.ORDER_STATE)
        audit.changed(
            actor=actor, verb="training_corrected", subject=f"training_result:{row.id}", at=at, reason=why,
            changes={"result": [row.result, result]},
        )  # fmt: skip
        number = ""
        if course.certificate and result != "failed":
            number = certificates.issue(row=row, course=course, activity=activity, actor=actor, at=at)
        elif result == "failed":
            certificates.take_back(activity_id=activity.id, volunteer_id=row.volunteer_id, reason=why)
        telling.tell(
            kind="training_corrected", people=[row.volunteer_id], key=f"{row.id}:{to_millis(at)}", at=at,
            title=activity.title, outcome=word_of(result), reason=why, url="/m/trainings/mine",
            note=say("training.with_certificate", number=number) if number else "",
        )  # fmt: skip
        return True

    return store.write(act)


def _own(actor: Actor, activity: Activity, at: datetime) -> set[int]:
    """Those of whom the actor says nothing here: himself, and in whose stead alone he acts."""
    return decisions.own_matters(
        actor=actor, region_code=str(activity.region_code), at=at, team_id=activity.team_id
    )


def _check_open(session: TrainingSession, activity: Activity, at: datetime) -> None:
    if activity.state == "cancelled":
        raise Refusal(C.ACTIVITY_CANCELLED)
    if at < activity.ends_at:
        raise Refusal(C.SESSION_RUNNING)
    if session.finished_at is not None:
        raise Refusal(C.ORDER_STATE)


@dataclass(frozen=True, slots=True)
class Finished:
    """What the end of a session brought: people with a result, certificates issued."""

    people: int
    certificates: int


def finish(*, actor: Actor, code: str, at: datetime) -> Finished:
    """Close a session: each person is told how it went, certificates are issued, the order behind it is done. Once.

    Whoever leads finishes; his own certificate waits for somebody else's yes (a centre's, the provider's): one who was
    there himself cannot finish alone what he would gain by (OWN_RECORD). Refusals: NOT_FOUND, NOT_ALLOWED;
    ACTIVITY_CANCELLED, SESSION_RUNNING, ORDER_STATE (finished already), RESULT_MISSING (`count` people without a
    confirmed attendance or a result), OWN_RECORD.
    """
    session, activity = session_for(actor=actor, code=code, at=at)
    _check_open(session, activity, at)
    course: TrainingCourse = session.course
    own = _own(actor, activity, at)

    def act() -> Finished:
        rows = _rows(activity)
        lacking = _waiting(activity.id) + (sum(not row.result for row in rows) if course.tested else 0)
        if lacking:
            raise Refusal(C.RESULT_MISSING, count=lacking)
        if course.certificate and any(row.volunteer_id in own for row in rows):
            raise Refusal(C.OWN_RECORD)
        once = TrainingSession.update(finished_at=at, finished_by=actor.volunteer_id).where(
            TrainingSession.activity == activity.id, TrainingSession.finished_at.is_null()
        )
        if not once.execute():
            raise Refusal(C.ORDER_STATE)
        issued = sum(_close_one(row, course, activity, actor, at) for row in rows)
        if session.order_id is not None:
            orders.close(TrainingOrder.get_by_id(session.order_id), actor, at)
        audit.changed(
            actor=actor, verb="training_finished", subject=f"activity:{activity.id}", at=at,
            changes={"certificates": ["", str(issued)]},
        )  # fmt: skip
        return Finished(len(rows), issued)

    return store.write(act)


def _close_one(row: TrainingResult, course: TrainingCourse, activity: Activity, actor: Actor, at: datetime) -> int:
    result = str(row.result) or "attended"
    if not row.result:
        TrainingResult.update(
            result=result, decided_by=actor.volunteer_id, decided_at=at, updated_at=at
        ).where(TrainingResult.id == row.id).execute()  # fmt: skip
    number = ""
    if course.certificate and result in ("passed", "attended"):
        number = certificates.issue(row=row, course=course, activity=activity, actor=actor, at=at)
    hour = int(rules.rule_by_id(activity.hours_rule_id).params[classes.CLASS])
    telling.tell(
        kind="training_result", people=[row.volunteer_id], key=str(row.id), at=at, title=activity.title,
        outcome=word_of(result), told=classes.told(row.minutes, hour),
        note=say("training.with_certificate", number=number) if number else "", url="/m/trainings/mine",
    )  # fmt: skip
    return bool(number)
