"""转队: the home team moves in one act, with hours, points, stars and vetting, which all hang on the person.

The person asks, or his team asks and he agrees (S11: nothing without his own word); the receiving division's decider
decides. Moving to another county ends every membership in the old one, so the old county's view ends that day.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from frozen import dataclass
from models import HomeTransfer, Team, TeamMember, Volunteer, store
from models.dialect import IntegrityError
from services import audit, decisions, permissions
from services.access import belonging, posts
from services.accounts import consents, enrolment
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.messaging.notices import leaders
from services.organisation import exceptions
from services.participation import waitlist
from services.recruitment import promises

#: Teams in these states take nobody over.
CLOSED_TEAMS = ("founding", "paused", "dissolved", "merged")
LONGEST = 500
COUNTY = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """A transfer asked for: it waits for the person (`agreed` False) or for the receiving division."""

    code: str
    agreed: bool


def ask(*, actor: Actor, team_code: str, reason: str = "", promised: bool = False, at: datetime) -> Asked:
    """Ask to move one's own home to another team.

    Refusals: NOT_REGISTERED, TEXT_TOO_LONG, NOT_FOUND, TEAM_CLOSED, NOT_MEMBER (of no team: he applies instead),
    TRANSFER_SAME, TRANSFER_OPEN, PROMISE_REQUIRED (the new team's agreement, 条例 §14), CONSENT_WITHDRAWN,
    CONSENT_CHANGED (of taking part at all).
    """
    volunteer_id = _registered(actor)
    if len(reason) > LONGEST:
        raise Refusal(RefusalCode.TEXT_TOO_LONG)

    def act() -> Asked:
        team, home = _checked(team_code, volunteer_id)
        promises.accept_or_refuse(
            actor=actor, volunteer_id=volunteer_id, team_id=team.id, accepts=promised, at=at
        )
        consents.require(volunteer_id=volunteer_id, purpose=consents.SERVICE)
        made = _make(actor, volunteer_id, home, team, reason, at, agreed=True)
        _tell_deciders(made, at, actor.helper_id)
        return Asked(made.code, True)

    return _once(act)


def ask_for(*, actor: Actor, public_no: str, team_code: str, reason: str, at: datetime) -> Asked:
    """A person's team (or its division) asks for him; he is told, and nothing happens before he agrees.

    Refusals: NOT_FOUND / NOT_ALLOWED (not of the actor's teams), OWN_RECORD (oneself: `ask`), ACCOUNT_CLOSED,
    REASON_REQUIRED, TEXT_TOO_LONG, NOT_FOUND, TEAM_CLOSED, NOT_MEMBER, TRANSFER_SAME, TRANSFER_OPEN.
    """
    person = belonging.seen_person(actor=actor, public_no=public_no, at=at)
    home = _home(person.id)
    if home is not None:
        permissions.require_lead(actor=actor, team_id=home.team_id, at=at)
    if person.id == actor.volunteer_id:
        raise Refusal(RefusalCode.OWN_RECORD)
    if person.state != "active":
        raise Refusal(RefusalCode.ACCOUNT_CLOSED)
    if not reason.strip():
        raise Refusal(RefusalCode.REASON_REQUIRED)
    if len(reason) > LONGEST:
        raise Refusal(RefusalCode.TEXT_TOO_LONG)

    def act() -> Asked:
        team, now_home = _checked(team_code, person.id)
        made = _make(actor, person.id, now_home, team, reason, at, agreed=False)
        telling.tell(
            kind="transfer_offered",
            people=[person.id],
            key=made.code,
            at=at,
            team=team.name,
            url="/m/transfer",
        )
        return Asked(made.code, False)

    return _once(act)


def may_ask_for(*, actor: Actor, public_no: str, at: datetime) -> bool:
    """Whether the actor's word would be taken by `ask_for`, whatever team he names."""
    try:
        person = belonging.seen_person(actor=actor, public_no=public_no, at=at)
    except Refusal:
        return False
    home = _home(person.id)
    return (
        home is not None
        and person.id != actor.volunteer_id
        and permissions.leads(actor=actor, team_id=home.team_id, at=at)
    )


def agree(*, actor: Actor, code: str, accepts: bool, promised: bool = False, at: datetime) -> None:
    """The person's own word on what his team asked; no takes it back. Said again, it is the same answer.

    Refusals: NOT_REGISTERED, NOT_FOUND (not his), TRANSFER_STATE, PROMISE_REQUIRED, CONSENT_WITHDRAWN, CONSENT_CHANGED.
    """
    volunteer_id = _registered(actor)

    def act() -> None:
        mine = _own(code, volunteer_id)
        if not accepts:
            _move(actor, mine, "withdrawn", at)
            return
        if mine.state != "requested":
            raise Refusal(RefusalCode.TRANSFER_STATE)
        promises.accept_or_refuse(
            actor=actor, volunteer_id=volunteer_id, team_id=mine.to_team_id, accepts=promised, at=at
        )
        consents.require(volunteer_id=volunteer_id, purpose=consents.SERVICE)
        agreed = HomeTransfer.update(agreed_at=at).where(
            HomeTransfer.id == mine.id, HomeTransfer.state == "requested", HomeTransfer.agreed_at.is_null()
        )
        if agreed.execute():
            _kept(actor, mine, "agreed", at)
            _tell_deciders(mine, at, actor.helper_id)

    store.write(act)


def withdraw(*, actor: Actor, code: str, at: datetime) -> None:
    """Take a request back: the person, or whoever asked. Refusals: NOT_REGISTERED, NOT_FOUND, TRANSFER_STATE."""
    volunteer_id = _registered(actor)

    def act() -> None:
        found = HomeTransfer.get_or_none(
            HomeTransfer.code == code,
            (HomeTransfer.volunteer == volunteer_id) | (HomeTransfer.asked_by == volunteer_id),
        )
        if found is None:
            raise Refusal(RefusalCode.NOT_FOUND)
        _move(actor, found, "withdrawn", at)

    store.write(act)


def approve(*, actor: Actor, code: str, at: datetime) -> None:
    """Take the person over, all of it in one write; both sides and the person are told.

    Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD (the person, whoever asked), TRANSFER_STATE (decided, or he has not
    agreed), ACCOUNT_CLOSED (he left or died meanwhile), TEAM_CLOSED, OTHER_CONSENT.
    """
    found = deciding(actor=actor, code=code, at=at)

    def act() -> None:
        team, person = Team.get_by_id(found.to_team_id), Volunteer.get_by_id(found.volunteer_id)
        if HomeTransfer.get_by_id(found.id).agreed_at is None:
            raise Refusal(RefusalCode.TRANSFER_STATE)
        if person.state != "active":
            raise Refusal(RefusalCode.ACCOUNT_CLOSED)
        if team.state in CLOSED_TEAMS:
            raise Refusal(RefusalCode.TEAM_CLOSED)
        _move(actor, found, "done", at)
        _move_home(actor, found, person, team, at)

    store.write(act)


def refuse(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """Refuse with a reason that the person reads; nothing changes for him.

    Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD, REASON_REQUIRED, TEXT_TOO_LONG, TRANSFER_STATE.
    """
    found = deciding(actor=actor, code=code, at=at)
    if not reason.strip():
        raise Refusal(RefusalCode.REASON_REQUIRED)
    if len(reason) > LONGEST:
        raise Refusal(RefusalCode.TEXT_TOO_LONG)

    def act() -> None:
        _move(actor, found, "refused", at, answer=reason.strip())
        telling.tell(
            kind="transfer_refused", people=[found.volunteer_id], key=found.code, at=at, team=found.to_team.name,
            reason=reason.strip(), url="/m/transfer",
        )  # fmt: skip

    store.write(act)


def parties(found: HomeTransfer) -> set[int | None]:
    """Who does not decide on it: the person, whoever asked, whoever wrote it for him on paper."""
    written = decisions.hands(volunteer_id=found.volunteer_id, about=(found.code, found.to_team.code))
    return {found.volunteer_id, found.asked_by_id, *written}


def deciding(*, actor: Actor, code: str, at: datetime) -> HomeTransfer:
    """The transfer, for one who may decide on it. Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD."""
    found = HomeTransfer.get_or_none(HomeTransfer.code == code)
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    decisions.require_decider(actor=actor, region_code=found.to_region, parties=parties(found), at=at)
    assert isinstance(found, HomeTransfer)
    return found


def _move_home(actor: Actor, found: HomeTransfer, person: Volunteer, team: Team, at: datetime) -> None:
    running = list(
        TeamMember.select(TeamMember, Team)
        .join(Team)
        .where(TeamMember.volunteer == person.id, TeamMember.to_at.is_null())
    )
    old = next((row.team for row in running if row.home), found.from_team)
    away = old is not None and old.region_code[:COUNTY] != team.region_code[:COUNTY]
    county = old.region_code[:COUNTY] if old is not None else ""
    ending = [
        row
        for row in running
        if row.team_id != team.id and (row.home or (away and row.team.region_code.startswith(county)))
    ]
    told = {each for row in ending for each in leaders(team_id=row.team_id, at=at)}
    if old is not None and away:
        told |= decisions.deciders(region_code=old.region_code, parties=(person.id,), at=at)
    ended = [row.team_id for row in ending]
    TeamMember.update(to_at=at, ended_why="transferred").where(
        TeamMember.id.in_([row.id for row in ending])
    ).execute()
    posts.end_team_rights(volunteer_id=person.id, team_ids=ended, at=at)
    for team_id in ended:
        waitlist.end_all(volunteer_id=person.id, team_id=team_id, at=at, reason="")
    TeamMember.update(home=False).where(
        TeamMember.volunteer == person.id, TeamMember.to_at.is_null()
    ).execute()
    enrolment.add_membership(team_id=team.id, volunteer_id=person.id, at=at)
    TeamMember.update(home=True).where(
        TeamMember.volunteer == person.id, TeamMember.team == team.id, TeamMember.to_at.is_null()
    ).execute()
    changes: dict[str, list[str]] = {"team": [old.name if old else "", team.name]}
    if away and person.region_code.startswith(county):
        changes["region_code"] = [person.region_code, team.region_code]
        Volunteer.update(region_code=team.region_code, version=Volunteer.version + 1).where(
            Volunteer.id == person.id
        ).execute()
    audit.changed(
        actor=actor,
        verb="transferred",
        subject=f"volunteer:{person.id}",
        changes=changes,
        at=at,
        reason=found.reason,
    )
    for team_id in (*ended, team.id):
        exceptions.settle(team_id=team_id, at=at)
    _tell_done(found, person, team, told, at)


def _tell_done(found: HomeTransfer, person: Volunteer, team: Team, old_side: set[int], at: datetime) -> None:
    key, name, url = found.code, person.name, f"/console/transfers/{found.code}"
    telling.tell(kind="transfer_done", people=[person.id], key=key, at=at, url="/m/me", team=team.name)
    new_side = set(leaders(team_id=team.id, at=at)) - {person.id}
    telling.tell(
        kind="transfer_came", people=sorted(new_side), key=key, at=at, url=url, team=team.name, name=name
    )
    gone = sorted(old_side - new_side - {person.id})
    telling.tell(kind="transfer_went", people=gone, key=key, at=at, url=url, team=team.name, name=name)


def _registered(actor: Actor) -> int:
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    return actor.volunteer_id


def _home(volunteer_id: int) -> TeamMember | None:
    found = TeamMember.get_or_none(
        TeamMember.volunteer == volunteer_id, TeamMember.to_at.is_null(), TeamMember.home
    )
    return found if isinstance(found, TeamMember) else None


def _checked(team_code: str, volunteer_id: int) -> tuple[Team, TeamMember]:
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    if team.state in CLOSED_TEAMS:
        raise Refusal(RefusalCode.TEAM_CLOSED)
    home = _home(volunteer_id)
    if home is None:
        raise Refusal(RefusalCode.NOT_MEMBER)
    if home.team_id == team.id:
        raise Refusal(RefusalCode.TRANSFER_SAME)
    running = HomeTransfer.select().where(
        HomeTransfer.volunteer == volunteer_id, HomeTransfer.state == "requested"
    )
    if running.exists():
        raise Refusal(RefusalCode.TRANSFER_OPEN)
    return team, home


def _make(
    actor: Actor, volunteer_id: int, home: TeamMember, team: Team, reason: str, at: datetime, *, agreed: bool
) -> HomeTransfer:
    made = HomeTransfer.create(
        code=new_code(), volunteer=volunteer_id, from_team=home.team_id, to_team=team,
        from_region=home.team.region_code, to_region=team.region_code, state="requested", reason=reason.strip(),
        asked_by=actor.volunteer_id, agreed_at=at if agreed else None, created_at=at,
    )  # fmt: skip
    assert isinstance(made, HomeTransfer)
    _kept(actor, made, "asked" if agreed else "offered", at, reason.strip())
    return made


def _kept(actor: Actor, found: HomeTransfer, step: str, at: datetime, reason: str = "") -> None:
    """One line of the transfer's history; inside the caller's write."""
    audit.changed(
        actor=actor, verb=f"transfer.{step}", subject=f"transfer:{found.id}", changes={}, at=at, reason=reason
    )


def _own(code: str, volunteer_id: int) -> HomeTransfer:
    mine = HomeTransfer.get_or_none(HomeTransfer.code == code, HomeTransfer.volunteer == volunteer_id)
    if mine is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    assert isinstance(mine, HomeTransfer)
    return mine


def _move(actor: Actor, found: HomeTransfer, state: str, at: datetime, *, answer: str = "") -> None:
    """Out of `requested`, by whoever comes first. Refusals: TRANSFER_STATE."""
    decider = actor.volunteer_id if state in ("done", "refused") else None
    moved = HomeTransfer.update(state=state, ended_at=at, decided_by=decider, answer=answer).where(
        HomeTransfer.id == found.id, HomeTransfer.state == "requested"
    )
    if not moved.execute():
        raise Refusal(RefusalCode.TRANSFER_STATE)
    _kept(actor, found, state, at, answer)


def _tell_deciders(made: HomeTransfer, at: datetime, helper_id: int | None) -> None:
    people = decisions.deciders(region_code=made.to_region, parties=parties(made) | {helper_id}, at=at)
    telling.tell(
        kind="transfer_waiting", people=sorted(people), key=made.code, at=at, name=made.volunteer.name,
        team=made.to_team.name, url=f"/console/transfers/{made.code}",
    )  # fmt: skip


def _once(act: Callable[[], Asked]) -> Asked:
    """Two requests at the same moment: the second one finds the first."""
    try:
        return store.write(act)
    except IntegrityError:
        raise Refusal(RefusalCode.TRANSFER_OPEN) from None
