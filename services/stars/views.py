"""A person's own star, for every door; the public notices that anybody reads (S96, S100)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from clock import local_day
from models import Centre, StarAward, Volunteer
from services import regions, scopes
from services.accounts.documents import mask_name
from services.bookkeeping import hours
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.stars import ladder, objections
from services.stars.asking import numeral
from services.stars.shapes import Mine, Notice, Way
from services.stars.standing import ALIVE
from services.times import is_announced
from wording import entry, say

#: A place is named in public down to the township: 65 neighbours know who 王*国 of it is, nobody else does.
PUBLIC_PLACE = 9


def mine(*, volunteer_id: int, at: datetime) -> Mine:
    """His star and the way to the next one. Refusals: NOT_FOUND."""
    summary = hours.summary(volunteer_id=volunteer_id, at=at)
    _, counted, steps = hours.standing(volunteer_id=volunteer_id, at=at)
    person = Volunteer.get_by_id(volunteer_id)
    numbers = ladder.of(person.region_code, at)
    rows = list(StarAward.select().where(StarAward.volunteer == volunteer_id).order_by(StarAward.id.desc()))
    names = reviewers(row.at_region for row in rows)
    ways = [_way(row, names) for row in rows if row.state != "lapsed" or row.ended_why != "higher"]
    alive = {row.star for row in rows if row.state in ALIVE}
    open_to_ask = [star for star in numbers.wanted(counted) if star > summary.stars and star not in alive]
    return Mine(
        summary.name, summary.stars, summary.reached, summary.next_star, summary.to_next, counted, steps,
        numbers.merits_from, max(open_to_ask, default=0), ways,
    )  # fmt: skip


def reviewers(codes: Iterable[str]) -> dict[str, str]:
    """{division: the name of its centre, or its own}."""
    wanted = sorted(set(codes))
    places = regions.path_names(wanted)
    centres = {row.region_code: row.name for row in Centre.select().where(Centre.region_code.in_(wanted))}
    return {code: centres.get(code, places[code]) for code in wanted}


def _way(row: StarAward, names: Mapping[str, str]) -> Way:
    asks_merits = ladder.of_rule(row.rule_set_id).needs_merits(row.star)
    key = "review_merits" if row.state == "review" and asks_merits and not row.merits else row.state
    why = entry("stars.lapsed").get(row.ended_why, row.ended_why) if row.state == "lapsed" else row.ended_why
    says = say(
        f"stars.says.{key}", reviewer=names[row.at_region], until=chinese_day(row.notice_until), why=why.rstrip("。"),
        day=chinese_day(row.awarded_on), star=numeral(row.star),
    )  # fmt: skip
    return Way(
        row.code, row.star, row.state, entry("stars.states")[row.state], says, names[row.at_region],
        row.notice_until or "", row.awarded_on or "", row.merits, row.state == "review" and asks_merits, row.created_at,
    )  # fmt: skip


def chinese_day(text: str | None) -> str:
    """2026-06-17 → 6月17日; "" for none."""
    if not text:
        return ""
    day = date.fromisoformat(text)
    return say("stars.day", month=day.month, day=day.day)


def notices(*, wanted: Wanted, at: datetime) -> Found[Notice]:
    """The public notices that run today, the newest first; filter: region. Anybody may read them."""
    today = local_day(at).isoformat()
    query = (
        StarAward.select(StarAward, Volunteer)
        .join(Volunteer, on=(StarAward.volunteer == Volunteer.id))
        .where(
            StarAward.state == "announced", StarAward.notice_from <= today, StarAward.notice_until >= today,
            regions.real(StarAward.region_code),
        )
    )  # fmt: skip
    if wanted.chosen("region"):
        query = query.where(scopes.within(StarAward.region_code, [wanted.chosen("region")]))
    sorts = {"at": StarAward.id}
    page = cut(query, wanted=wanted, sorts=sorts, default="-at", tie=StarAward.id, row=lambda row: row)
    return Found(_notices(page.rows), page.total, page.page, page.size)


def _notices(rows: Sequence[Any]) -> list[Notice]:
    centres = {
        row.region_code: row for row in Centre.select().where(Centre.region_code.in_([row.at_region for row in rows]))
    }
    places = regions.path_names([row.region_code[:PUBLIC_PLACE] for row in rows])
    return [
        Notice(
            row.code, mask_name(row.volunteer.name), places[row.region_code[:PUBLIC_PLACE]], row.star, row.step_hours,
            row.merits, row.notice_from, row.notice_until,
            centres[row.at_region].name if row.at_region in centres else "",
            centres[row.at_region].phone if row.at_region in centres else "",
            is_announced(date.fromisoformat(row.notice_until)),
        )
        for row in rows
    ]  # fmt: skip


def notice(*, code: str, at: datetime) -> Notice:
    """One public notice. Refusals: NOT_FOUND (none that runs)."""
    row = StarAward.get_or_none(StarAward.code == code)
    if row is None or not objections.running(row, at) or regions.in_practice(str(row.region_code)):
        raise Refusal(RefusalCode.NOT_FOUND)
    return _notices([row])[0]
