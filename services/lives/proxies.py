"""代办: a leader or the station does an act for somebody without a smartphone, on a form that he signed.

It is the act he would do himself, by the same function; beside it stands who did it and the photo of the form, in
the audit, on the person's record and on his own pages. Never by one who gains: not for oneself, not by a right held
in the person's stead, not a phone number of one's own, not the enrolment of somebody whom one entered oneself.
"""

from __future__ import annotations

from datetime import date, datetime

from frozen import dataclass
from models import (
    ProxyAct,
    StoredFile,
    TeamMember,
    Volunteer,
    store,
)
from services import audit, decisions, permissions
from services.access import belonging
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.lives import files, proxy_acts, proxy_more
from services.lives.proxy_acts import Written
from services.messaging import telling
from services.parts import Parts
from services.permissions import Verb

C = RefusalCode


@dataclass(frozen=True, slots=True)
class Done:
    """An act that was done for a person; `form_id` is the photo of the form he signed."""

    id: int
    act: str
    subject: str
    by: str
    form_id: int
    at: datetime


def act_for(
    *, parts: Parts, actor: Actor, public_no: str, act: str, subject: str = "", value: str = "",
    until: date | None = None, form: bytes, at: datetime,
) -> int:  # fmt: skip
    """Do `act` (`proxy_acts.ACTS`) for a person; answers the id of the note. `subject` is what it is about: the shift,
    the application or transfer, the team, the promise (`pledge`, `agreement:<team>`), the consent; `value` what was
    written: the new phone number, the national number, a paper's name, his words; `until` the day a paper runs out.
    Sent twice in a row it is noted once.

    Refusals in order: NOT_FOUND / NOT_ALLOWED (not his leader, not his station), PROXY_GAINS, BAD_REQUEST (no such
    act), ACCOUNT_CLOSED, NOT_REGISTERED (not enrolled yet), those of `proxy_acts.step`, those of `files.taken`,
    STORAGE_AWAY; then those of the act itself.
    """
    person = require_helper(actor=actor, public_no=public_no, at=at)
    if act not in proxy_acts.ACTS:
        raise Refusal(C.BAD_REQUEST, why="act")
    if person.state not in ("active", "invited"):
        raise Refusal(C.ACCOUNT_CLOSED)
    if (person.state == "invited") != (act == "enrol"):
        raise Refusal(C.NOT_REGISTERED if person.state == "invited" else C.INVITE_INVALID)
    step = proxy_acts.step(parts, actor, person, act, subject, Written(value, until), at)
    photo = files.taken(form)
    path = files.put_down(parts=parts, photo=photo)

    def noted() -> int:
        return _noted(actor, person, act, subject, path, len(photo.body), at)

    def write() -> int | Refusal:
        if act in proxy_acts.SCANS:
            try:
                step()
            except Refusal as refusal:  # a refused try is kept, then refused
                return refusal
            return noted()
        number = noted()  # first: whoever wrote a request for him is not asked to decide on it
        step()
        return number

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
        permissions.leads(actor=actor, team_id=team, at=at, parties=parties) for team in teams_of(person)
    ):
        return True
    if not belonging.may(actor=actor, person=person, verb=Verb.MANAGE, at=at):
        return False
    return not parties or any(
        decisions.may_decide(actor=actor, region_code=code, parties=parties, at=at)
        for code in (*belonging.divisions_of(person), person.region_code)
    )


def teams_of(person: Volunteer) -> list[int]:
    """The teams he is in, or was last entered for."""
    running = TeamMember.select(TeamMember.team).where(
        TeamMember.volunteer == person.id, TeamMember.to_at.is_null()
    )
    teams = [int(row.team_id) for row in running]
    if person.state == "invited":
        teams += [int(row.team_id) for row in proxy_acts.invitations(person) if row.team_id is not None][:1]
    return teams


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
    known = last is not None and (last.act, last.subject, last.actor_id) == (act, subject, actor.volunteer_id)
    if known and files.same(last.form.path, path):
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
    """The photo of a signed form: for the person, his leaders, those who manage his division; whoever did it sees it
    as long as he is one of them (S43); what he said of a colleague, nobody of their team. A look by anybody but himself
    is noted. Refusals: NOT_FOUND.
    """
    found = ProxyAct.get_or_none(ProxyAct.id == number)
    if found is None or actor.volunteer_id is None:
        raise Refusal(C.NOT_FOUND)
    person = found.volunteer
    if actor.volunteer_id != person.id:
        if not _helps(actor, person, at, ()) or (
            found.act == "assess_peer" and not proxy_more.may_write(actor, found.subject, at)
        ):
            raise Refusal(C.NOT_FOUND)
        audit.note(
            actor=actor, verb="proxy.form", subject=f"volunteer:{person.id}", detail={"proxy": number}, at=at
        )
    return files.opened(parts=parts, file_id=found.form_id)
