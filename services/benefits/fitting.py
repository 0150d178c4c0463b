"""Who may have a benefit: each condition as one expression over people, so that a list and a single person agree."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from peewee import fn

from clock import local_day
from models import Benefit, BenefitGrant, BenefitUse, Honour, StarAward, TeamMember, Volunteer
from services.access import belonging
from services.regions import LENGTHS
from services.stars.asking import numeral
from services.times import day_starts
from wording import say

#: What goes over to another entry of the same person (`services.lives.moving`).
OWNED = {"benefits": BenefitGrant, "uses": BenefitUse}
#: What an honour has to be; a division of four digits or two is a city or the province.
HONOURS: dict[str, tuple[Any, ...]] = {
    "assessment": (Honour.kind == "assessment",), "nomination": (Honour.kind == "nomination",),
    "city": (Honour.kind == "nomination", fn.LENGTH(Honour.region_code) <= LENGTHS[1]),
}  # fmt: skip


def conditions(benefit: Benefit, *, at: datetime) -> dict[str, tuple[str, Any]]:
    """{name: (its words, the condition on `Volunteer`)} of all that the benefit asks for, but the area."""
    found: dict[str, tuple[str, Any]] = {}
    today = local_day(at)

    def put(name: str, condition: Any, /, **facts: Any) -> None:
        found[name] = (say(f"benefits.conditions.{name}", **facts), condition)

    def has(model: Any, *more: Any) -> Any:
        """That a person has such a row: looked up for each person, never all rows of everybody."""
        return fn.EXISTS(model.select(model.id).where(model.volunteer == Volunteer.id, *more))

    if benefit.min_star:
        enough = has(StarAward, StarAward.state == "awarded", StarAward.star >= benefit.min_star)
        put("star", enough, n=numeral(benefit.min_star))
    if benefit.honour:
        of_kind = () if benefit.honour == "any" else HONOURS[str(benefit.honour)]
        put(f"honour_{benefit.honour}", has(Honour, Honour.revoked_at.is_null(), *of_kind))
    if benefit.min_years:
        since = day_starts(_years_before(today, benefit.min_years))
        put("years", has(TeamMember, TeamMember.from_at <= since), n=benefit.min_years)
    if benefit.team is not None:
        here = has(TeamMember, TeamMember.to_at.is_null(), TeamMember.team == benefit.team_id)
        put("team", here, name=benefit.team.name)
    elif benefit.member:
        put("member", has(TeamMember, TeamMember.to_at.is_null()))
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
    person = Volunteer.get_or_none(Volunteer.id == volunteer_id, Volunteer.state == "active")
    if person is None or not belonging.belongs(person, str(benefit.region_code)):
        return None
    asked = conditions(benefit, at=at)
    columns = [fn.COALESCE(condition, False).alias(name) for name, (_, condition) in asked.items()]
    row: Any = Volunteer.select(Volunteer.id, *columns).where(Volunteer.id == volunteer_id).dicts().get()
    return [words for name, (words, _) in asked.items() if not row[name]]


def is_running(benefit: Benefit, *, at: datetime) -> bool:
    """Whether it is open today."""
    day = local_day(at).isoformat()
    return benefit.state == "open" and str(benefit.from_on) <= day <= (benefit.to_on or day)
