"""A team's life after its founding: on trial, regular, paused, dissolved, merged (S32, S40); history kept.

Pausing is the division's own affair; what ends a team, or makes a trial a regular team, is decided by the centre above
and never by who leads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from clock import local_day
from frozen import dataclass
from models import Team, store
from services import audit, decisions, permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.organisation import dissolving, exceptions, teams
from services.organisation.founding import reviewing_region
from services.permissions import CLOSED_TEAMS

LONGEST = 500


@dataclass(frozen=True, slots=True)
class Steps:
    """What the reader may do with a team's state now."""

    pause: bool = False
    resume: bool = False
    promote: bool = False
    close: bool = False


def steps(*, actor: Actor, team_id: int, at: datetime) -> Steps:
    """Which steps the actor may take with this team."""
    team = Team.get_by_id(team_id)
    if team.state in (*CLOSED_TEAMS, "founding"):
        return Steps()
    manages = permissions.manages(actor=actor, region_code=team.region_code, at=at)
    decides = decisions.may_decide(
        actor=actor, region_code=reviewing_region(team.region_code), parties=_parties(team), at=at
    )
    paused = team.state == "paused"
    return Steps(manages and not paused, manages and paused, decides and team.state == "pilot", decides)


def _parties(team: Team) -> list[int | None]:
    return [team.leader_id, team.liaison_id]


def _held(code: str, wanted: Sequence[str]) -> Team:
    team = teams.by_code(code)
    if team.state not in wanted:
        raise Refusal(RefusalCode.TEAM_STATE)
    return team


def _why(text: str) -> str:
    words = text.strip()[:LONGEST]
    if not words:
        raise Refusal(RefusalCode.REASON_REQUIRED)
    return words


def _go(actor: Actor, team: Team, state: str, why: str, at: datetime, **more: object) -> None:
    """From the state it was read in to another one; somebody else's step in between is told."""
    moved = Team.update({"state": state, **more}).where(Team.id == team.id, Team.state == team.state)
    if not moved.execute():
        raise Refusal(RefusalCode.TEAM_STATE)
    changes: dict[str, list[object]] = {"state": [team.state, state]}
    changes |= {key: [getattr(team, key), value] for key, value in more.items()}
    audit.changed(
        actor=actor, verb=f"team_{state}", subject=f"team:{team.id}", changes=changes, at=at, reason=why
    )


def pause(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """Let a team rest: it publishes nothing. Refusals: NOT_FOUND, NOT_ALLOWED, TEAM_STATE, REASON_REQUIRED."""

    def act() -> None:
        teams.require_manager(actor=actor, team=teams.by_code(code), at=at)
        team = _held(code, ("regular", "pilot"))
        _go(actor, team, "paused", _why(reason), at)

    store.write(act)


def resume(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """Let it go on, as a trial if that has not run out. Refusals: as `pause`."""

    def act() -> None:
        teams.require_manager(actor=actor, team=teams.by_code(code), at=at)
        team = _held(code, ("paused",))
        trial = (team.pilot_until or "") >= local_day(at).isoformat()
        _go(actor, team, "pilot" if trial else "regular", _why(reason), at)

    store.write(act)


def _decided(actor: Actor, code: str, wanted: Sequence[str], at: datetime) -> Team:
    """The team for one who may decide on it. Refusals: as `decisions.require_decider`, TEAM_STATE."""
    team = teams.by_code(code)
    if not permissions.manages(actor=actor, region_code=reviewing_region(team.region_code), at=at):
        permissions.require_lead(actor=actor, team_id=team.id, at=at)
        raise Refusal(RefusalCode.NOT_ALLOWED)
    decisions.require_decider(
        actor=actor, region_code=reviewing_region(team.region_code), parties=_parties(team), at=at
    )
    return _held(code, wanted)


def promote(*, actor: Actor, code: str, summary: str, at: datetime) -> None:
    """Make a trial a regular team; what came of it is kept (S40).

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD (its leader), TEAM_STATE, REASON_REQUIRED (no summary).
    """

    def act() -> None:
        team = _decided(actor, code, ("pilot",), at)
        _go(actor, team, "regular", _why(summary), at, pilot_until=None)

    store.write(act)


def extend(*, actor: Actor, code: str, until: date | None, summary: str, at: datetime) -> None:
    """Try a team for longer. Refusals: as `promote`, FIELD_WRONG (`until`: not later than now and before)."""

    def act() -> None:
        team = _decided(actor, code, ("pilot",), at)
        if until is None or until <= local_day(at) or until.isoformat() <= (team.pilot_until or ""):
            raise Refusal(RefusalCode.FIELD_WRONG, field="until")
        _go(actor, team, "pilot", _why(summary), at, pilot_until=until.isoformat())

    store.write(act)


def dissolve(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """End a team: memberships and rights end, what it had planned is called off, everybody is told (S32).

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD (its leader), TEAM_STATE, REASON_REQUIRED.
    """

    def act() -> None:
        team = _decided(actor, code, ("regular", "pilot", "paused"), at)
        why = _why(reason)
        dissolving.close(team=team, state="dissolved", actor=actor, reason=why, at=at)
        audit.changed(
            actor=actor, verb="team_dissolved", subject=f"team:{team.id}",
            changes={"state": [team.state, "dissolved"]}, at=at, reason=why,
        )  # fmt: skip

    store.write(act)


def merge(*, actor: Actor, code: str, into: str, reason: str, at: datetime) -> None:
    """Take a team into another one: its members belong there, what it had planned goes on there (S32).

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD (leader of either), TEAM_STATE, FIELD_WRONG (`into`: itself, or none
    that lives), REASON_REQUIRED.
    """

    def act() -> None:
        team = _decided(actor, code, ("regular", "pilot", "paused"), at)
        target = Team.get_or_none(Team.code == into, Team.state.in_(("regular", "pilot")))
        if target is None or target.id == team.id:
            raise Refusal(RefusalCode.FIELD_WRONG, field="into")
        _decided(actor, into, ("regular", "pilot"), at)
        why = _why(reason)
        dissolving.close(team=team, state="merged", actor=actor, reason=why, at=at, into=target)
        exceptions.settle(team_id=target.id, at=at)
        for each, changes in (
            (team, {"state": [team.state, "merged"], "merged_into": ["", target.name]}),
            (target, {"merged_from": ["", team.name]}),
        ):
            audit.changed(
                actor=actor, verb="team_merged", subject=f"team:{each.id}", changes=changes, at=at, reason=why
            )

    store.write(act)


def mergeable(*, team_id: int, limit: int = 100) -> list[tuple[str, str]]:
    """(code, name) of the teams of the same county that could take this one in."""
    team = Team.get_by_id(team_id)
    first = team.region_code[:6]
    rows = Team.select().where(
        Team.region_code >= first, Team.region_code < f"{first}:", Team.id != team_id,
        Team.state.in_(("regular", "pilot")),
    )  # fmt: skip
    return [(row.code, row.name) for row in rows.order_by(Team.region_code, Team.name).limit(limit)]
