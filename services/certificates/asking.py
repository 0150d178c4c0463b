"""Asking for a certificate: by oneself, on a signed form for somebody without a phone, by an officer at his desk.

Whoever served with teams of several centres gets a certificate from each. Asked twice for the same is asked once.
Always free of charge (条例 §19, §38).
"""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from typing import Any

from peewee import fn

from clock import local_day
from frozen import dataclass
from models import Certificate, ServiceRecord, Team, Volunteer, store
from services import audit, decisions, limits, regions
from services.access import belonging, people_list
from services.accounts import consents
from services.actors import Actor
from services.certificates import deciding, drafting, seals
from services.certificates.drafting import Draft, Scope
from services.errors import Refusal, RefusalCode
from services.parts import Parts
from services.review.reach import registered

C = RefusalCode
#: Requests of one person in a day.
TRIES, TRIES_SECONDS = 20, 86_400
#: People in one go for a team.
MOST = 200


@dataclass(frozen=True, slots=True)
class Offer:
    """What a person can ask for: years with hours, teams with hours as (code, name)."""

    years: list[str]
    teams: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Batch:
    """What issuing for a whole team did: codes issued now, of those that stood already, announced; and who was left
    out (himself: somebody else issues his; and whoever took the ID number back)."""

    issued: list[str] = field(default_factory=list)
    stood: list[str] = field(default_factory=list)
    announced: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def offer(*, volunteer_id: int) -> Offer:
    """The years and teams of a person's confirmed hours, newest first; two statements."""
    free = drafting.counts(volunteer_id), ServiceRecord.held_by_case.is_null()
    year = fn.SUBSTR(ServiceRecord.local_day, 1, 4)
    years: Any = ServiceRecord.select(year).where(*free).distinct().tuples()
    teams: Any = (
        ServiceRecord.select(Team.code, Team.name).join(Team, on=(ServiceRecord.team == Team.id)).where(*free)
        .group_by(Team.id, Team.code, Team.name).order_by(fn.COUNT(ServiceRecord.id).desc(), Team.id)
    )  # fmt: skip
    return Offer(sorted((found for (found,) in years), reverse=True), list(teams.tuples()))


def year_scope(year: str, team: str = "") -> Scope:
    """The days of a year."""
    return Scope(f"{year}-01-01", f"{year}-12-31", team)


def ask(*, parts: Parts, actor: Actor, scope: Scope, at: datetime) -> list[str]:
    """Ask for certificates of one's own service; their codes, one for each centre that certifies. Where the division
    issues without asking anybody, they are issued at once.

    Refusals: NOT_REGISTERED, FIELD_WRONG (`first`, `last`, `team`), TOO_MANY_TRIES, CERTIFICATE_EMPTY (no confirmed
    hours), CENTRE_MISSING; CONSENT_WITHDRAWN, CONSENT_CHANGED (of the ID number, which stands on it).
    """
    me = registered(actor)
    consents.require(volunteer_id=me, purpose=consents.ID_NUMBER)
    drafting.checked(scope, at)
    limits.count(key=f"certificate|{me}", limit=TRIES, seconds=TRIES_SECONDS, at=at)

    def act() -> list[str]:
        rows = _requests(parts, actor, me, scope, at)
        for row, fresh in rows:
            if fresh:
                _by_rule(parts, row, at)
        return [str(row.code) for row, _ in rows]

    return store.write(act)


def ask_again(*, parts: Parts, actor: Actor, code: str, at: datetime) -> str:
    """Ask for a new one in the place of one whose hours have changed since; its code.

    Refusals: NOT_REGISTERED; CONSENT_WITHDRAWN, CONSENT_CHANGED (of the ID number); NOT_FOUND (not his),
    CERTIFICATE_STATE, CERTIFICATE_EMPTY.
    """
    me = registered(actor)
    consents.require(volunteer_id=me, purpose=consents.ID_NUMBER)

    def act() -> str:
        row = Certificate.get_or_none(Certificate.code == code, Certificate.volunteer == me)
        if row is None:
            raise Refusal(C.NOT_FOUND)
        made = deciding.again(parts=parts, actor=actor, row=row, at=at)
        _by_rule(parts, made, at)
        return str(made.code)

    return store.write(act)


def cancel(*, actor: Actor, code: str, at: datetime) -> None:
    """The person takes his request back. Refusals: NOT_REGISTERED, NOT_FOUND, CERTIFICATE_STATE."""
    me = registered(actor)

    def act() -> None:
        row = Certificate.get_or_none(Certificate.code == code, Certificate.volunteer == me)
        if row is None:
            raise Refusal(C.NOT_FOUND)
        taken = Certificate.update(state="cancelled", ended_by=me, ended_at=at).where(
            Certificate.id == row.id, Certificate.state.in_(deciding.OPEN)
        )
        if not taken.execute():
            raise Refusal(C.CERTIFICATE_STATE)
        audit.changed(
            actor=actor, verb="certificate.cancelled", subject=f"certificate:{row.id}", changes={}, at=at
        )

    store.write(act)


def issue_for(
    *, parts: Parts, actor: Actor, public_no: str, scope: Scope, at: datetime
) -> list[tuple[str, str]]:
    """An officer at his desk, for somebody of his division, also for one who left or whose family asks: issued where
    he decides himself, else asked of the centre that does. Answers (code, state) of each.

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD (for himself), OTHER_CONSENT (he took the ID number back),
    FIELD_WRONG, CERTIFICATE_EMPTY, CENTRE_MISSING.
    """
    person = belonging.require_over(actor=actor, public_no=public_no, at=at)
    if person.id == actor.volunteer_id:
        raise Refusal(C.OWN_RECORD)
    consents.require_of(volunteer_id=person.id, purpose=consents.ID_NUMBER)

    def act() -> list[tuple[str, str]]:
        done = []
        for row, fresh in _requests(parts, actor, person.id, scope, at):
            state = str(row.state)
            if state == "requested" and _may(actor, row, at) and seals.current(row.centre_id) is not None:
                state = deciding.approve(parts=parts, row=row, actor_id=actor.volunteer_id, at=at)
                deciding.kept(actor, row, state, "", at)
            elif fresh:
                _by_rule(parts, row, at)
                state = str(deciding.found(str(row.code)).state)
            done.append((str(row.code), state))
        return done

    return store.write(act)


def _may(actor: Actor, row: Certificate, at: datetime) -> bool:
    return decisions.may_decide(
        actor=actor, region_code=str(row.region_code), parties=deciding.parties(row), at=at
    )


def issue_team(*, parts: Parts, actor: Actor, team_code: str, scope: Scope, at: datetime) -> Batch:
    """For everybody who served with a team in these days (`scope.team` is not looked at), each in a write of his own;
    done again it changes nothing.

    Refusals: NOT_FOUND, NOT_ALLOWED (who does not manage the issuing centre's division), FIELD_WRONG, CENTRE_MISSING,
    SEAL_MISSING, CERTIFICATE_EMPTY (nobody served), CERTIFICATE_MANY (`most`).
    """
    first, last, team = drafting.checked(Scope(scope.first, scope.last, team_code), at)
    if team is None:
        raise Refusal(C.FIELD_WRONG, field="team")
    centre = drafting.issuers([team])[team.id]
    decisions.require_decider(actor=actor, region_code=str(centre.region_code), parties=(), at=at)
    if seals.current(centre.id) is None:
        raise Refusal(C.SEAL_MISSING, centre=centre.name)
    people = people_of(team.id, first, last)
    if not people:
        raise Refusal(C.CERTIFICATE_EMPTY)
    if len(people) > MOST:
        raise Refusal(C.CERTIFICATE_MANY, most=MOST)
    done = Batch()
    asked = Scope(first or "", last, team_code)
    resting = consents.withdrawn([person.id for person in people], consents.ID_NUMBER)
    done.left_out.extend(person.name for person in people if person.id in resting)
    for person in people:
        if person.id in resting:
            continue
        store.write(lambda person=person: _one_of(parts, actor, person, asked, done, at))  # type: ignore[misc]
    return done


def people_of(team_id: int, first: str | None, last: str) -> list[Volunteer]:
    """Who served with a team in these days, by name."""
    served = ServiceRecord.select(ServiceRecord.volunteer).where(
        ServiceRecord.team == team_id, ServiceRecord.state == "confirmed", ServiceRecord.source != "transferred",
        ServiceRecord.minutes > 0, ServiceRecord.local_day <= last, ServiceRecord.held_by_case.is_null(),
        ServiceRecord.local_day >= (first or drafting.FIRST_DAY),
    )  # fmt: skip
    return list(
        Volunteer.select().where(Volunteer.id.in_(served)).order_by(Volunteer.name, Volunteer.id).limit(MOST + 1)
    )


def _one_of(parts: Parts, actor: Actor, person: Volunteer, scope: Scope, done: Batch, at: datetime) -> None:
    if person.id == actor.volunteer_id:
        done.left_out.append(person.name)
        return
    for row, _ in _requests(parts, actor, person.id, scope, at):
        if row.state in ("valid", "announced"):
            done.stood.append(str(row.code))
            continue
        if not _may(actor, row, at):
            done.left_out.append(person.name)
            continue
        state = deciding.approve(parts=parts, row=row, actor_id=actor.volunteer_id, at=at)
        deciding.kept(actor, row, state, "", at)
        (done.issued if state == "valid" else done.announced).append(str(row.code))


def _requests(
    parts: Parts, actor: Actor, person_id: int, scope: Scope, at: datetime
) -> list[tuple[Certificate, bool]]:
    """The requests of this scope, one for each centre that certifies, and whether it is new: what waits, or holds and
    still says what the books say, is not asked for twice. Inside the caller's write."""
    first, last, team = drafting.checked(scope, at)
    deciding.one_person_at_a_time(person_id)
    rows = drafting.served(person_id, first=first, last=last, teams=None if team is None else [team.id])
    if not rows:
        raise Refusal(C.CERTIFICATE_EMPTY)
    by_team = {row.team_id: row.team for row in rows}
    centres = drafting.issuers(by_team.values())
    person = Volunteer.get_by_id(person_id)
    number = people_list.opened(parts, person, "document")
    found = []
    for centre in {each.id: each for each in centres.values()}.values():
        mine = [row for row in rows if centres[row.team_id].id == centre.id]
        draft = drafting.draw_up(
            person=person, number=number, rows=mine, centre=centre, place=regions.path_name(str(centre.region_code)),
            seal=None, first=first, last=last, one_team=team is not None,
        )  # fmt: skip
        there, before = _standing(parts, person_id, centre.id, first, last, team, draft, number)
        if there is None:
            made = deciding.begin(
                actor=actor, person=person, centre=centre, draft=draft, first=first, last=last, team=team,
                supersedes=before, at=at,
            )  # fmt: skip
        found.append((there or made, there is None))
    return found


def _standing(
    parts: Parts, person_id: int, centre_id: int, first: str | None, last: str, team: Team | None, draft: Draft,
    number: str,
) -> tuple[Certificate | None, Certificate | None]:  # fmt: skip
    """What is there of the same days: a request that waits (also one that was to go until the day it was asked on,
    where this one goes until today), or a certificate that still says what books and register say; and a certificate
    that says otherwise, in whose place a new one stands."""
    before = None
    same = Certificate.select().where(
        Certificate.volunteer == person_id, Certificate.centre == centre_id,
        Certificate.from_on.is_null() if first is None else Certificate.from_on == first,
        Certificate.team.is_null() if team is None else Certificate.team == team.id,
        Certificate.state.in_((*deciding.OPEN, "valid")), Certificate.to_on <= last,
    )  # fmt: skip
    for row in same.order_by(Certificate.id.desc()):
        waits = row.state in deciding.OPEN
        if row.to_on != last and not (waits and row.to_on == local_day(row.asked_at).isoformat()):
            continue
        if waits or (
            row.records == draft.records and row.content["name"] == draft.content.name
            and deciding.document_of(parts, row) == number
        ):  # fmt: skip
            return row, None
        before = before or row
    return None, before


def _by_rule(parts: Parts, row: Certificate, at: datetime) -> None:
    """Issue what needs nobody's yes, where there is a seal; else tell who decides."""
    if deciding.rule_of(str(row.region_code), at).at_once and seals.current(row.centre_id) is not None:
        deciding.approve(parts=parts, row=row, actor_id=None, at=at)
        return
    deciding.ask_centre(row, at)
