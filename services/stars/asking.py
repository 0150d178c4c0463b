"""Asking for a star (申请星级), with the merits that the higher ones take (S100).

Nobody has to ask: the worker proposes what hours reach. Who asks is sooner, and may say what hours do not.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from clock import local_day, to_millis
from models import StarAward, Volunteer, store
from queries import stars as sql
from services import rules
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.messaging.moments import duration
from services.review.reach import registered
from services.stars import conditions, ladder
from services.stars.ladder import Ladder
from services.stars.standing import ALIVE
from wording import entry

C = RefusalCode
MERITS_LONGEST = 800
DECIDED_AGAINST = ("refused", "withdrawn")


def ask(*, actor: Actor, merits: str = "", at: datetime) -> list[str]:
    """He asks for the stars that his hours reach; the codes of what is new or got his merits.

    Refusals in order: NOT_REGISTERED, TEXT_TOO_LONG, STAR_HOURS (no step reached beyond what he has), STAR_AGAIN (it
    was refused, or taken back, too short a while ago), STAR_STATE (all of it is on its way).
    """
    person, said = registered(actor), merits_of(merits)
    someone = Volunteer.get_by_id(person)
    steps = ladder.of(someone.region_code, at)
    brought = bool(rules.rule("transferred", someone.region_code, at).params["counts_for_stars"])
    minutes = conditions.minutes_of(volunteer_id=person, with_brought=brought)

    def act() -> list[str]:
        rows = list(StarAward.select().where(StarAward.volunteer == person).order_by(StarAward.id))
        has = max((row.star for row in rows if row.state == "awarded"), default=0)
        wanted = [star for star in steps.wanted(minutes) if star > has]
        if not wanted:
            following = steps.reached(minutes) + 1
            left = steps.hours[following - 1] * 60 - minutes if following <= len(steps.hours) else 0
            if not left:  # he has them all
                raise Refusal(C.STAR_STATE)
            raise Refusal(C.STAR_HOURS, left=duration(left), star=numeral(following))
        alive = {row.star: row for row in rows if row.state in ALIVE}
        new = [star for star in wanted if star not in alive]
        waits = {star: day for star in new if (day := _again(rows, star, steps, at)) is not None}
        codes = [_made(someone, star, minutes, steps, brought, said, at) for star in new if star not in waits]
        codes += _added(actor, [alive[star] for star in wanted if star in alive], said, at)
        if not codes:
            if waits:
                raise Refusal(C.STAR_AGAIN, day=max(waits.values()).isoformat())
            raise Refusal(C.STAR_STATE)
        sql.cover(volunteer_id=person, now=to_millis(at))
        return codes

    return store.write(act)


def merits_of(text: str) -> str:
    """Merits as they were typed. Refusals: TEXT_TOO_LONG."""
    said = text.strip()
    if len(said) > MERITS_LONGEST:
        raise Refusal(C.TEXT_TOO_LONG, most=MERITS_LONGEST)
    return said


def _again(rows: list[StarAward], star: int, steps: Ladder, at: datetime) -> date | None:
    """The day from which a star that was decided against may be asked for again; None: now."""
    ended = [row.ended_at for row in rows if row.star == star and row.state in DECIDED_AGAINST and row.ended_at]
    if not ended:
        return None
    day = local_day(max(ended)) + timedelta(days=steps.again_days)
    return day if day > local_day(at) else None


def _made(
    person: Volunteer, star: int, minutes: int, steps: Ladder, brought: bool, merits: str, at: datetime
) -> str:
    made = StarAward.create(
        code=new_code(10), volunteer=person, star=star, region_code=person.region_code,
        at_region=steps.reviewer(star, str(person.region_code)), origin="person", minutes=minutes,
        step_hours=steps.hours[star - 1], with_brought=brought, rule_set=steps.rule_id,
        merits=merits if steps.needs_merits(star) else "", created_at=at,
    )  # fmt: skip
    return str(made.code)


def _added(actor: Actor, rows: list[StarAward], merits: str, at: datetime) -> list[str]:
    """His own words on what is in review and takes merits."""
    in_review = [row for row in rows if merits and row.state == "review"]
    found = [row for row in in_review if ladder.of_rule(row.rule_set_id).needs_merits(row.star)]
    for row in found:
        StarAward.update(merits=merits, asked_by=None).where(
            StarAward.id == row.id, StarAward.state == "review"
        ).execute()
    return [str(row.code) for row in found]


def by_code(code: str) -> StarAward:
    """A star's row. Refusals: NOT_FOUND."""
    found = StarAward.get_or_none(StarAward.code == code)
    if found is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(found, StarAward)
    return found


def propose_lower(row: StarAward, *, at: datetime) -> None:
    """A star was decided against: the next lower one is proposed, where its hours are reached and nothing stands for
    it; inside the caller's write."""
    star = row.star - 1
    if star < 1:
        return
    steps = ladder.of_rule(row.rule_set_id)
    reviewer = steps.reviewer(star, str(row.region_code))
    rows = StarAward.select().where(
        StarAward.volunteer == row.volunteer_id, StarAward.state != "lapsed", StarAward.star >= star,
        StarAward.id != row.id,
    )  # fmt: skip
    if any(each.star == star or each.state == "awarded" or
           (each.state in ALIVE and each.at_region == reviewer) for each in rows):  # fmt: skip
        return
    minutes = conditions.minutes_of(volunteer_id=row.volunteer_id, with_brought=row.with_brought)
    if steps.reached(minutes) >= star:
        made = _made(Volunteer.get_by_id(row.volunteer_id), star, minutes, steps, row.with_brought, "", at)
        StarAward.update(origin="rule").where(StarAward.code == made).execute()


def told(*, kind: str, row: StarAward, at: datetime, **facts: Any) -> None:
    """Tell a star's person, inside the caller's write."""
    telling.tell(
        kind=kind, people=[row.volunteer_id], key=f"{row.id}:{to_millis(at)}", at=at, url="/m/stars",
        stars=numeral(row.star), **facts,
    )  # fmt: skip


def numeral(star: int) -> str:
    """1 → 一."""
    return str(entry("bot.numerals")[star - 1])
