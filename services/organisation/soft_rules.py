"""The policy's soft rules about a team: which of them it does not follow, with the facts (S23, S26, S29, S31, S79)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clock import local_day
from frozen import dataclass
from models import Qualification, Team, TeamMember, Volunteer
from services import rules
from services.organisation import composition
from services.regions import level_of

#: What one can be told beforehand, when a team is founded or edited.
RULES = ("S23", "S26", "S29", "S31", "S64", "S79")


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of the list of conditions (S31): what is there and what should be."""

    key: str
    have: int
    need: int

    @property
    def met(self) -> bool:
        """Whether it is fulfilled."""
        return self.have >= self.need


def checklist(*, team: Team, at: datetime) -> list[Condition]:
    """Leader, liaison, enough members, for a profession somebody qualified: 具备什么条件组建什么队伍 (S31).

    Leader and liaison count as members before they have joined.
    """
    params = rules.rule("team", team.region_code, at).params
    joined: Any = (
        TeamMember.select(TeamMember.volunteer)
        .join(Volunteer)
        .where(TeamMember.team == team.id, TeamMember.to_at.is_null(), Volunteer.state == "active")
        .tuples()
    )
    people = {row[0] for row in joined} | ({team.leader_id, team.liaison_id} - {None})
    found = [
        Condition("leader", int(team.leader_id is not None), 1),
        Condition("liaison", int(team.liaison_id is not None), 1),
        Condition("members", len(people), int(params["min_members"])),
    ]
    if team.kind == "professional":
        found.append(Condition("qualified", _qualified(sorted(people), at), 1))
    return found


def _qualified(people: list[int], at: datetime) -> int:
    """How many of them hold a qualification that was checked and has not run out (S20–S22)."""
    today = local_day(at).isoformat()
    query = Qualification.select(Qualification.volunteer).where(
        Qualification.volunteer.in_(people),
        Qualification.state == "verified",
        Qualification.expires_on.is_null() | (Qualification.expires_on >= today),
    )
    return query.distinct().count()


def broken(*, team: Team, at: datetime) -> dict[str, dict[str, Any]]:
    """{rule: facts} of the soft rules that the team does not follow."""
    params = rules.rule("team", team.region_code, at).params
    level = level_of(team.region_code)
    found: dict[str, dict[str, Any]] = {}
    if team.kind == "professional" and level > int(params["professional_min_level"]):
        found["S23"] = {"level": level}
    if team.kind == "professional" and level == 4:
        found["S64"] = {"level": level}
    if team.kind == "grassroots" and level != int(params["grassroots_level"]):
        found["S26"] = {"level": level}
    made = composition.of_team(team_id=team.id, region_code=team.region_code, at=at)
    if not made.holds:
        found["S29"] = {"members": made.members, "veterans": made.veterans}
    missing = [each.key for each in checklist(team=team, at=at) if not each.met]
    if missing:
        found["S31"] = {"missing": missing}
    head = team.centre.director_id
    if team.leader_id is not None and head is not None and head != team.leader_id:
        found["S79"] = {"leader": team.leader_id, "head": head}
    return found
