"""A suspicion of forged hours is a case: hold → hearing → verdict → reversal → bar with an end (users.md, the auditor).

Held records do not go on: what was waiting cannot be confirmed, what was confirmed stands marked. The people whom the
case is about say their side within some working days. The verdict is one centre above the team's, by somebody who has
had nothing to do with it. Found forged, a record is annulled and its entries are reversed; cleared, all is as before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from clock import local_day
from frozen import dataclass
from models import Bar, CasePerson, CaseRecord, HoursCase, Makeup, ServiceRecord, Team, Volunteer, store
from services import audit, decisions, rules
from services.actors import Actor
from services.bookkeeping import books, corrections
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.messaging.notices import leaders
from services.regions import lineage
from services.review.reach import registered, words_of
from services.times import working_days_after
from wording import say

C = RefusalCode
RUNNING = ("held", "hearing")
#: How long a bar may last.
LONGEST_BAR = timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a verdict says: why, which records are forged (none: cleared), who may not sign up, until when."""

    text: str
    forged: Collection[int] = ()
    barred: Collection[str] = ()
    until: datetime | None = None


def open_case(
    *, actor: Actor, record_ids: Iterable[int], suspicion: str, source: str = "officer", at: datetime
) -> str:
    """Open a case about records of one team and hold them; answers its code.

    Refusals in order: REASON_REQUIRED, TEXT_TOO_LONG, NOT_FOUND (no such record, or of several teams) / NOT_ALLOWED,
    OWN_RECORD (whose record it is, or who confirmed it), CASE_STATE (nothing to hold).
    """
    said = words_of(suspicion)
    found = list(ServiceRecord.select().where(ServiceRecord.id.in_(list(record_ids))).order_by(ServiceRecord.id))
    if not found or len({row.team_id for row in found}) > 1:
        raise Refusal(C.NOT_FOUND)
    decisions.require_decider(
        actor=actor, region_code=found[0].team.region_code, parties=_touched_by(found), at=at
    )
    return store.write(lambda: hold(actor=actor, records=found, suspicion=said, source=source, at=at))


def hold(
    *, actor: Actor, records: list[ServiceRecord], suspicion: str, source: str, at: datetime
) -> str:
    """Open the case and hold what can be held; inside a write. Refusals: CASE_STATE."""
    team = Team.get_by_id(records[0].team_id)
    made = HoursCase.create(
        code=new_code(12), region_code=above(team.region_code), team=team, activity=records[0].activity_id,
        suspicion=suspicion, source=source, state="held", opened_by=actor.volunteer_id, opened_at=at,
    )  # fmt: skip
    held = [row for row in records if _hold_one(made, row, at)]
    if not held:
        raise Refusal(C.CASE_STATE)
    audit.changed(
        actor=actor, verb="case.open", subject=f"case:{made.id}", changes={"records": [row.id for row in held]}, at=at,
        reason=suspicion,
    )  # fmt: skip
    telling.tell(
        kind="case_held", people=[row.volunteer_id for row in held], key=str(made.id), at=at, title=_title(made),
        url="/m/hours",
    )  # fmt: skip
    telling.tell(
        kind="case_waiting", people=sorted(_deciders(made, at)), key=str(made.id), at=at, title=_title(made),
        team=team.short_name, url=f"/console/cases/{made.code}",
    )  # fmt: skip
    return str(made.code)


def _hold_one(case: HoursCase, record: ServiceRecord, at: datetime) -> bool:
    """Mark one record; False for one that is annulled, of another system, or held already."""
    free = ServiceRecord.update(
        held_by_case=case.id, updated_at=at, state="disputed" if record.state == "pending" else record.state
    ).where(
        ServiceRecord.id == record.id, ServiceRecord.state == record.state, ServiceRecord.held_by_case.is_null(),
        ServiceRecord.state.in_(("pending", "confirmed")), ServiceRecord.source != "transferred",
    )  # fmt: skip
    if not free.execute():
        return False
    CaseRecord.create(case=case, record=record.id, state_before=record.state)
    return True


def hear(*, actor: Actor, code: str, people: Iterable[str], at: datetime) -> datetime:
    """Tell the people whom it is about, by their numbers, and hear them; answers until when they may speak.

    Refusals: NOT_FOUND (no case; somebody who has nothing to do with it) / NOT_ALLOWED, OWN_RECORD, NOBODY_TO_TELL,
    CASE_STATE (heard already, or over).
    """
    case = deciding(actor=actor, code=code, at=at)
    wanted = {str(number) for number in people}
    if not wanted:
        raise Refusal(C.NOBODY_TO_TELL)
    known = {person.public_no: person.id for person in connected(case, at)}
    if not wanted <= known.keys():
        raise Refusal(C.NOT_FOUND)
    params = rules.rule("review", case.region_code, at).params
    due = working_days_after(at, params["hearing_days"])

    def act() -> datetime:
        _move(case, ("held",), "hearing", actor, at, hearing_due_at=due)
        for number in sorted(wanted):
            CasePerson.create(case=case.id, volunteer=known[number], told_at=at)
        telling.tell(
            kind="case_hearing", people=[known[number] for number in wanted], key=str(case.id), at=at,
            title=_title(case), suspicion=case.suspicion, until=_day(due - timedelta(days=1)),
            url=f"/m/cases/{case.code}",
        )  # fmt: skip
        return due

    return store.write(act)


def speak(*, actor: Actor, code: str, text: str, at: datetime) -> None:
    """A person whom the case is about says his side; said again before the deadline, the new words stand.

    Refusals: NOT_REGISTERED, NOT_FOUND (not about him), TEXT_EMPTY, TEXT_TOO_LONG, CASE_STATE (over, or too late).
    """
    who = registered(actor)
    row = (
        CasePerson.select(CasePerson, HoursCase)
        .join(HoursCase)
        .where(HoursCase.code == code, CasePerson.volunteer == who)
        .first()
    )
    if row is None:
        raise Refusal(C.NOT_FOUND)
    said = words_of(text, empty=C.TEXT_EMPTY)
    case = row.case
    if case.state != "hearing" or at >= case.hearing_due_at:
        raise Refusal(C.CASE_STATE)

    def act() -> None:
        CasePerson.update(statement=said, stated_at=at).where(
            CasePerson.case == case.id, CasePerson.volunteer == who
        ).execute()
        telling.tell(
            kind="case_stated", people=sorted(_deciders(case, at)), key=f"{case.id}:{who}", at=at,
            name=row.volunteer.name, title=_title(case), url=f"/console/cases/{case.code}",
        )  # fmt: skip

    store.write(act)


def decide(*, actor: Actor, code: str, ruling: Ruling, at: datetime) -> None:
    """The verdict, one centre above the team's, by somebody uninvolved.

    Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD (anybody it is about, whose records they are, who confirmed them, who
    opened it), TEXT_EMPTY, TEXT_TOO_LONG, CASE_HEARING (not heard yet, and there is still time), CASE_STATE (over),
    NOT_FOUND (a record or person that is none of the case's), BAR_UNTIL.
    """
    case = deciding(actor=actor, code=code, at=at)
    said = words_of(ruling.text, empty=C.TEXT_EMPTY)
    if case.state not in RUNNING:
        raise Refusal(C.CASE_STATE)
    heard = list(CasePerson.select().where(CasePerson.case == case.id))
    silent = [row for row in heard if row.stated_at is None]
    if case.state == "held" or (silent and case.hearing_due_at is not None and at < case.hearing_due_at):
        raise Refusal(C.CASE_HEARING)
    lines = list(CaseRecord.select().where(CaseRecord.case == case.id).order_by(CaseRecord.record))
    forged = set(ruling.forged)
    numbers = {row.volunteer.public_no: row.volunteer_id for row in heard}
    if not forged <= {row.record_id for row in lines} or not set(ruling.barred) <= numbers.keys():
        raise Refusal(C.NOT_FOUND)
    until = _until(case, ruling, at)

    def act() -> None:
        state = "upheld" if forged else "cleared"
        _move(
            case, ("hearing",), state, actor, at, verdict=said, decided_by=actor.volunteer_id, decided_at=at
        )
        for line in lines:
            _release(case, line, line.record_id in forged, actor, said, at)
        for number in sorted(ruling.barred) if forged else ():
            _bar(case, numbers[number], said, until, at)
        _tell_verdict(case, lines, forged, {row.volunteer_id for row in heard}, said, at)

    store.write(act)


def _until(case: HoursCase, ruling: Ruling, at: datetime) -> datetime:
    """Refusals: BAR_UNTIL for an end that is past or further than a bar may last."""
    days = int(rules.rule("review", case.region_code, at).params["bar_days"])
    until = ruling.until or at + timedelta(days=days)
    if ruling.barred and not at < until <= at + LONGEST_BAR:
        raise Refusal(C.BAR_UNTIL)
    return until


def _release(case: HoursCase, line: CaseRecord, forged: bool, actor: Actor, reason: str, at: datetime) -> None:
    """Annul a record and reverse its entries, or bring it back to where it stood."""
    record = ServiceRecord.get_by_id(line.record_id)
    changes = {"state": "void", "why": "forged"} if forged else {"state": line.state_before}
    ServiceRecord.update(held_by_case=None, updated_at=at, **changes).where(
        ServiceRecord.id == record.id, ServiceRecord.held_by_case == case.id
    ).execute()
    if forged:
        books.reverse(record=record, actor_id=actor.volunteer_id, at=at, note=reason)
        audit.changed(
            actor=actor, verb="record.forged", subject=f"record:{record.id}", reason=reason, at=at,
            changes={"state": [line.state_before, "void"], "minutes": [record.minutes, 0]},
        )  # fmt: skip
    corrections.settle(record_id=record.id, actor=actor, reason=reason, at=at)


def _bar(case: HoursCase, volunteer_id: int, reason: str, until: datetime, at: datetime) -> None:
    bar = Bar.create(volunteer=volunteer_id, case=case.id, reason=reason, from_at=at, until=until)
    telling.tell(
        kind="barred", people=[volunteer_id], key=str(bar.id), at=at, reason=reason, until=_day(until),
        url=f"/m/cases/{case.code}",
    )  # fmt: skip


def _tell_verdict(
    case: HoursCase, lines: list[CaseRecord], forged: set[int], heard: set[int], said: str, at: datetime
) -> None:
    facts = {"title": _title(case), "text": said}
    telling.tell(
        kind="case_upheld" if forged else "case_cleared", people=sorted(heard), key=str(case.id), at=at,
        url=f"/m/cases/{case.code}", **facts,  # type: ignore[arg-type]
    )  # fmt: skip
    for line in lines:
        telling.tell(
            kind="record_forged" if line.record_id in forged else "record_cleared", people=[line.record.volunteer_id],
            key=f"{case.id}:{line.record_id}", at=at, url="/m/hours", **facts,  # type: ignore[arg-type]
        )  # fmt: skip


def deciding(*, actor: Actor, code: str, at: datetime) -> HoursCase:
    """The case, for one who may lead it: above the team's centre, and uninvolved.

    Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD.
    """
    case = HoursCase.get_or_none(HoursCase.code == code)
    if case is None:
        raise Refusal(C.NOT_FOUND)
    decisions.require_decider(actor=actor, region_code=case.region_code, parties=parties(case), at=at)
    assert isinstance(case, HoursCase)
    return case


def parties(case: HoursCase) -> set[int | None]:
    """Whoever has had to do with it: the people heard, whose records they are, who made and opened them."""
    rows = [line.record for line in CaseRecord.select().where(CaseRecord.case == case.id)]
    heard = {row.volunteer_id for row in CasePerson.select().where(CasePerson.case == case.id)}
    return {*_touched_by(rows), *heard, case.opened_by_id}


def connected(case: HoursCase, at: datetime) -> list[Volunteer]:
    """Whom a case can be about: whose records they are, who confirmed or asked for them, who leads the team."""
    rows = [line.record for line in CaseRecord.select().where(CaseRecord.case == case.id)]
    ids = {person for person in _touched_by(rows) if person is not None} | set(leaders(team_id=case.team_id, at=at))
    return list(Volunteer.select().where(Volunteer.id.in_(list(ids))).order_by(Volunteer.name, Volunteer.id))


def _touched_by(records: Iterable[ServiceRecord]) -> set[int | None]:
    rows = list(records)
    asked = Makeup.select(Makeup.asked_by).where(Makeup.id.in_([row.makeup_id for row in rows if row.makeup_id]))
    return {
        *(row.volunteer_id for row in rows), *(row.confirmed_by_id for row in rows),
        *(row.named_by_id for row in rows), *(row.asked_by_id for row in asked),
    }  # fmt: skip


def above(region_code: str) -> str:
    """The centre one level up; the province's own stays with the province."""
    line = lineage(region_code)
    return line[-2] if len(line) > 1 else region_code


def _deciders(case: HoursCase, at: datetime) -> set[int]:
    return decisions.deciders(region_code=case.region_code, parties=parties(case), at=at)


def _move(
    case: HoursCase, old: tuple[str, ...], new: str, actor: Actor, at: datetime, **changes: object
) -> None:
    """From one state to the next, by whoever comes first. Refusals: CASE_STATE."""
    moved = HoursCase.update(state=new, **changes).where(HoursCase.id == case.id, HoursCase.state.in_(old))
    if not moved.execute():
        raise Refusal(C.CASE_STATE)
    audit.changed(
        actor=actor, verb=f"case.{new}", subject=f"case:{case.id}", changes={"state": [case.state, new]}, at=at
    )
    case.state = new


def _title(case: HoursCase) -> str:
    return str(case.activity.title) if case.activity else ""


def _day(at: datetime) -> str:
    day = local_day(at)
    return say("review.day", year=day.year, month=day.month, day=day.day)
