"""代办: a leader or the station does an act for somebody without a smartphone, on a form that he signed.

It is the act he would do himself, by the same function; beside it stands who did it and the photo of the form, in
the audit, on the person's record and on his own pages. Never by one who gains: not for oneself, not by a right held
in the person's stead, not a phone number of one's own, not the enrolment of somebody whom one entered oneself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from clock import local_day
from models import (
    Activity,
    BindInvite,
    ProxyAct,
    Shift,
    Signup,
    StoredFile,
    Team,
    TeamMember,
    Volunteer,
    store,
)
from services import audit, decisions, permissions
from services.access import belonging
from services.accounts import enrolment, invites
from services.accounts.documents import check_phone
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.lives import files
from services.messaging import telling
from services.participation import attendance, signups
from services.parts import Parts
from services.permissions import Verb
from services.recruitment import promises

C = RefusalCode
#: What can be done for somebody; nothing that spends his points is among them.
ACTS = ("sign_up", "cancel", "check_in", "check_out", "phone", "promise", "enrol")
SCANS = {"check_in": "in", "check_out": "out"}
DOOR = "proxy"


@dataclass(frozen=True, slots=True)
class Done:
    """An act that was done for a person; `form_id` is the photo of the form he signed."""

    id: int
    act: str
    subject: str
    by: str
    form_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Chance:
    """A shift that something can be done for now."""

    code: str
    title: str
    starts_at: datetime
    signed_up: bool
    today: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """What the form of a person offers: his name, the acts that fit his state, shifts, promises."""

    public_no: str
    name: str
    acts: tuple[str, ...]
    shifts: list[Chance]
    promises: list[tuple[str, str, str]]


def act_for(
    *, parts: Parts, actor: Actor, public_no: str, act: str, subject: str = "", value: str = "", form: bytes,
    at: datetime,
) -> int:  # fmt: skip
    """Do `act` for a person; answers the id of the note. `subject` is the shift, or the promise (`pledge`,
    `agreement:<team>`); `value` the new phone number. Sent twice in a row it is noted once.

    Refusals in order: NOT_FOUND / NOT_ALLOWED (not his leader, not his station), PROXY_GAINS, BAD_REQUEST (no such
    act), ACCOUNT_CLOSED, NOT_REGISTERED (not enrolled yet), those of `files.taken`; then those of the act:
    `signups.sign_up`, `signups.cancel`; PROXY_DAY and `attendance.tick`; PHONE_INVALID; `promises.accept`;
    INVITE_INVALID.
    """
    person = require_helper(actor=actor, public_no=public_no, at=at)
    if act not in ACTS:
        raise Refusal(C.BAD_REQUEST, why="act")
    if person.state not in ("active", "invited"):
        raise Refusal(C.ACCOUNT_CLOSED)
    if (person.state == "invited") != (act == "enrol"):
        raise Refusal(C.NOT_REGISTERED if person.state == "invited" else C.INVITE_INVALID)
    step = _step(parts, actor, person, act, subject, value, at)
    photo = files.taken(form)
    path = files.put_down(parts=parts, photo=photo)

    def write() -> int | Refusal:
        try:
            step()
        except Refusal as refusal:
            if act in SCANS:  # a refused try is kept, then refused
                return refusal
            raise
        return _noted(actor, person, act, subject, path, len(photo.body), at)

    outcome = store.write(write)
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def require_helper(*, actor: Actor, public_no: str, at: datetime) -> Volunteer:
    """The person, for one who may act for him. Refusals: NOT_FOUND, NOT_ALLOWED, PROXY_GAINS."""
    person = Volunteer.get_or_none(Volunteer.public_no == public_no, Volunteer.state != "merged")
    if person is None:
        raise Refusal(C.NOT_FOUND)
    if not _helps(actor, person, at, ()):
        belonging.seen_person(actor=actor, public_no=public_no, at=at)
        raise Refusal(C.NOT_ALLOWED)
    if actor.volunteer_id in (None, person.id) or not _helps(actor, person, at, (person.id,)):
        raise Refusal(C.PROXY_GAINS)
    assert isinstance(person, Volunteer)
    return person


def helps(*, actor: Actor, public_no: str, at: datetime) -> bool:
    """Whether `require_helper` would let the actor go on."""
    try:
        require_helper(actor=actor, public_no=public_no, at=at)
    except Refusal:
        return False
    return True


def _helps(actor: Actor, person: Volunteer, at: datetime, parties: tuple[int, ...]) -> bool:
    """Whether he leads one of the person's teams or manages his division, rights in a party's stead left out."""
    if any(
        permissions.leads(actor=actor, team_id=team, at=at, parties=parties) for team in _teams_of(person)
    ):
        return True
    if not belonging.may(actor=actor, person=person, verb=Verb.MANAGE, at=at):
        return False
    return not parties or any(
        decisions.may_decide(actor=actor, region_code=code, parties=parties, at=at)
        for code in (*belonging.divisions_of(person), person.region_code)
    )


def _teams_of(person: Volunteer) -> list[int]:
    """The teams he is in, or was last entered for."""
    running = TeamMember.select(TeamMember.team).where(
        TeamMember.volunteer == person.id, TeamMember.to_at.is_null()
    )
    teams = [int(row.team_id) for row in running]
    if person.state == "invited":
        teams += [int(row.team_id) for row in _invites(person) if row.team_id is not None][:1]
    return teams


def _invites(person: Volunteer) -> list[BindInvite]:
    found = BindInvite.select().where(
        BindInvite.volunteer == person.id, BindInvite.team_id.is_null(False), BindInvite.role == ""
    )
    return list(found.order_by(BindInvite.created_at.desc()))


def _step(
    parts: Parts, actor: Actor, person: Volunteer, act: str, subject: str, value: str, at: datetime
) -> Callable[[], object]:
    """The act as the person himself would do it; what is typed wrongly is refused before any photo is kept."""
    himself = Actor(DOOR, person.id)
    if act == "sign_up":
        return lambda: signups.sign_up(
            actor=himself, shift_code=subject, risk_accepted=True, channel=DOOR, at=at
        )
    if act == "cancel":
        return lambda: signups.cancel(actor=himself, shift_code=subject, at=at)
    if act in SCANS:
        _require_day(subject, at)
        return lambda: attendance.tick(
            actor=actor, shift_code=subject, public_no=person.public_no, direction=SCANS[act], at=at
        )
    if act == "promise":
        document, _, team = subject.partition(":")
        return lambda: promises.accept(actor=himself, document=document, team_code=team, at=at)
    if act == "enrol":
        return lambda: _enrol(actor, person, at)
    phone = check_phone(value)
    mine = Volunteer.get_or_none(Volunteer.id == actor.volunteer_id)
    if mine is not None and mine.phone_index == parts.vault.index("phone", phone):
        raise Refusal(C.PROXY_GAINS)
    return lambda: _change_phone(parts, actor, person, phone, at)


def _require_day(shift_code: str, at: datetime) -> None:
    """Attendance on paper is for the day itself; what came later is a supplement with its own checks."""
    shift = Shift.get_or_none(Shift.code == shift_code)
    if shift is None:
        raise Refusal(C.NOT_FOUND)
    if not local_day(shift.starts_at) <= local_day(at) <= local_day(shift.ends_at):
        raise Refusal(C.PROXY_DAY)


def _change_phone(parts: Parts, actor: Actor, person: Volunteer, phone: str, at: datetime) -> None:
    """Nobody has called the new number yet: it proves nothing until somebody confirms it."""
    enrolment.set_phone(parts=parts, person=person, phone=phone, proof="none")
    audit.changed(
        actor=actor, verb="proxy.phone", subject=f"volunteer:{person.id}", changes={"phone": ["", "*"]}, at=at
    )


def _enrol(actor: Actor, person: Volunteer, at: datetime) -> None:
    """He said yes on paper. Who entered him does not say yes for him: that would make people out of nothing."""
    newest = next(iter(_invites(person)), None)
    if newest is None:
        raise Refusal(C.INVITE_INVALID)
    if actor.volunteer_id in (newest.created_by_id, person.entered_by_id):
        raise Refusal(C.PROXY_GAINS)
    invites.accept_on_paper(volunteer_id=person.id, token=newest.token, channel=DOOR, at=at)


def _noted(
    actor: Actor, person: Volunteer, act: str, subject: str, path: str, size: int, at: datetime
) -> int:
    one_at_a_time(person.id)
    last = (
        ProxyAct.select(ProxyAct, StoredFile)
        .join(StoredFile)
        .where(ProxyAct.volunteer == person.id)
        .order_by(ProxyAct.id.desc())
        .first()
    )
    if last is not None and (last.act, last.subject, last.form.path, last.actor_id) == (
        act, subject, path, actor.volunteer_id,
    ):  # fmt: skip
        return int(last.id)
    form = files.keep(name="form.jpg", path=path, size=size, owner_id=person.id, at=at)
    made = ProxyAct.create(
        volunteer=person.id, actor=actor.volunteer_id, act=act, subject=subject, form=form.id, at=at
    )
    audit.note(
        actor=actor, verb=f"proxy.{act}", subject=f"volunteer:{person.id}", detail={"proxy": made.id}, at=at
    )
    telling.tell(kind="proxied", people=[person.id], key=f"proxy:{made.id}", at=at, url="/m/proxies")
    return int(made.id)


def one_at_a_time(volunteer_id: int) -> None:
    """Whoever changes what hangs on this person waits for the others (a row lock on PostgreSQL)."""
    Volunteer.update(state=Volunteer.state).where(Volunteer.id == volunteer_id).execute()


def done_for(*, volunteer_id: int, limit: int = 50) -> list[Done]:
    """What was done for a person, newest first; for himself, and for readers whose right was looked at."""
    rows = (
        ProxyAct.select(ProxyAct, Volunteer.id, Volunteer.name)
        .join(Volunteer, on=ProxyAct.actor)
        .where(ProxyAct.volunteer == volunteer_id)
        .order_by(ProxyAct.id.desc())
        .limit(limit)
    )
    return [Done(row.id, row.act, row.subject, row.actor.name, row.form_id, row.at) for row in rows]


def form_of(*, parts: Parts, actor: Actor, number: int, at: datetime) -> bytes:
    """The photo of a signed form: for the person, whoever did it, his leaders, those who manage his division.

    A look by anybody but himself is noted. Refusals: NOT_FOUND.
    """
    found = ProxyAct.get_or_none(ProxyAct.id == number)
    if found is None or actor.volunteer_id is None:
        raise Refusal(C.NOT_FOUND)
    person = found.volunteer
    if actor.volunteer_id != person.id:
        if actor.volunteer_id != found.actor_id and not _helps(actor, person, at, ()):
            raise Refusal(C.NOT_FOUND)
        audit.note(
            actor=actor, verb="proxy.form", subject=f"volunteer:{person.id}", detail={"proxy": number}, at=at
        )
    return files.opened(parts=parts, file_id=found.form_id)


def desk(*, parts: Parts, actor: Actor, public_no: str, at: datetime) -> Desk:
    """What the form offers. Refusals as `require_helper`."""
    person = require_helper(actor=actor, public_no=public_no, at=at)
    waiting = [
        (one.promise.document + (f":{one.team_code}" if one.team_code else ""), one.promise.title, one.promise.text)
        for one in promises.mine(volunteer_id=person.id, brand=parts.brand)
        if not one.promise.accepted
    ]  # fmt: skip
    acts = ("enrol",) if person.state == "invited" else tuple(
        each for each in ACTS if each != "enrol" and (each != "promise" or waiting)
    )  # fmt: skip
    return Desk(person.public_no, person.name, acts, _chances(person, at), waiting)


def _chances(person: Volunteer, at: datetime) -> list[Chance]:
    """Shifts of his teams and those he is signed up for, from today on."""
    mine = {
        int(row.shift_id)
        for row in Signup.select(Signup.shift).where(
            Signup.volunteer == person.id, Signup.state == "confirmed"
        )
    }
    teams = Team.select(Team.id).where(Team.id.in_(_teams_of(person)))
    rows = (
        Shift.select(Shift, Activity.id, Activity.title)
        .join(Activity)
        .where(
            Activity.state == "published",
            Activity.team.in_(teams) | Shift.id.in_(list(mine)),
            Shift.ends_at > at - timedelta(hours=12),
        )
        .order_by(Shift.starts_at, Shift.id)
        .limit(40)
    )
    day = local_day(at)
    return [
        Chance(
            row.code, row.activity.title, row.starts_at, row.id in mine,
            local_day(row.starts_at) <= day <= local_day(row.ends_at),
        )
        for row in rows
    ]  # fmt: skip
