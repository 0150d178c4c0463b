"""找联络员: a question to one's liaison, the answer that returns, and the centre that is told when none comes (S81).

The liaison of the person's team is told, else of the nearest division; who leads the team or manages the division may
answer, never the one who asked. What both sides wrote stays together, and the history says who did what.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from models import Ticket, TicketLine, Volunteer, store
from models.store import Write
from services import audit, decisions, limits, rules
from services.actors import WORKER, Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.organisation import liaisons
from services.review.reach import registered, words_of
from services.times import working_days_after

C = RefusalCode
#: Questions and further words of one person in an hour.
TRIES, TRIES_SECONDS = 6, 3600
#: The same words twice within this time are one question.
SAME = timedelta(hours=1)
AGAIN = timedelta(days=1)
AT_ONCE = 50
ALIVE = ("open", "answered")


def ask(*, actor: Actor, text: str, at: datetime) -> str:
    """Ask one's liaison; the question's code. The same words again within the hour are the first question.

    Refusals in order: NOT_REGISTERED, TEXT_EMPTY, TEXT_TOO_LONG, TOO_MANY_TRIES.
    """
    person, said = registered(actor), words_of(text, empty=C.TEXT_EMPTY)
    twin = (
        Ticket.select(Ticket.code)
        .join(TicketLine)
        .where(
            Ticket.volunteer == person, Ticket.state == "open", Ticket.created_at > at - SAME, TicketLine.text == said
        )
        .first()
    )
    if twin is not None:
        return str(twin.code)
    _not_too_often(person, at)
    home = liaisons.home_of(person)
    due = _due(home.region_code, at)

    def act() -> str:
        made = Ticket.create(
            code=new_code(), volunteer=person, team=home.team_id, region_code=home.region_code, state="open",
            due_at=due, created_at=at, updated_at=at,
        )  # fmt: skip
        _write(made, actor, said, at, answers=False)
        audit.changed(
            actor=actor, verb="ticket.asked", subject=f"ticket:{made.id}", at=at,
            changes={"due": [None, due.isoformat()]},
        )  # fmt: skip
        _tell_helpers(made, said, at, key=str(made.code))
        return str(made.code)

    return store.write(act)


def go_on(*, actor: Actor, code: str, text: str, at: datetime) -> None:
    """Say more: what was answered is open again, with the days anew.

    Refusals in order: NOT_REGISTERED, NOT_FOUND (none of his), TEXT_EMPTY, TEXT_TOO_LONG, TOO_MANY_TRIES,
    TICKET_STATE (closed).
    """
    each, said = _own(actor, code), words_of(text, empty=C.TEXT_EMPTY)
    _not_too_often(each.volunteer_id, at)

    def act() -> None:
        due = each.due_at if each.state == "open" else _due(each.region_code, at)
        _move(each, "open", actor, at, verb="more", due_at=due, closes_at=None)
        line = _write(each, actor, said, at, answers=False)
        _tell_helpers(each, said, at, key=f"{each.code}:{line.id}")

    store.write(act)


def settle(*, actor: Actor, code: str, at: datetime) -> None:
    """The person says that it is settled. Refusals: NOT_REGISTERED, NOT_FOUND, TICKET_STATE (closed already)."""
    each = _own(actor, code)
    store.write(lambda: _move(each, "closed", actor, at, verb="closed", closes_at=None))


def answer(*, actor: Actor, code: str, text: str, at: datetime) -> None:
    """Answer it; the person is told in his inbox and on his phone. Where he says no more, it closes by itself after
    the days of the division (`question_close_days`).

    Refusals in order: NOT_FOUND / NOT_ALLOWED (who neither leads the team nor manages the division), OWN_RECORD (who
    asked), TEXT_EMPTY, TEXT_TOO_LONG, TICKET_STATE (closed).
    """
    each = Ticket.get_or_none(Ticket.code == code)
    if each is None:
        raise Refusal(C.NOT_FOUND)
    decisions.require_decider(
        actor=actor, region_code=each.region_code, parties=[each.volunteer_id], at=at, team_id=each.team_id
    )
    said = words_of(text, empty=C.TEXT_EMPTY)
    closes = at + timedelta(days=int(_numbers(each.region_code, at)["question_close_days"]))

    def act() -> None:
        _move(each, "answered", actor, at, verb="answered", nagged_at=None, closes_at=closes)
        line = _write(each, actor, said, at, answers=True)
        telling.tell(
            kind="ticket_answered", people=[each.volunteer_id], key=f"{each.code}:{line.id}", at=at, text=said,
            url=f"/m/questions/{each.code}",
        )  # fmt: skip

    store.write(act)


def nag_due(*, at: datetime, write: Write = store.write) -> int:
    """Each day, what nobody answered in time is said to the division's centre, too. How many."""
    late = Ticket.select(Ticket.id).where(
        Ticket.state == "open", Ticket.due_at <= at, Ticket.nagged_at.is_null() | (Ticket.nagged_at <= at - AGAIN)
    )
    ids = [row.id for row in late.order_by(Ticket.due_at).limit(AT_ONCE)]
    return sum(write(partial(_nag, number, at)) for number in ids)


def close_due(*, at: datetime, write: Write = store.write) -> int:
    """Close what was answered and not spoken of since; how many. Nobody is told: there is nothing to do."""
    over = Ticket.select(Ticket.id).where(Ticket.closes_at <= at).order_by(Ticket.closes_at).limit(AT_ONCE)
    return sum(write(partial(_close, row.id, at)) for row in list(over))


def _close(number: int, at: datetime) -> int:
    each = Ticket.get_by_id(number)
    if each.state != "answered" or each.closes_at is None or each.closes_at > at:
        return 0
    _move(each, "closed", WORKER, at, verb="closed", closes_at=None)
    return 1


def _nag(number: int, at: datetime) -> int:
    each = Ticket.get_by_id(number)
    if each.state != "open" or each.due_at > at:
        return 0
    Ticket.update(nagged_at=at).where(Ticket.id == number).execute()
    person = Volunteer.get_by_id(each.volunteer_id)
    first = TicketLine.select().where(TicketLine.ticket == number).order_by(TicketLine.id.desc()).first()
    people = decisions.deciders(region_code=each.region_code, parties=[each.volunteer_id], at=at)
    people |= set(_helpers(each, at))
    telling.tell(
        kind="ticket_late", people=sorted(people), key=f"{each.code}:{at:%Y%m%d}", at=at, name=person.name,
        text=first.text if first else "", url=f"/console/questions/{each.code}",
    )  # fmt: skip
    audit.changed(
        actor=WORKER, verb="ticket.late", subject=f"ticket:{number}", at=at,
        changes={"nagged": [None, at.isoformat()]},
    )  # fmt: skip
    return 1


def _due(region_code: str, at: datetime) -> datetime:
    return working_days_after(at, int(_numbers(region_code, at)["question_days"]))


def _numbers(region_code: str, at: datetime) -> Mapping[str, Any]:
    return rules.rule("review", region_code, at).params


def _not_too_often(person: int, at: datetime) -> None:
    limits.count(key=f"ticket|{person}", limit=TRIES, seconds=TRIES_SECONDS, at=at)


def _own(actor: Actor, code: str) -> Ticket:
    each = Ticket.get_or_none(Ticket.code == code, Ticket.volunteer == registered(actor))
    if each is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(each, Ticket)
    return each


def _move(each: Ticket, new: str, actor: Actor, at: datetime, *, verb: str, **changes: object) -> None:
    """From a state that lives to the next one. Refusals: TICKET_STATE."""
    moved = Ticket.update(state=new, updated_at=at, **changes).where(Ticket.id == each.id, Ticket.state.in_(ALIVE))
    if not moved.execute():
        raise Refusal(C.TICKET_STATE)
    audit.changed(
        actor=actor, verb=f"ticket.{verb}", subject=f"ticket:{each.id}", at=at, changes={"state": [each.state, new]}
    )


def _write(each: Ticket, actor: Actor, text: str, at: datetime, *, answers: bool) -> TicketLine:
    made = TicketLine.create(ticket=each, author=actor.volunteer_id, answers=answers, text=text, at=at)
    assert isinstance(made, TicketLine)
    return made


def _helpers(each: Ticket, at: datetime) -> list[int]:
    return liaisons.answering(
        volunteer_id=each.volunteer_id, team_id=each.team_id, region_code=each.region_code, at=at
    )


def _tell_helpers(each: Ticket, text: str, at: datetime, *, key: str) -> None:
    person = Volunteer.get_by_id(each.volunteer_id)
    telling.tell(
        kind="ticket_waiting", people=_helpers(each, at), key=key, at=at, name=person.name, text=text,
        url=f"/console/questions/{each.code}",
    )  # fmt: skip
