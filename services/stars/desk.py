"""Stars in the console: the list of one's divisions, one of them with what stands for and against it (S98, S100)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from peewee import fn

from models import Complaint, StarAward, StarObjection, Team, TeamMember, Volunteer
from services import decisions, permissions, public_notices, regions, scopes, times
from services.actors import Actor
from services.evaluation import complaints
from services.listing import Found, Wanted, cut
from services.stars import asking, conditions, ladder, reviewing, views
from services.stars.shapes import Line, View
from wording import entry

OPEN = ("review", "announced")


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Line]:
    """Stars of people of the divisions where the actor may look.

    Filters: state (open: review and announced; look: to be looked at again), star, region.
    """
    codes = scopes.readable(actor=actor, at=at)
    query = (
        StarAward.select(StarAward, Volunteer)
        .join(Volunteer, on=(StarAward.volunteer == Volunteer.id))
        .where(scopes.within(StarAward.region_code, codes))
    )
    state = wanted.chosen("state")
    if state == "open":
        query = query.where(StarAward.state.in_(OPEN))
    elif state == "look":
        query = query.where(StarAward.look_since.is_null(False), StarAward.state.in_(("announced", "awarded")))
    elif state:
        query = query.where(StarAward.state == state)
    if wanted.chosen("star"):
        query = query.where(StarAward.star == int(wanted.chosen("star")))
    if wanted.chosen("region"):
        query = query.where(scopes.within(StarAward.region_code, [wanted.chosen("region")]))
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text))
    sorts = {"at": StarAward.id, "star": StarAward.star, "until": StarAward.notice_until}
    page = cut(query, wanted=wanted, sorts=sorts, default="-at", tie=StarAward.id, row=lambda row: row)
    return Found(_lines(page.rows, actor, at), page.total, page.page, page.size)


def _lines(rows: Sequence[Any], actor: Actor, at: datetime) -> list[Line]:
    in_review = [row for row in rows if row.state == "review"]
    facts = conditions.of_rows(in_review, at=at)
    places = regions.path_names(sorted({code for row in rows for code in (row.region_code, row.at_region)}))
    homes = {
        member.volunteer_id: member.team.short_name
        for member in TeamMember.select(TeamMember.id, TeamMember.volunteer, Team.id, Team.short_name)
        .join(Team)
        .where(
            TeamMember.volunteer.in_([row.volunteer_id for row in rows]), TeamMember.to_at.is_null(), TeamMember.home
        )
    }
    objected = {
        row.award_id: int(row.count)
        for row in StarObjection.select(StarObjection.award, fn.COUNT(StarObjection.id).alias("count"))
        .join(Complaint)
        .where(StarObjection.award.in_([row.id for row in rows]), Complaint.state.in_(complaints.OPEN))
        .group_by(StarObjection.award)
    }
    own = {
        place: decisions.own_matters(actor=actor, region_code=place, at=at)
        for place in {row.at_region for row in rows}.intersection(reviewing.own_places(actor=actor, at=at))
    }
    return [
        Line(
            row.code, row.volunteer.public_no, row.volunteer.name, places[row.region_code],
            homes.get(row.volunteer_id, ""), row.star, row.minutes // 60, row.state, row.origin, places[row.at_region],
            row.notice_until or "", _unmet(row, facts), objected.get(row.id, 0), row.look_since is not None,
            row.created_at,
            row.at_region in own and not own[row.at_region].intersection(reviewing.parties(row))
            and (row.state in OPEN or row.look_since is not None),
        )
        for row in rows
    ]  # fmt: skip


def _unmet(row: StarAward, facts: Mapping[int, conditions.Facts]) -> tuple[str, ...]:
    """What stands against it, in words; what takes merits and has none says so."""
    found = facts.get(row.id)
    if found is None:
        return ()
    words = tuple(entry("stars.unmet")[name].format(least=found.least) for name in found.unmet)
    lacks = ladder.of_rule(row.rule_set_id).needs_merits(row.star) and not row.merits
    return (*words, entry("stars.no_merits")) if lacks else words


def page(*, actor: Actor, code: str, at: datetime) -> View:
    """One star, for those who may look at its person's division. Refusals: NOT_FOUND."""
    row = asking.by_code(code)
    permissions.require_look(actor=actor, region_code=str(row.region_code), at=at)
    line = _lines([row], actor, at)[0]
    decides = decisions.may_decide(
        actor=actor, region_code=str(row.at_region), parties=reviewing.parties(row), at=at
    )
    manages = permissions.manages(actor=actor, region_code=str(row.region_code), at=at)
    names = _names(row.decided_by_id, row.ended_by_id)
    held = (
        StarObjection.select(StarObjection, Complaint)
        .join(Complaint)
        .where(StarObjection.award == row.id)
        .order_by(StarObjection.id)
    )
    others = [
        (each.star, entry("stars.states")[each.state], views.chinese_day(each.awarded_on))
        for each in StarAward.select().where(
            StarAward.volunteer == row.volunteer_id, StarAward.id != row.id, StarAward.state != "lapsed"
        ).order_by(StarAward.star, StarAward.id)
    ]  # fmt: skip
    stopped = entry("stars.lapsed").get(row.ended_why, row.ended_why) if row.state == "lapsed" else row.ended_why
    return View(
        line, conditions.of_rows([row], at=at)[row.id], row.facts, row.merits,
        ladder.of_rule(row.rule_set_id).needs_merits(row.star), row.why, names.get(row.decided_by_id, ""),
        row.decided_at, row.notice_from or "", row.awarded_on or "", stopped, names.get(row.ended_by_id, ""),
        row.ended_at, others, [(each.complaint.code, each.complaint.text, each.complaint.state) for each in held],
        decides and row.state in OPEN,
        manages and row.state == "review" and row.volunteer_id != actor.volunteer_id,
        decides and row.state == "awarded",
        decides and row.look_since is not None,
        row.state not in OPEN or times.is_announced(_last_of_notice(row, at)),
    )  # fmt: skip


def _last_of_notice(row: StarAward, at: datetime) -> date:
    """The last day of its public notice: as it runs, or as it would from today."""
    days = ladder.of_rule(row.rule_set_id).notice_days
    return date.fromisoformat(row.notice_until or public_notices.span(days=days, at=at)[1])


def _names(*people: int | None) -> dict[int, str]:
    wanted = [person for person in people if person is not None]
    rows = Volunteer.select(Volunteer.id, Volunteer.name).where(Volunteer.id.in_(wanted))
    return {row.id: row.name for row in rows}


def counts(*, actor: Actor, at: datetime) -> tuple[int, int]:
    """(waiting for a word of the actor's own centres, of them those to be agreed to at once, of the oldest 500)."""
    places = reviewing.own_places(actor=actor, at=at)
    here = StarAward.select().where(StarAward.state == "review", StarAward.at_region.in_(places))
    waiting = here.count()
    some = list(here.order_by(StarAward.id).limit(reviewing.AT_ONCE)) if waiting else []
    return waiting, len(reviewing.clear(actor, some, at)) if some else 0
