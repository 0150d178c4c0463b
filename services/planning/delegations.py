"""The centre trusts a team to publish without asking, from a day to a day, and takes its word back (S80)."""

from __future__ import annotations

from datetime import datetime

from frozen import dataclass
from models import ApprovalDelegation, Team, store
from services import audit, decisions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.messaging.notices import leaders
from services.planning.approvals import owning_region, trusted

C = RefusalCode


@dataclass(frozen=True, slots=True)
class Trust:
    """Whether a team publishes without asking, until when (None: until taken back), why; `may` the reader change it."""

    given: bool
    until: datetime | None
    reason: str
    may: bool


def standing(*, actor: Actor, team_id: int, at: datetime) -> Trust:
    """How the centre trusts this team now."""
    team = Team.get_by_id(team_id)
    found = trusted(team_id=team_id, at=at)
    may = decisions.may_decide(
        actor=actor, region_code=owning_region(team), parties=[team.leader_id, *leaders(team_id=team.id, at=at)], at=at
    )
    return Trust(found is not None, found.until if found else None, found.reason if found else "", may)


def _team(actor: Actor, team_code: str, at: datetime) -> Team:
    """The team, for one who manages its centre's division and does not lead it. NOT_FOUND, NOT_ALLOWED, OWN_RECORD."""
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(team, Team)
    decisions.require_decider(
        actor=actor, region_code=owning_region(team), parties=[team.leader_id, *leaders(team_id=team.id, at=at)], at=at
    )
    return team


def give(*, actor: Actor, team_code: str, reason: str, until: datetime | None, at: datetime) -> None:
    """From now on, until a moment or until taken back. Given again, the new end holds.

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, REASON_REQUIRED, FIELD_WRONG (`until` has passed).
    """

    def act() -> None:
        team = _team(actor, team_code, at)
        why = reason.strip()[:200]
        if not why:
            raise Refusal(C.REASON_REQUIRED)
        if until is not None and until <= at:
            raise Refusal(C.FIELD_WRONG, field="until")
        _end_running(team, at)
        ApprovalDelegation.create(team=team, reason=why, given_by=actor.volunteer_id, from_at=at, until=until)
        audit.changed(
            actor=actor, verb="trusted", subject=f"team:{team.id}", at=at, reason=why,
            changes={"until": ["", until.isoformat() if until else ""]},
        )  # fmt: skip
        _tell("delegation_given", team, why, at)

    store.write(act)


def take_back(*, actor: Actor, team_code: str, reason: str, at: datetime) -> None:
    """The team asks again. Twice is once. Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, REASON_REQUIRED."""

    def act() -> None:
        team = _team(actor, team_code, at)
        why = reason.strip()[:200]
        if not why:
            raise Refusal(C.REASON_REQUIRED)
        if trusted(team_id=team.id, at=at) is None:
            return
        _end_running(team, at)
        audit.changed(
            actor=actor, verb="trust_ended", subject=f"team:{team.id}", at=at, reason=why, changes={}
        )
        _tell("delegation_ended", team, why, at)

    store.write(act)


def _end_running(team: Team, at: datetime) -> None:
    ApprovalDelegation.update(until=at).where(
        ApprovalDelegation.team == team.id,
        ApprovalDelegation.until.is_null() | (ApprovalDelegation.until > at),
    ).execute()


def _tell(kind: str, team: Team, reason: str, at: datetime) -> None:
    telling.tell(
        kind=kind, people=leaders(team_id=team.id, at=at), key=f"{team.id}:{at.timestamp():.0f}", at=at,
        url=f"/console/teams/{team.code}", team=team.name, reason=reason,
    )  # fmt: skip
