"""One application, two routes: a person applies (个人自荐), or is recommended and says yes himself (组织推荐) (S37).

Nothing happens to anybody without his own word (S11). Approved is only who has been asked about and examined
(S38), by a decider who is neither the applicant nor his recommender; refused with a reason that the person reads
and may answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from frozen import dataclass
from models import Application, Team, TeamMember, Volunteer, store
from models.dialect import IntegrityError
from services import audit, decisions, permissions, rules
from services.accounts import agreeing, enrolment
from services.actors import WORKER, Actor
from services.assessment import rejoining
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.messaging.notices import leaders
from services.organisation import exceptions
from services.policy import modules
from services.recruitment import drives, promises, vetting

#: Teams in these states take nobody in.
CLOSED_TEAMS = ("paused", "dissolved", "merged")
OPEN = ("offered", "submitted")
#: Where somebody came from: an 适应性培训 at which volunteers were looked for, another drive (S87); "" by himself.
SOURCES = ("", "training", "drive")
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of applying: `member` at once (a team being founded, or a division without vetting), or it waits."""

    code: str
    state: str
    member: bool


def apply(
    *,
    actor: Actor,
    team_code: str,
    statement: str = "",
    promised: bool = False,
    agreed: Collection[str] = (),
    source: str = "",
    at: datetime,
) -> Applied:
    """Apply to join a team (个人自荐). The founding members of a team join at once; so does everybody where the
    division's rule asks for no vetting. Whoever came by a drive is kept with it (`drives.brought`).

    Refusals: NOT_REGISTERED, BAD_REQUEST (`source`), TEXT_TOO_LONG, NOT_FOUND, TEAM_CLOSED, MODULE_OFF,
    ALREADY_MEMBER, REJOIN_LATER (an assessment ended his membership), APPLICATION_OPEN, PROMISE_REQUIRED,
    CONSENT_REQUIRED (`agreeing.owed` is not among `agreed`).
    """
    volunteer_id = _registered(actor)
    drive, by_drive = drives.brought(actor=actor, at=at)
    source = by_drive or source
    if source not in SOURCES:
        raise Refusal(RefusalCode.BAD_REQUEST, why="source")
    if len(statement) > LONGEST:
        raise Refusal(RefusalCode.TEXT_TOO_LONG)

    def act() -> Applied:
        team = _open_team(Team.get_or_none(Team.code == team_code))
        if team.state != "founding":
            modules.require(module="recruitment", region_code=team.region_code, at=at)
        _not_in_yet(team.id, volunteer_id, at)
        if _open_one(team.id, volunteer_id) is not None:
            raise Refusal(RefusalCode.APPLICATION_OPEN)
        promises.accept_or_refuse(
            actor=actor, volunteer_id=volunteer_id, team_id=team.id, accepts=promised, at=at
        )
        agreeing.agree_or_refuse(actor=actor, volunteer_id=volunteer_id, agreed=agreed, at=at)
        at_once = team.state == "founding" or not rules.rule("team", team.region_code, at).params["vetting"]
        made = Application.create(
            code=new_code(), route="self", state="approved" if at_once else "submitted", team=team,
            volunteer=volunteer_id, statement=statement.strip(), source=source, drive_id=drive, door=actor.door,
            created_at=at,
            decided_at=at if at_once else None,
        )  # fmt: skip
        _kept(actor, made, made.state if at_once else "applied", at)
        if at_once:
            _join(made, at)
        else:
            _tell_deciders(made, at, actor.helper_id)
        return Applied(made.code, made.state, at_once)

    return _once(act)


def recommend(*, actor: Actor, team_code: str, public_no: str, statement: str, at: datetime) -> Applied:
    """A team or centre recommends a registered person (组织推荐); he is asked and nothing else happens.

    Refusals: NOT_FOUND / NOT_ALLOWED (not the actor's team), TEAM_CLOSED, MODULE_OFF, NOT_FOUND (nobody has that
    number), OWN_RECORD (oneself), TEXT_TOO_LONG, ALREADY_MEMBER, REJOIN_LATER, APPLICATION_OPEN.
    """
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=team.id, at=at)
    _open_team(team)
    modules.require(module="recruitment", region_code=team.region_code, at=at)
    person = Volunteer.get_or_none(Volunteer.public_no == public_no, Volunteer.state == "active")
    if person is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    if person.id == actor.volunteer_id:
        raise Refusal(RefusalCode.OWN_RECORD)
    if len(statement) > LONGEST:
        raise Refusal(RefusalCode.TEXT_TOO_LONG)

    def act() -> Applied:
        _not_in_yet(team.id, person.id, at)
        if _open_one(team.id, person.id) is not None:
            raise Refusal(RefusalCode.APPLICATION_OPEN)
        made = Application.create(
            code=new_code(), route="organisation", state="offered", team=team, volunteer=person,
            recommender=actor.volunteer_id, statement=statement.strip(), door=actor.door, created_at=at,
        )  # fmt: skip
        _kept(actor, made, "offered", at)
        telling.tell(
            kind="application_offered", people=[person.id], key=str(made.id), at=at, team=team.name,
            url=f"/m/applications/{made.code}",
        )  # fmt: skip
        return Applied(made.code, made.state, False)

    return _once(act)


def answer_offer(
    *, actor: Actor, code: str, accepts: bool, promised: bool = False, agreed: Collection[str] = (), at: datetime
) -> Applied:
    """The recommended person says yes (it goes to vetting) or no. Said again, it is the same answer.

    Refusals: NOT_REGISTERED, NOT_FOUND (not his), APPLICATION_STATE, TEAM_CLOSED, REJOIN_LATER, PROMISE_REQUIRED,
    CONSENT_REQUIRED.
    """
    volunteer_id = _registered(actor)

    def act() -> Applied:
        mine = _own(code, volunteer_id)
        wanted = "submitted" if accepts else "declined"
        if mine.state == wanted:
            return Applied(mine.code, mine.state, False)
        if accepts:
            _open_team(mine.team)
            rejoining.check_rejoin(volunteer_id=volunteer_id, at=at)
            promises.accept_or_refuse(
                actor=actor, volunteer_id=volunteer_id, team_id=mine.team_id, accepts=promised, at=at
            )
            agreeing.agree_or_refuse(actor=actor, volunteer_id=volunteer_id, agreed=agreed, at=at)
        _move(mine, "offered", wanted, at)
        _kept(actor, mine, "accepted" if accepts else "declined", at)
        if accepts and not rules.rule("team", mine.team.region_code, at).params["vetting"]:
            _move(mine, "submitted", "approved", at)
            _kept(WORKER, mine, "approved", at)
            _join(mine, at)
            return Applied(mine.code, "approved", True)
        if accepts:
            _tell_deciders(mine, at, actor.helper_id)
        elif mine.recommender_id is not None:
            telling.tell(
                kind="application_declined", people=[mine.recommender_id], key=str(mine.id), at=at,
                name=mine.volunteer.name, team=mine.team.short_name, url=f"/console/applications/{mine.code}",
            )  # fmt: skip
        return Applied(mine.code, wanted, False)

    return store.write(act)


def from_invite(*, actor: Actor, team_id: int, recommender_id: int | None, at: datetime) -> None:
    """A person whom a leader entered said 是我: recommended and accepted in one; inside the caller's write.

    What he was asked named the pledge and the agreement, so his yes accepts them, too. A team that closed meanwhile,
    or one he is in already, or may not join yet, is passed over: he is a volunteer all the same.
    """
    assert actor.volunteer_id is not None
    team = Team.get_by_id(team_id)
    member = TeamMember.select().where(
        TeamMember.team == team_id, TeamMember.volunteer == actor.volunteer_id, TeamMember.to_at.is_null()
    )
    if (
        team.state in CLOSED_TEAMS or member.exists() or _open_one(team_id, actor.volunteer_id) is not None
        or rejoining.barred(volunteer_id=actor.volunteer_id, at=at)
    ):  # fmt: skip
        return
    promises.accept_or_refuse(
        actor=actor, volunteer_id=actor.volunteer_id, team_id=team_id, accepts=True, at=at
    )
    at_once = team.state == "founding" or not rules.rule("team", team.region_code, at).params["vetting"]
    made = Application.create(
        code=new_code(), route="organisation", state="approved" if at_once else "submitted", team=team,
        volunteer=actor.volunteer_id, recommender=recommender_id, door=actor.door, created_at=at,
        decided_at=at if at_once else None,
    )  # fmt: skip
    _kept(actor, made, "approved" if at_once else "accepted", at)
    if at_once:
        _join(made, at)
    else:
        _tell_deciders(made, at)


def withdraw(*, actor: Actor, code: str, at: datetime) -> None:
    """Take one's own application back. Refusals: NOT_REGISTERED, NOT_FOUND, APPLICATION_STATE."""
    volunteer_id = _registered(actor)

    def act() -> None:
        mine = _own(code, volunteer_id)
        _move(mine, "submitted", "withdrawn", at)
        _kept(actor, mine, "withdrawn", at)

    store.write(act)


def approve(*, actor: Actor, code: str, at: datetime) -> None:
    """Take the person into the team.

    Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD (the applicant or his recommender), APPLICATION_STATE,
    VETTING_MISSING (`missing`: reference, examination), TEAM_CLOSED, OTHER_CONSENT (he took it back meanwhile),
    REJOIN_LATER.
    """
    application = deciding(actor=actor, code=code, at=at)

    def act() -> None:
        _open_team(Team.get_by_id(application.team_id))
        missing = vetting.missing(application=application, at=at)
        if missing:
            raise Refusal(RefusalCode.VETTING_MISSING, missing=missing)
        _move(application, "submitted", "approved", at, actor.volunteer_id)
        _join(application, at)
        _kept(actor, application, "approved", at)
        telling.tell(
            kind="application_approved", people=[application.volunteer_id], key=str(application.id), at=at,
            team=application.team.name, url="/m/me",
        )  # fmt: skip

    store.write(act)


def refuse(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """Refuse with a reason that the person reads.

    Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD, APPLICATION_STATE, REASON_REQUIRED, TEXT_TOO_LONG.
    """
    application = deciding(actor=actor, code=code, at=at)
    if not reason.strip():
        raise Refusal(RefusalCode.REASON_REQUIRED)
    if len(reason) > LONGEST:
        raise Refusal(RefusalCode.TEXT_TOO_LONG)

    def act() -> None:
        _move(application, "submitted", "refused", at, actor.volunteer_id, reason.strip())
        _kept(actor, application, "refused", at, reason.strip())
        telling.tell(
            kind="application_refused", people=[application.volunteer_id], key=str(application.id), at=at,
            team=application.team.short_name, reason=reason.strip(), url=f"/m/applications/{application.code}",
        )  # fmt: skip

    store.write(act)


def reply(*, actor: Actor, code: str, text: str, at: datetime) -> None:
    """Answer a refusal, once; whoever refused is told, or who decides there now, if he does no more.

    Refusals: NOT_REGISTERED, NOT_FOUND, TEXT_EMPTY, TEXT_TOO_LONG, APPLICATION_STATE.
    """
    volunteer_id = _registered(actor)
    if not text.strip():
        raise Refusal(RefusalCode.TEXT_EMPTY)
    if len(text) > LONGEST:
        raise Refusal(RefusalCode.TEXT_TOO_LONG)

    def act() -> None:
        mine = _own(code, volunteer_id)
        once = Application.update(reply=text.strip(), replied_at=at).where(
            Application.id == mine.id, Application.state == "refused", Application.replied_at.is_null()
        )
        if not once.execute():
            raise Refusal(RefusalCode.APPLICATION_STATE)
        _kept(actor, mine, "replied", at, text.strip())
        decider, place = mine.decided_by_id, mine.team.region_code
        if decider is None or not permissions.manages(
            actor=Actor("console", decider), region_code=place, at=at
        ):
            people = decisions.deciders(region_code=place, parties=vetting.parties(mine), at=at)
        else:
            people = {decider}
        telling.tell(
            kind="application_replied", people=sorted(people), key=str(mine.id), at=at, name=mine.volunteer.name,
            text=text.strip(), url=f"/console/applications/{mine.code}",
        )  # fmt: skip

    store.write(act)


def deciding(*, actor: Actor, code: str, at: datetime) -> Application:
    """The application, for one who may decide on it. Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD."""
    application = Application.get_or_none(Application.code == code)
    if application is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    decisions.require_decider(
        actor=actor, region_code=application.team.region_code,
        parties=vetting.parties(application), at=at,
    )  # fmt: skip
    assert isinstance(application, Application)
    return application


def _registered(actor: Actor) -> int:
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    return actor.volunteer_id


def _open_team(team: Team | None) -> Team:
    if team is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    if team.state in CLOSED_TEAMS:
        raise Refusal(RefusalCode.TEAM_CLOSED)
    return team


def _not_in_yet(team_id: int, volunteer_id: int, at: datetime) -> None:
    if TeamMember.select().where(
        TeamMember.team == team_id, TeamMember.volunteer == volunteer_id, TeamMember.to_at.is_null()
    ).exists():  # fmt: skip
        raise Refusal(RefusalCode.ALREADY_MEMBER)
    rejoining.check_rejoin(volunteer_id=volunteer_id, at=at)


def _open_one(team_id: int, volunteer_id: int) -> Application | None:
    found = Application.get_or_none(
        Application.team == team_id, Application.volunteer == volunteer_id, Application.state.in_(OPEN)
    )
    return found if isinstance(found, Application) else None


def _own(code: str, volunteer_id: int) -> Application:
    mine = Application.get_or_none(Application.code == code, Application.volunteer == volunteer_id)
    if mine is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    assert isinstance(mine, Application)
    return mine


def _move(
    application: Application, old: str, new: str, at: datetime, decider: int | None = None, reason: str = ""
) -> None:
    """From one state to the next, by whoever comes first. Refusals: APPLICATION_STATE."""
    changes: dict[str, object] = {"state": new}
    if new in ("approved", "refused"):
        changes |= {"decided_by": decider, "decided_at": at, "reason": reason}
    moved = Application.update(**changes).where(Application.id == application.id, Application.state == old)
    if not moved.execute():
        raise Refusal(RefusalCode.APPLICATION_STATE)


def _kept(actor: Actor, application: Application, step: str, at: datetime, reason: str = "") -> None:
    """One line of the application's history; inside the caller's write."""
    audit.changed(
        actor=actor, verb=f"application.{step}", subject=f"application:{application.id}", changes={}, at=at,
        reason=reason,
    )  # fmt: skip


def _join(application: Application, at: datetime) -> None:
    enrolment.add_membership(team_id=application.team_id, volunteer_id=application.volunteer_id, at=at)
    TeamMember.update(application_id=application.id).where(
        TeamMember.team == application.team_id, TeamMember.volunteer == application.volunteer_id,
        TeamMember.to_at.is_null(),
    ).execute()  # fmt: skip
    exceptions.settle(team_id=application.team_id, at=at)


def _tell_deciders(application: Application, at: datetime, helper_id: int | None = None) -> None:
    """The nearest centre that may decide, and the team's leaders, learn that somebody waits."""
    team = application.team
    people = decisions.deciders(
        region_code=team.region_code, parties=vetting.parties(application) | {helper_id}, at=at
    )
    telling.tell(
        kind="application_waiting", people=[*sorted(people), *leaders(team_id=team.id, at=at)],
        key=str(application.id), at=at, name=application.volunteer.name, team=team.short_name,
        url=f"/console/applications/{application.code}",
    )  # fmt: skip


def _once(act: Callable[[], Applied]) -> Applied:
    try:
        return store.write(act)
    except IntegrityError:  # two at once: the unique index let one through
        raise Refusal(RefusalCode.APPLICATION_OPEN) from None
