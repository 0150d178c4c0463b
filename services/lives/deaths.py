"""已故: reported, every message to the person stops at once; the station confirms, or undoes and all is as before.

The state `deceased` is what stops everything: the outbox looks at it before each send, broadcasts, reminders, chat,
sessions and rights ask for `active`. What ended with it stands in the report's `before`, so that it can be restored.
Hours, points, stars and honours are untouched (PIPL §49: the next of kin may have them).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from clock import from_millis, local_day
from models import (
    Application,
    BindInvite,
    DeathReport,
    Delivery,
    HomeTransfer,
    RoleGrant,
    Shift,
    Signup,
    Team,
    TeamMember,
    Volunteer,
    store,
)
from models.dialect import IntegrityError
from services import audit, decisions, permissions
from services.access import belonging
from services.accounts.documents import check_name, check_phone, mask_phone
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.lives import ending
from services.messaging import telling
from services.messaging.notices import leaders
from services.organisation import exceptions
from services.parts import Parts

RELATIONS = ("family", "leader", "station")
CLOSED_TEAMS = ("dissolved", "merged")
LONGEST = 200


def report(
    *, parts: Parts, actor: Actor, public_no: str, relation: str, died_on: date | None = None, kin_name: str = "",
    kin_phone: str = "", at: datetime,
) -> int:  # fmt: skip
    """Report a person's death; from this moment nothing is sent to him. Reported again, it is the first report.

    By a leader of one of his teams or his station (the family telephones). Refusals: NOT_FOUND, NOT_ALLOWED (who may
    only look), OWN_RECORD (oneself), FIELD_WRONG (`field`: relation, died_on), NAME_INVALID, PHONE_INVALID.
    """
    person = _reportable(actor, public_no, at)
    if relation not in RELATIONS:
        raise Refusal(RefusalCode.FIELD_WRONG, field="relation")
    _check_day(person, died_on, at)
    name = check_name(kin_name) if kin_name.strip() else ""
    phone = check_phone(kin_phone) if kin_phone.strip() else ""

    def act() -> int:
        standing = _open_report(person.id)
        if standing is not None:
            return int(standing.id)
        blob, key = parts.vault.seal(phone, _place(person.public_no)) if phone else (None, "")
        now = Volunteer.get_by_id(person.id)
        region = belonging.divisions_of(now)[0]
        mourners = _leaders_of(person.id, at)
        made = DeathReport.create(
            volunteer=person.id, region_code=region, died_on=died_on.isoformat() if died_on else None,
            reported_by=actor.volunteer_id, relation=relation, kin_name=name, kin_phone_sealed=blob,
            kin_phone_key=key, state="reported", before=ending.end_all(now, why="deceased", at=at), at=at,
        )  # fmt: skip
        Volunteer.update(state="deceased", died_on=made.died_on, version=Volunteer.version + 1).where(
            Volunteer.id == person.id
        ).execute()
        _keep(actor, made, "died", {"state": [now.state, "deceased"]}, at)
        stations = decisions.deciders(region_code=region, parties=(person.id, actor.volunteer_id), at=at)
        _tell("death_reported", made, person.name, stations | mourners, actor, at)
        return int(made.id)

    try:
        return store.write(act)
    except IntegrityError:  # two reports in one moment
        standing = _open_report(person.id)
        if standing is None:
            raise
        return int(standing.id)


def confirm(*, actor: Actor, number: int, died_on: date | None = None, at: datetime) -> None:
    """The station has made sure. A day given here is the right one. Confirmed twice is confirmed.

    Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD (whoever reported), FIELD_WRONG (died_on), DEATH_STATE (undone).
    """
    found = _found(number)
    decisions.require_decider(
        actor=actor, region_code=found.region_code, parties=(found.volunteer_id, found.reported_by_id), at=at
    )
    _check_day(found.volunteer, died_on, at)

    def act() -> None:
        day = died_on.isoformat() if died_on else found.died_on
        moved = DeathReport.update(
            state="confirmed", confirmed_by=actor.volunteer_id, confirmed_at=at, died_on=day
        ).where(_still_open(number))
        if not moved.execute():
            if DeathReport.get_by_id(number).state == "confirmed":
                return
            raise Refusal(RefusalCode.DEATH_STATE)
        Volunteer.update(died_on=day).where(Volunteer.id == found.volunteer_id).execute()
        _keep(actor, found, "death.confirm", {"died_on": [found.died_on, day]}, at)
        _tell("death_confirmed", found, found.volunteer.name, {found.reported_by_id}, actor, at)

    store.write(act)


def _still_open(number: int) -> Any:
    """The condition by which one of many who confirm is heard."""
    return (DeathReport.id == number) & (DeathReport.state == "reported")


def undo(*, actor: Actor, number: int, reason: str, at: datetime) -> None:
    """It was wrong: the person is with us, and everything that ended is as it was. Undone twice is undone.

    Teams closed and shifts begun or filled meanwhile stay as they are. Refusals: NOT_FOUND / NOT_ALLOWED (who does
    not manage the division), REASON_REQUIRED, TEXT_TOO_LONG.
    """
    found = _found(number)
    permissions.require_manage(actor=actor, region_code=found.region_code, at=at)
    if not reason.strip():
        raise Refusal(RefusalCode.REASON_REQUIRED)
    if len(reason) > LONGEST:
        raise Refusal(RefusalCode.TEXT_TOO_LONG)

    def act() -> None:
        moved = DeathReport.update(
            state="undone", undone_by=actor.volunteer_id, undone_at=at, reason=reason.strip()
        ).where(DeathReport.id == number, DeathReport.state.in_(("reported", "confirmed")))
        if not moved.execute():
            return
        before = found.before
        Volunteer.update(state=before["state"], died_on=None, version=Volunteer.version + 1).where(
            Volunteer.id == found.volunteer_id
        ).execute()
        _restore(found.volunteer_id, before, at)
        _keep(actor, found, "death.undo", {"state": ["deceased", before["state"]]}, at, reason.strip())
        told = {found.reported_by_id, found.confirmed_by_id} | _leaders_of(found.volunteer_id, at)
        _tell("death_undone", found, found.volunteer.name, told - {found.volunteer_id}, actor, at)

    store.write(act)


def kin_phone(*, parts: Parts, actor: Actor, number: int, reason: str, at: datetime) -> str:
    """The next of kin's number in full, to call the family; recorded. Refusals: NOT_FOUND / NOT_ALLOWED,
    REASON_REQUIRED, NUMBER_MISSING."""
    found = _found(number)
    permissions.require_manage(actor=actor, region_code=found.region_code, at=at)
    if not reason.strip():
        raise Refusal(RefusalCode.REASON_REQUIRED)
    if found.kin_phone_sealed is None:
        raise Refusal(RefusalCode.NUMBER_MISSING)
    audit.note(
        actor=actor, verb="person.reveal", subject=f"volunteer:{found.volunteer_id}", at=at,
        detail={"what": "kin_phone", "reason": reason.strip()[:LONGEST]}, region_code=found.region_code,
    )  # fmt: skip
    return _kin(parts, found)


def masked_kin_phone(parts: Parts, found: DeathReport) -> str:
    """What is shown of it everywhere else."""
    return mask_phone(_kin(parts, found)) if found.kin_phone_sealed is not None else ""


def _kin(parts: Parts, found: DeathReport) -> str:
    assert found.kin_phone_sealed is not None
    return parts.vault.open(found.kin_phone_sealed, _place(found.volunteer.public_no))


def _place(public_no: str) -> str:
    return f"death_report.kin_phone:{public_no}"


def may_report(*, actor: Actor, public_no: str, at: datetime) -> bool:
    """Whether `report` would take the actor's word."""
    try:
        _reportable(actor, public_no, at)
    except Refusal:
        return False
    return True


def _reportable(actor: Actor, public_no: str, at: datetime) -> Volunteer:
    try:
        return _in_charge(actor, public_no, at)
    except Refusal:  # with the report his team ends: whoever reported says it once more
        again = (
            Volunteer.select()
            .join(DeathReport, on=DeathReport.volunteer)
            .where(
                Volunteer.public_no == public_no, DeathReport.state.in_(("reported", "confirmed")),
                DeathReport.reported_by == actor.volunteer_id,
            )
            .first()
        )  # fmt: skip
        if again is None or actor.volunteer_id is None:
            raise
        assert isinstance(again, Volunteer)
        return again


def _in_charge(actor: Actor, public_no: str, at: datetime) -> Volunteer:
    person = belonging.seen_person(actor=actor, public_no=public_no, at=at)
    if person.id == actor.volunteer_id:
        raise Refusal(RefusalCode.OWN_RECORD)
    if not belonging.may(actor=actor, person=person, verb=permissions.Verb.MANAGE, at=at):
        running = TeamMember.select().where(TeamMember.volunteer == person.id, TeamMember.to_at.is_null())
        if not any(permissions.leads(actor=actor, team_id=row.team_id, at=at) for row in running):
            raise Refusal(RefusalCode.NOT_ALLOWED)
    return person


def _check_day(person: Volunteer, day: date | None, at: datetime) -> None:
    born = person.birth_date or ""
    if day is not None and (day > local_day(at) or day.isoformat() < born):
        raise Refusal(RefusalCode.FIELD_WRONG, field="died_on")


def _open_report(volunteer_id: int) -> DeathReport | None:
    found = DeathReport.get_or_none(
        DeathReport.volunteer == volunteer_id, DeathReport.state.in_(("reported", "confirmed"))
    )
    return found if isinstance(found, DeathReport) else None


def _found(number: int) -> DeathReport:
    found = DeathReport.get_or_none(DeathReport.id == number)
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    assert isinstance(found, DeathReport)
    return found


def _leaders_of(volunteer_id: int, at: datetime) -> set[int]:
    running = TeamMember.select().where(TeamMember.volunteer == volunteer_id, TeamMember.to_at.is_null())
    return {each for row in running for each in leaders(team_id=row.team_id, at=at)} - {volunteer_id}


def _keep(
    actor: Actor, found: DeathReport, verb: str, changes: dict[str, Any], at: datetime, reason: str = ""
) -> None:
    """Into the history of the person and of the report."""
    for subject in (f"volunteer:{found.volunteer_id}", f"death:{found.id}"):
        audit.changed(actor=actor, verb=verb, subject=subject, changes=changes, at=at, reason=reason)


def _tell(kind: str, found: DeathReport, name: str, people: set[Any], actor: Actor, at: datetime) -> None:
    told = sorted(each for each in people if each is not None and each != actor.volunteer_id)
    telling.tell(
        kind=kind, people=told, key=str(found.id), at=at, name=name, url=f"/console/deaths/{found.id}"
    )


def _restore(volunteer_id: int, before: dict[str, Any], at: datetime) -> None:
    """Everything as it was, as far as the world still has a place for it."""
    for grant_id, until in before["grants"]:
        RoleGrant.update(until=from_millis(until) if until is not None else None).where(
            RoleGrant.id == grant_id
        ).execute()
    for seat, teams in ((Team.leader, before["leads"]), (Team.liaison, before["liaises"])):
        Team.update({seat: volunteer_id}).where(Team.id.in_(teams), seat.is_null()).execute()
    rows = list(TeamMember.select(TeamMember, Team).join(Team).where(TeamMember.id.in_(before["members"])))
    open_ones = [row for row in rows if row.team.state not in CLOSED_TEAMS]
    TeamMember.update(to_at=None, ended_why="").where(
        TeamMember.id.in_([row.id for row in open_ones])
    ).execute()
    if open_ones and not any(row.home for row in open_ones):
        first = min(open_ones, key=lambda row: (row.from_at, row.id))
        TeamMember.update(home=True).where(TeamMember.id == first.id).execute()
    for row in open_ones:
        exceptions.settle(team_id=row.team_id, at=at)
    for signup in Signup.select(Signup, Shift).join(Shift).where(Signup.id.in_(before["signups"])):
        place = Shift.update(taken=Shift.taken + 1).where(
            Shift.id == signup.shift_id, Shift.starts_at > at, Shift.taken < Shift.quota
        )
        if place.execute():
            Signup.update(state="confirmed", updated_at=at).where(Signup.id == signup.id).execute()
    for application_id, state in before["applications"]:
        Application.update(state=state).where(Application.id == application_id).execute()
    HomeTransfer.update(state="requested", ended_at=None).where(
        HomeTransfer.id.in_(before["transfers"])
    ).execute()
    for token, expires in before["invites"]:
        BindInvite.update(expires_at=from_millis(expires)).where(BindInvite.token == token).execute()
    # What was written meanwhile and never sent is looked at again by the outbox, like the rest.
    Delivery.update(state="queued").where(
        Delivery.id.in_(before["deliveries"]), Delivery.state == "withdrawn",
        Delivery.expires_at.is_null() | (Delivery.expires_at > at),
    ).execute()  # fmt: skip
