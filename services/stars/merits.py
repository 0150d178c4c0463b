"""Merits (事迹) that somebody writes down for another: his division's officer, or the leader of his team (S100).

Whoever wrote them does not decide on the star. A leader finds what is wanted of his own people and nothing else about
their stars: what an officer looks into is no business of his.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from frozen import dataclass
from models import StarAward, Team, TeamMember, Volunteer, store
from models.store import Write
from services import audit, leading, permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import notices, telling
from services.stars import asking, ladder
from services.stars.asking import numeral

C = RefusalCode
#: How long after a star was proposed its leaders are told of it: longer than from one week's telling to the next.
TOLD_WITHIN = timedelta(days=9)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A star that waits for merits; `merits` as the leader wrote them, "" for none yet."""

    code: str
    name: str
    team: str
    star: int
    merits: str


def write(*, actor: Actor, code: str, merits: str, at: datetime) -> None:
    """Somebody who manages his division, or leads his team, writes the merits down; he does not decide on it then.

    A leader does not write over what the person or an officer wrote. Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD (his
    own: on his phone), TEXT_EMPTY, TEXT_TOO_LONG, STAR_STATE.
    """
    row = asking.by_code(code)
    if not _leads(actor, row, at):
        permissions.require_manage(actor=actor, region_code=str(row.region_code), at=at)
    if row.volunteer_id == actor.volunteer_id:
        raise Refusal(C.OWN_RECORD)
    said = asking.merits_of(merits)
    if not said:
        raise Refusal(C.TEXT_EMPTY)
    free: Any = StarAward.state == "review"
    if not permissions.manages(actor=actor, region_code=str(row.region_code), at=at):
        free &= (StarAward.merits == "") | (StarAward.asked_by == actor.volunteer_id)

    def act() -> None:
        taken = StarAward.update(merits=said, asked_by=actor.volunteer_id).where(StarAward.id == row.id, free)
        if not taken.execute():
            raise Refusal(C.STAR_STATE)
        audit.changed(
            actor=actor, verb="star.merits", subject=f"volunteer:{row.volunteer_id}", at=at,
            changes={"merits": [row.merits, said]},
        )  # fmt: skip

    store.write(act)


def _leads(actor: Actor, row: StarAward, at: datetime) -> bool:
    """Whether the actor holds a post in a team that the star's person is in now."""
    mine = leading.own_teams(actor=actor, at=at)
    return TeamMember.select().where(
        TeamMember.volunteer == row.volunteer_id, TeamMember.team.in_(mine), TeamMember.to_at.is_null()
    ).exists()  # fmt: skip


def wanted(*, actor: Actor, at: datetime) -> list[Wanted]:
    """The stars of the leader's people for which he may write, those without merits first."""
    mine = leading.own_teams(actor=actor, at=at)
    query = _waiting((StarAward.merits == "") | (StarAward.asked_by == actor.volunteer_id))
    if not mine or query is None:
        return []
    rows = (
        query.select_extend(Volunteer.name.alias("person"), Team.short_name.alias("team"))
        .join(Volunteer, on=(StarAward.volunteer == Volunteer.id))
        .join(TeamMember, on=(TeamMember.volunteer == Volunteer.id))
        .join(Team, on=(TeamMember.team == Team.id))
        .where(TeamMember.team.in_(mine), TeamMember.to_at.is_null(), StarAward.volunteer != actor.volunteer_id)
        .order_by(StarAward.merits != "", StarAward.id)
        .objects()
    )
    found = {row.code: Wanted(row.code, row.person, row.team, row.star, row.merits) for row in rows}
    return list(found.values())


def _waiting(condition: Any) -> Any:
    """The stars in review that take merits, by the numbers they were proposed under; None where there is none."""
    in_review = StarAward.select(StarAward.rule_set).where(StarAward.state == "review").distinct()
    steps = [
        (StarAward.rule_set == row.rule_set_id) & (StarAward.star >= ladder.of_rule(row.rule_set_id).merits_from)
        for row in in_review
    ]
    if not steps:
        return None
    takes = steps[0]
    for each in steps[1:]:
        takes |= each
    return StarAward.select().where(StarAward.state == "review", takes, condition)


def tell_leaders(*, at: datetime, write: Write = store.write) -> int:
    """Tell the leaders of somebody whose new star waits for merits, once each; how many messages."""
    query = _waiting((StarAward.merits == "") & (StarAward.created_at >= at - TOLD_WITHIN))
    rows: Sequence[Any] = [] if query is None else list(query)
    return sum(write(partial(_tell, row, at)) for row in rows)


def _tell(row: StarAward, at: datetime) -> int:
    teams = TeamMember.select().where(TeamMember.volunteer == row.volunteer_id, TeamMember.to_at.is_null())
    people = {one for member in teams for one in notices.leaders(team_id=member.team_id, at=at)}
    return telling.tell(
        kind="star_merits", people=sorted(people - {row.volunteer_id}), key=str(row.code), at=at, url="/m/lead/stars",
        name=Volunteer.get_by_id(row.volunteer_id).name, stars=numeral(row.star),
    )  # fmt: skip
