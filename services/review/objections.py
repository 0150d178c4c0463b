"""异议: a person says that a record of his is wrong (民函〔2012〕340号, order 67; domain §2.2, §2.13).

He has some days; the leader answers within some working days, with a correction if he agrees: the books are reversed
and posted anew. Nobody answers his own, so a leader's goes to the centre. With the answer not content, or without one
in time, it goes to the county, whose word is final. Each step is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from frozen import dataclass
from models import Activity, Objection, ServiceRecord, store
from models.dialect import IntegrityError
from models.store import Write
from services import audit, decisions, rules
from services.actors import WORKER, Actor
from services.bookkeeping import corrections, records
from services.bookkeeping.reckoning import MINUTE
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.messaging.notices import duration, leaders
from services.review.objectable import check_open, runs
from services.review.reach import registered, words_of
from services.times import working_days_after
from wording import say

C = RefusalCode
COUNTY = 6
AT_ONCE = 50
NAG_AGAIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer: what was said, and the minutes the record counts from now on (None: it stays as it is)."""

    text: str
    minutes: int | None = None


def object_to(
    *, actor: Actor, record_id: int, text: str, wanted_minutes: int | None = None, at: datetime
) -> str:
    """Object to one's own record; answers the objection's code.

    The days run from the confirmation, and anew where a rule or another record changed what was confirmed. Refusals in
    order: NOT_REGISTERED, NOT_FOUND (not his), those of `check_open`, TEXT_EMPTY, TEXT_TOO_LONG, OBJECTION_MINUTES
    (more than the shift lasts).
    """
    who = registered(actor)
    record = ServiceRecord.get_or_none(ServiceRecord.id == record_id, ServiceRecord.volunteer == who)
    if record is None:
        raise Refusal(C.NOT_FOUND)
    check_open(record, at)
    said = words_of(text, empty=C.TEXT_EMPTY)
    _possible(record, wanted_minutes)
    params = rules.rule_by_id(record.rule_set_id).params

    def act() -> str:
        if runs(record.id):
            raise Refusal(C.OBJECTION_STATE)
        made = Objection.create(
            code=new_code(12), record=record, activity=record.activity_id, volunteer=who, team=record.team_id,
            region_code=record.region_code, text=said, wanted_minutes=wanted_minutes, state="open",
            due_at=working_days_after(at, params["answer_days"]), minutes_before=record.minutes, created_at=at,
        )  # fmt: skip
        audit.changed(
            actor=actor, verb="objection.open", subject=f"objection:{made.id}", at=at,
            changes={"minutes": [record.minutes, wanted_minutes]},
        )  # fmt: skip
        _tell_answerers(made, at)
        return str(made.code)

    try:
        return store.write(act)
    except IntegrityError:  # two at once: the index let one through
        raise Refusal(C.OBJECTION_STATE) from None


def _possible(record: ServiceRecord, minutes: int | None) -> None:
    """Refusals: OBJECTION_MINUTES for minutes that the shift does not have."""
    if minutes is None:
        return
    shift = record.shift
    most = (shift.ends_at - shift.starts_at) // MINUTE if shift else 0
    if not 0 <= minutes <= most:
        raise Refusal(C.OBJECTION_MINUTES, most=most)


def withdraw(*, actor: Actor, code: str, at: datetime) -> None:
    """Take it back while nobody has answered. Refusals: NOT_REGISTERED, NOT_FOUND, OBJECTION_STATE."""
    mine = _own(actor, code)
    store.write(lambda: _move(mine, ("open",), "withdrawn", actor, at))


def accept(*, actor: Actor, code: str, at: datetime) -> None:
    """The person is content with the answer. Refusals: NOT_REGISTERED, NOT_FOUND, OBJECTION_STATE."""
    mine = _own(actor, code)
    store.write(lambda: _move(mine, ("answered",), "closed", actor, at))


def answer(*, actor: Actor, code: str, verdict: Verdict, at: datetime) -> None:
    """The leader answers, the centre where he himself is the one who objects.

    Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD, TEXT_EMPTY, TEXT_TOO_LONG, OBJECTION_MINUTES, OBJECTION_STATE
    (answered already, or gone to the county).
    """
    each = _objection(code)
    decisions.require_decider(
        actor=actor, region_code=each.region_code, parties=parties(each), at=at, team_id=each.team_id
    )
    said = _checked(each, verdict)

    def act() -> None:
        _move(
            each,
            ("open",),
            "answered",
            actor,
            at,
            answer=said,
            answered_by=actor.volunteer_id,
            answered_at=at,
        )
        _correct(each, verdict.minutes, actor, said, at)
        days = _params(each)["objection_days"]
        _tell_person(each, "objection_answered", said, at, days=days)

    store.write(act)


def go_further(*, actor: Actor, code: str, why: str, at: datetime) -> None:
    """The person is not content with the answer: to the county.

    Refusals: NOT_REGISTERED, NOT_FOUND, TEXT_EMPTY, TEXT_TOO_LONG, OBJECTION_STATE, OBJECTION_LATE.
    """
    mine = _own(actor, code)
    said = words_of(why, empty=C.TEXT_EMPTY)
    until = further_until(mine)
    if mine.state != "answered" or until is None:
        raise Refusal(C.OBJECTION_STATE)
    if at > until:
        raise Refusal(C.OBJECTION_LATE, days=_params(mine)["objection_days"])
    store.write(lambda: _raise(mine, "answered", said, actor, at))


def further_until(each: Objection) -> datetime | None:
    """Until when an answered one may go to the county; None while nobody has answered."""
    return each.answered_at and each.answered_at + timedelta(days=_params(each)["objection_days"])


def decide(*, actor: Actor, code: str, verdict: Verdict, at: datetime) -> None:
    """The county's word, which is final.

    Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD (who objects, or who answered before), TEXT_EMPTY, TEXT_TOO_LONG,
    OBJECTION_MINUTES, OBJECTION_STATE (not with the county).
    """
    each = _objection(code)
    decisions.require_decider(
        actor=actor,
        region_code=each.raised_region or county_of(each.region_code),
        parties=involved(each),
        at=at,
    )
    said = _checked(each, verdict)

    def act() -> None:
        _move(each, ("raised",), "closed", actor, at, final=said, final_by=actor.volunteer_id, final_at=at)
        _correct(each, verdict.minutes, actor, said, at)
        _tell_person(each, "objection_final", said, at)

    store.write(act)


def raise_due(*, at: datetime, write: Write = store.write) -> int:
    """What nobody answered goes to the county, what the county leaves lying is said again each day, and what the
    person left as it was is closed; one write each. How many."""
    open_late = Objection.select(Objection.id).where(Objection.state == "open", Objection.due_at <= at)
    lying = Objection.select(Objection.id).where(
        Objection.state == "raised", Objection.due_at <= at,
        Objection.nagged_at.is_null() | (Objection.nagged_at <= at - NAG_AGAIN),
    )  # fmt: skip
    answered = Objection.select(Objection.id).where(
        Objection.state == "answered", Objection.answered_at.is_null(False)
    )
    answered = answered.order_by(Objection.answered_at)
    done = sum(write(partial(_late, row.id, at)) for row in list(open_late.limit(AT_ONCE)))
    done += sum(write(partial(_nag, row.id, at)) for row in list(lying.limit(AT_ONCE)))
    return done + sum(write(partial(_settled, row.id, at)) for row in list(answered.limit(AT_ONCE * 10)))


def _late(number: int, at: datetime) -> int:
    each = Objection.get_by_id(number)
    if each.state != "open" or each.due_at > at:
        return 0
    _raise(each, "open", say("review.objection.late"), WORKER, at)
    _tell_person(each, "objection_raised", say("review.objection.late"), at)
    return 1


def _nag(number: int, at: datetime) -> int:
    each = Objection.get_by_id(number)
    if each.state != "raised":
        return 0
    Objection.update(nagged_at=at).where(Objection.id == number).execute()
    _tell_county(each, "objection_overdue", at, key=f"{each.id}:{at:%Y%m%d}")
    return 1


def _settled(number: int, at: datetime) -> int:
    each = Objection.get_by_id(number)
    until = further_until(each)
    if each.state != "answered" or until is None or at <= until:
        return 0
    _move(each, ("answered",), "closed", WORKER, at)
    return 1


def county_of(region_code: str) -> str:
    """The county of a village or township; a division above it stays itself."""
    return region_code[:COUNTY]


def involved(each: Objection) -> list[int | None]:
    """Who does not decide at the county: the person, whoever wrote it for him, and whoever answered him."""
    return [*parties(each), each.answered_by_id]


def parties(each: Objection) -> list[int | None]:
    """Who does not answer: the person, and whoever wrote it for him on paper."""
    about = (f"record:{each.record_id}", each.code)
    return [each.volunteer_id, *decisions.hands(volunteer_id=each.volunteer_id, about=about)]


def _objection(code: str) -> Objection:
    found = Objection.get_or_none(Objection.code == code)
    if found is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(found, Objection)
    return found


def _own(actor: Actor, code: str) -> Objection:
    each = _objection(code)
    if each.volunteer_id != registered(actor):
        raise Refusal(C.NOT_FOUND)
    return each


def _params(each: Objection) -> Mapping[str, Any]:
    """The rule frozen for the record that it is about."""
    return rules.rule_by_id(_record(each).rule_set_id).params


def _record(each: Objection) -> ServiceRecord:
    found = ServiceRecord.get_by_id(each.record_id)
    assert isinstance(found, ServiceRecord)
    return found


def _checked(each: Objection, verdict: Verdict) -> str:
    said = words_of(verdict.text, empty=C.TEXT_EMPTY)
    _possible(_record(each), verdict.minutes)
    return said


def _move(
    each: Objection, old: tuple[str, ...], new: str, actor: Actor, at: datetime, **changes: object
) -> None:
    """From one state to the next, by whoever comes first. Refusals: OBJECTION_STATE."""
    before = each.state
    moved = Objection.update(state=new, **changes).where(Objection.id == each.id, Objection.state.in_(old))
    if not moved.execute():
        raise Refusal(C.OBJECTION_STATE)
    for name, value in changes.items():
        setattr(each, name, value)
    each.state = new
    audit.changed(
        actor=actor,
        verb=f"objection.{new}",
        subject=f"objection:{each.id}",
        changes={"state": [before, new]},
        at=at,
    )


def _raise(each: Objection, old: str, why: str, actor: Actor, at: datetime) -> None:
    county = county_of(each.region_code)
    where = decisions.deciding_region(region_code=county, parties=involved(each), at=at) or county
    days = _params(each)["answer_days"]
    _move(
        each, (old,), "raised", actor, at, raised_region=where, raised_why=why, raised_at=at,
        due_at=working_days_after(at, days),
    )  # fmt: skip
    _tell_county(each, "objection_county", at, key=str(each.id))


def _correct(each: Objection, minutes: int | None, actor: Actor, reason: str, at: datetime) -> None:
    """Reverse and post anew; what was still waiting is confirmed by the same word."""
    if minutes is None:
        return
    record = _record(each)
    if record.held_by_case is not None:
        raise Refusal(C.RECORD_STATE)
    corrections.review(record, minutes, actor=actor, reason=reason, at=at)
    record = ServiceRecord.get_by_id(record.id)
    if record.state == "pending":
        records.enter(record=record, activity=Activity.get_by_id(record.activity_id), actor=actor, at=at)
    Objection.update(minutes_after=minutes).where(Objection.id == each.id).execute()


def _title(each: Objection) -> str:
    return str(each.activity.title) if each.activity else ""


def _tell_answerers(each: Objection, at: datetime) -> None:
    people = [person for person in leaders(team_id=each.team_id, at=at) if person not in parties(each)]
    people = people or sorted(
        decisions.deciders(region_code=each.region_code, parties=parties(each), at=at)
    )
    telling.tell(
        kind="objection_waiting", people=people, key=str(each.id), at=at, name=each.volunteer.name, title=_title(each),
        text=each.text, url=f"/console/objections/{each.code}",
    )  # fmt: skip


def _tell_county(each: Objection, kind: str, at: datetime, *, key: str) -> None:
    where = each.raised_region or county_of(each.region_code)
    telling.tell(
        kind=kind, people=sorted(decisions.deciders(region_code=where, parties=involved(each), at=at)), key=key, at=at,
        name=each.volunteer.name, title=_title(each), url=f"/console/objections/{each.code}",
    )  # fmt: skip


def _tell_person(each: Objection, kind: str, text: str, at: datetime, **facts: int) -> None:
    minutes = _record(each).minutes
    telling.tell(
        kind=kind, people=[each.volunteer_id], key=str(each.id), at=at, title=_title(each), text=text,
        duration=duration(minutes), url=f"/m/objections/{each.code}", **facts,  # type: ignore[arg-type]
    )  # fmt: skip
