"""What a leader's phone offers to propose: his teams, their members by name, the honours; what he proposed before."""

from __future__ import annotations

from datetime import datetime

from peewee import JOIN

from frozen import dataclass
from models import Nomination, Team, TeamMember, Volunteer
from services import leading, permissions, regions
from services.actors import Actor
from services.commending import telling_of
from services.errors import Refusal, RefusalCode
from services.honours import kinds
from wording import entry

#: What he proposed is shown as far back as this many.
SHOWN = 20
Named = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom of one team its leader may propose: (number, name) of the members without himself; (code, name) of the
    honours for the team and for a person."""

    code: str
    name: str
    people: list[Named]
    team_kinds: list[Named]
    person_kinds: list[Named]


@dataclass(frozen=True, slots=True)
class Proposed:
    """What somebody proposed: whom, for what, how far it is in words; `until` the last day of the notice, or ""."""

    code: str
    whom: str
    title: str
    state: str
    word: str
    at_place: str
    until: str


def teams(*, actor: Actor, at: datetime) -> list[Named]:
    """(code, name) of the teams the actor leads himself, or may propose from by his post."""
    return [(team.code, team.name) for team in leading.offered_teams(actor=actor, at=at)]


def choice(*, actor: Actor, team_code: str, at: datetime) -> Choice:
    """Whom of a team the actor may propose, and for what. Refusals: NOT_FOUND, NOT_ALLOWED."""
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=team.id, at=at)
    people = (
        Volunteer.select(Volunteer.public_no, Volunteer.name)
        .join(TeamMember, on=(TeamMember.volunteer == Volunteer.id))
        .where(
            TeamMember.team == team.id, TeamMember.to_at.is_null(), Volunteer.state == "active",
            Volunteer.id != (actor.volunteer_id or 0),
        )
        .order_by(Volunteer.name, Volunteer.id)
    )  # fmt: skip
    offered = {
        whom: [(str(kind.code), str(kind.name)) for kind in kinds.offered(region_code=str(team.region_code), whom=whom)]
        for whom in ("team", "person")
    }
    return Choice(
        team.code, team.name, [(row.public_no, row.name) for row in people], offered["team"], offered["person"]
    )


def proposed(*, actor: Actor) -> list[Proposed]:
    """What the actor proposed, the newest first."""
    rows = list(
        Nomination.select(Nomination, Team, Volunteer)
        .join(Team, JOIN.LEFT_OUTER)
        .switch(Nomination)
        .join(Volunteer, JOIN.LEFT_OUTER, on=(Nomination.volunteer == Volunteer.id))
        .where(Nomination.made_by == actor.volunteer_id)
        .order_by(Nomination.id.desc())
        .limit(SHOWN)
    )
    words, places = entry("commending.states"), regions.path_names(sorted({str(row.at_region) for row in rows}))
    return [
        Proposed(
            row.code, telling_of.called(row), row.title, row.state, words[row.state],
            places[row.at_region] if row.state == "review" else "",
            (row.notice_until or "") if row.state == "announced" else "",
        )
        for row in rows
    ]  # fmt: skip
