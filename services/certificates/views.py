"""Certificates as their person and the offices read them: his own, one of them, the register of a division."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clock import local_day
from frozen import dataclass
from models import Certificate, Volunteer
from services import permissions, regions, scopes
from services.access import belonging
from services.actors import Actor
from services.certificates import checking, comparing, deciding, late, seals
from services.certificates.drafting import Content, Line
from services.certificates.paper import span_words, team_words
from services.decisions import may_decide
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.permissions import Verb
from services.times import last_day
from wording import entry

C = RefusalCode
#: How many of his the person sees at once.
MINE = 50


@dataclass(frozen=True, slots=True)
class Brief:
    """A certificate in a list; whole minutes, days as ISO ("" where not yet). `differs`: the books changed."""

    code: str
    number: str
    state: str
    word: str
    name: str
    public_no: str
    first: str
    last: str
    span: str
    teams: str
    minutes: int
    issuer: str
    place: str
    asked_at: datetime
    issued_on: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """One whole, with what the reader may do. `now`: what the books say today, None where nothing changed; `renamed`:
    the other name that its person has since; `answer_by`: the last day for the centre's word on a request; "" if none.
    """

    id: int
    brief: Brief
    text: Content
    lines: list[Line]
    reason: str
    notice_until: str
    ended_on: str
    successor: str
    now: int | None
    looked: int
    looked_at: datetime | None
    sealed: bool
    may_decide: bool
    may_withdraw: bool
    may_reissue: bool
    may_print: bool
    waits_again: bool
    sees_person: bool
    renamed: str
    answer_by: str


def _brief(row: Any, place: str = "") -> Brief:
    text = Content.of(row.content)
    return Brief(
        row.code, row.number or "", row.state, str(entry("certificates.states")[row.state]), text.name, text.public_no,
        text.first, text.last, span_words(text), team_words(text), text.minutes, text.issuer, place, row.asked_at,
        local_day(row.issued_at).isoformat() if row.issued_at else "",
        row.state == "valid" and row.minutes_now is not None,
    )  # fmt: skip


def mine(*, volunteer_id: int) -> list[Brief]:
    """A person's own, the newest first."""
    rows = Certificate.select().where(Certificate.volunteer == volunteer_id, Certificate.state != "cancelled")
    return [_brief(row) for row in rows.order_by(Certificate.id.desc()).limit(MINE)]


def own(*, actor: Actor, code: str) -> Whole:
    """One of the person's own. Refusals: NOT_FOUND."""
    row = Certificate.get_or_none(Certificate.code == code, Certificate.volunteer == actor.volunteer_id)
    if row is None:
        raise Refusal(C.NOT_FOUND)
    return _whole(row, decides=False)


def one(*, actor: Actor, code: str, at: datetime) -> Whole:
    """One, for those who may look at its division's matters or at its person. Refusals: NOT_FOUND."""
    row = deciding.found(code)
    looks = permissions.holds(actor=actor, verb=Verb.LOOK, region_code=str(row.region_code), at=at)
    sees_person = belonging.may(actor=actor, person=row.volunteer, verb=Verb.LOOK, at=at)
    if not looks and not sees_person:
        raise Refusal(C.NOT_FOUND)
    decides = may_decide(
        actor=actor, region_code=str(row.region_code), parties=deciding.parties(row), at=at
    )
    manages = permissions.manages(actor=actor, region_code=str(row.region_code), at=at) or belonging.may(
        actor=actor, person=row.volunteer, verb=Verb.MANAGE, at=at
    )
    return _whole(row, decides=decides, prints=manages, sees_person=sees_person)


def _whole(row: Certificate, *, decides: bool, prints: bool = True, sees_person: bool = True) -> Whole:
    text = Content.of(row.content)
    waiting = Certificate.select().where(
        Certificate.supersedes == row.id, Certificate.state.in_(deciding.OPEN)
    ).exists()  # fmt: skip
    now = comparing.differs(row)
    return Whole(
        id=row.id, brief=_brief(row, regions.path_name(str(row.region_code))), text=text, lines=text.lines,
        reason=str(row.reason), notice_until=str(row.notice_until or ""),
        ended_on=local_day(row.ended_at).isoformat() if row.ended_at else "", successor=checking.successor(row),
        now=now, looked=int(row.looked), looked_at=row.looked_at,
        sealed=seals.current(row.centre_id) is not None,
        may_decide=decides and row.state in deciding.OPEN, may_withdraw=decides and row.state == "valid",
        may_reissue=row.state == "valid" and not waiting,
        may_print=prints and row.state in deciding.ISSUED, waits_again=waiting, sees_person=sees_person,
        renamed=row.volunteer.name if row.state == "valid" and text.name != row.volunteer.name else "",
        answer_by=last_day(late.due_at(row)).isoformat() if row.state == "requested" else "",
    )  # fmt: skip


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Brief]:
    """The register of the actor's divisions; filters: region, state (`open` for what waits), `differs` (yes).

    Refusals: NOT_ALLOWED.
    """
    codes = scopes.readable(actor=actor, at=at)
    if not codes:
        raise Refusal(C.NOT_ALLOWED)
    query = (
        Certificate.select(Certificate, Volunteer.id, Volunteer.name)
        .join(Volunteer, on=(Certificate.volunteer == Volunteer.id))
        .where(scopes.within(Certificate.region_code, codes))
    )
    if wanted.chosen("region"):
        query = query.where(scopes.within(Certificate.region_code, [wanted.chosen("region")]))
    if wanted.chosen("state") == "open":
        query = query.where(Certificate.state.in_(deciding.OPEN))
    elif wanted.chosen("state"):
        query = query.where(Certificate.state == wanted.chosen("state"))
    if wanted.chosen("differs"):
        query = query.where(Certificate.minutes_now.is_null(False), Certificate.state == "valid")
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text) | (Certificate.number == wanted.text.upper()))
    sorts = {
        "name": Volunteer.name, "asked": Certificate.asked_at, "number": Certificate.number,
        "minutes": Certificate.minutes,
    }  # fmt: skip
    page = cut(query, wanted=wanted, sorts=sorts, default="-asked", tie=Certificate.id, row=lambda row: row)
    places = regions.path_names([row.region_code for row in page.rows])
    return Found(
        [_brief(row, places[row.region_code]) for row in page.rows], page.total, page.page, page.size
    )


def waiting(*, actor: Actor, at: datetime) -> int:
    """How many requests wait in the divisions the actor manages."""
    codes = scopes.managed(actor=actor, at=at)
    if not codes:
        return 0
    here = scopes.within(Certificate.region_code, codes)
    return Certificate.select().where(here, Certificate.state == "requested").count()
