"""Who may have a benefit: each condition as one expression over people, so that a list and a single person agree."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from peewee import fn

from clock import local_day
from models import Benefit, Honour, StarAward, TeamMember, Volunteer
from services.access import belonging
from services.stars.asking import numeral
from services.times import day_starts
from wording import say


def conditions(benefit: Benefit, *, at: datetime) -> dict[str, tuple[str, Any]]:
    """{name: (its words, the condition on `Volunteer`)} of all that the benefit asks for, but the area."""
    found: dict[str, tuple[str, Any]] = {}
    today = local_day(at)

    def put(name: str, condition: Any, /, **facts: Any) -> None:
        found[name] = (say(f"benefits.conditions.{name}", **facts), condition)

    if benefit.min_star:
        stars = StarAward.select(StarAward.volunteer).where(
            StarAward.state == "awarded", StarAward.star >= benefit.min_star
        )
        put("star", Volunteer.id.in_(stars), n=numeral(benefit.min_star))
    if benefit.honour:
        honours = Honour.select(Honour.volunteer).where(Honour.revoked_at.is_null())
        if benefit.honour != "any":
            honours = honours.where(Honour.kind == benefit.honour)
        put("honour", Volunteer.id.in_(honours))
    if benefit.min_years:
        joined = TeamMember.select(TeamMember.volunteer).where(
            TeamMember.from_at <= day_starts(_years_before(today, benefit.min_years))
        )
        put("years", Volunteer.id.in_(joined), n=benefit.min_years)
    if benefit.team_id is not None or benefit.member:
        running = TeamMember.select(TeamMember.volunteer).where(TeamMember.to_at.is_null())
        if benefit.team is not None:
            put("team", Volunteer.id.in_(running.where(TeamMember.team == benefit.team_id)), name=benefit.team.name)
        else:
            put("member", Volunteer.id.in_(running))
    if benefit.min_age:
        put("age", Volunteer.birth_date <= _years_before(today, benefit.min_age).isoformat(), n=benefit.min_age)
    if benefit.max_age:
        youngest = _years_before(today, benefit.max_age + 1).isoformat()
        put("age_most", Volunteer.birth_date > youngest, n=benefit.max_age)
    return found


def _years_before(day: date, years: int) -> date:
    """The same day so many years before; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def entitled(benefit: Benefit, *, at: datetime) -> Any:
    """The query of everybody who may have it."""
    query = Volunteer.select().where(
        Volunteer.state == "active", belonging.people_in([str(benefit.region_code)])
    )
    for _, condition in conditions(benefit, at=at).values():
        query = query.where(condition)
    return query


def lacking(benefit: Benefit, *, volunteer_id: int, at: datetime) -> list[str] | None:
    """What a person lacks, in words; [] where he may have it, None where it is for another area."""
    asked = conditions(benefit, at=at)
    here = belonging.people_in([str(benefit.region_code)])
    columns = [fn.COALESCE(condition, False).alias(name) for name, (_, condition) in asked.items()]
    row = (
        Volunteer.select(Volunteer.id, *columns)
        .where(Volunteer.id == volunteer_id, Volunteer.state == "active", here)
        .dicts()
        .first()
    )
    if row is None:
        return None
    return [words for name, (words, _) in asked.items() if not row[name]]


def is_running(benefit: Benefit, *, at: datetime) -> bool:
    """Whether it is open today."""
    day = local_day(at).isoformat()
    return benefit.state == "open" and str(benefit.from_on) <= day <= (benefit.to_on or day)
