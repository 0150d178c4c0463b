"""Who a team is made of: veterans among its active members, and whether they are the majority (S29, A3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from peewee import Case, fn

from frozen import dataclass
from models import TeamMember, Volunteer
from services import rules

#: Ids in one question: SQLite takes 32,766 values in a statement.
AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Composition:
    """Members and the veterans among them; `majority` is the percentage they have to be above."""

    members: int
    veterans: int
    majority: int

    @property
    def percent(self) -> int:
        """Veterans per hundred members, rounded down; 0 for an empty team."""
        return self.veterans * 100 // self.members if self.members else 0

    @property
    def holds(self) -> bool:
        """Whether veterans are the majority; an empty team breaks nothing. With 100 all have to be."""
        if self.majority >= 100:
            return self.veterans == self.members
        return not self.members or self.veterans * 100 > self.majority * self.members


def counted(team_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """{team: (active members, veterans among them)}; empty teams are left out."""
    found: dict[int, tuple[int, int]] = {}
    veteran = fn.SUM(Case(None, [(Volunteer.identity == "veteran", 1)], 0))
    for start in range(0, len(team_ids), AT_ONCE):
        query: Any = (
            TeamMember.select(TeamMember.team, fn.COUNT(TeamMember.id), veteran)
            .join(Volunteer)
            .where(
                TeamMember.team.in_(list(team_ids[start : start + AT_ONCE])),
                TeamMember.to_at.is_null(),
                Volunteer.state == "active",
            )
            .group_by(TeamMember.team)
        )
        found |= {team: (int(members), int(veterans)) for team, members, veterans in query.tuples()}
    return found


def majority(region_code: str, at: datetime) -> int:
    """The percentage veterans have to be above in this division."""
    return int(rules.rule("team", region_code, at).params["veteran_majority"])


def of_team(*, team_id: int, region_code: str, at: datetime) -> Composition:
    """One team's composition."""
    members, veterans = counted([team_id]).get(team_id, (0, 0))
    return Composition(members, veterans, majority(region_code, at))
