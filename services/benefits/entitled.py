"""Who may have a benefit, as a list for the centre, and what was done for whom: given until a day (S102)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from clock import local_day
from frozen import dataclass
from models import BenefitGrant, Team, TeamMember, Volunteer, store
from services import audit, permissions, regions
from services.access import belonging
from services.access.people_list import opened
from services.accounts import withheld
from services.actors import Actor
from services.benefits import fitting, offers
from services.errors import Refusal, RefusalCode
from services.listing import MOST, Found, Wanted, cut
from services.parts import Parts
from services.stars import standing
from services.workbooks import Cell, Page, pages
from wording import entry, say

C = RefusalCode
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody who may have it; `given` none, running or over, `until` a day or ""."""

    public_no: str
    name: str
    star: int
    team: str
    place: str
    given: str
    until: str


def listed(*, actor: Actor, code: str, wanted: Wanted, at: datetime) -> Found[Line]:
    """Everybody who may have it now, by name; filters: given (none, running, over), region.

    Refusals: NOT_FOUND / NOT_ALLOWED (who does not look after the division's people).
    """
    benefit = offers.by_code(code)
    permissions.require_look(actor=actor, region_code=str(benefit.region_code), at=at)
    query = _within(fitting.entitled(benefit, at=at), wanted.chosen("region"))
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text))
    if given := wanted.chosen("given"):
        day = local_day(at).isoformat()
        rows = BenefitGrant.select(BenefitGrant.volunteer).where(BenefitGrant.benefit == benefit.id)
        running = rows.where(BenefitGrant.until_on.is_null() | (BenefitGrant.until_on >= day))
        if given == "running":
            query = query.where(Volunteer.id.in_(running))
        else:
            query = query.where(Volunteer.id.not_in(running))
            query = query.where(Volunteer.id.in_(rows) if given == "over" else Volunteer.id.not_in(rows))
    page = cut(
        query, wanted=wanted, sorts={"name": Volunteer.name}, default="name", tie=Volunteer.id, row=lambda row: row
    )
    return Found(_lines(page.rows, benefit.id, at), page.total, page.page, page.size)


def _within(query: Any, region_code: str) -> Any:
    """So many of them as belong to a division, everybody for ""."""
    return query.where(belonging.people_in([region_code])) if region_code else query


def _lines(people: Sequence[Volunteer], benefit_id: int, at: datetime) -> list[Line]:
    lines: list[Line] = []
    for start in range(0, len(people), AT_ONCE):
        some = people[start : start + AT_ONCE]
        ids = [each.id for each in some]
        stars, given, homes = standing.stars_of(ids), _given(benefit_id, ids, at), _homes(ids)
        places = regions.path_names(sorted({str(each.region_code) for each in some}))
        lines += [
            Line(
                each.public_no, each.name, stars.get(each.id, 0), homes.get(each.id, ""), places[each.region_code],
                *given.get(each.id, ("none", "")),
            )
            for each in some
        ]  # fmt: skip
    return lines


def _homes(people: Sequence[int]) -> dict[int, str]:
    rows = (
        TeamMember.select(TeamMember.id, TeamMember.volunteer, Team.id, Team.short_name)
        .join(Team)
        .where(TeamMember.volunteer.in_(people), TeamMember.to_at.is_null(), TeamMember.home)
    )
    return {row.volunteer_id: row.team.short_name for row in rows}


def _given(benefit_id: int, people: Sequence[int], at: datetime) -> dict[int, tuple[str, str]]:
    day = local_day(at).isoformat()
    rows = (
        BenefitGrant.select()
        .where(BenefitGrant.benefit == benefit_id, BenefitGrant.volunteer.in_(people))
        .order_by(BenefitGrant.id)
    )
    return {
        row.volunteer_id: ("running" if (row.until_on or day) >= day else "over", row.until_on or "") for row in rows
    }


def sheet(*, parts: Parts, actor: Actor, code: str, region_code: str = "", at: datetime) -> bytes:
    """The list as a file for whoever gives it, of one division where it is named, with ID numbers and birth dates where
    it is an insurance (but of who took that purpose back); who took it is kept. Where it is longer than a sheet may
    be, its last line says so.

    Refusals: NOT_FOUND, NOT_ALLOWED.
    """
    benefit = offers.managed(actor=actor, code=code, at=at)
    words, insured = entry("benefits.sheet"), benefit.kind == "insurance"
    columns = ["name", "number", "star", "team", "place", *(["document", "birth"] if insured else []), "given", "until"]
    everybody = _within(fitting.entitled(benefit, at=at), region_code)
    people = list(everybody.order_by(Volunteer.name, Volunteer.id).limit(MOST))
    states = entry("benefits.given")
    rows: list[list[Cell]] = []
    closed = withheld.owners([person.id for person in people]) if insured else set()
    for person, line in zip(people, _lines(people, benefit.id, at), strict=True):
        number = withheld.cell() if person.id in closed else opened(parts, person, "document") if insured else ""
        own: list[Cell] = [number, person.birth_date or ""] if insured else []
        rows.append(
            [line.name, line.public_no, line.star, line.team, line.place, *own, states[line.given], line.until]
        )
    if len(people) == MOST:
        rows.append([say("access.lists.cut_off", most=MOST)])
    audit.note(
        actor=actor, verb="benefit.export", subject=f"region:{benefit.region_code}", at=at,
        detail={"benefit": benefit.code, "people": len(people), "documents": insured, "of": region_code},
    )  # fmt: skip
    page = Page(str(benefit.name)[:30], [words[name] for name in columns], rows)
    return pages([page, *withheld.pages(len(closed))])


def give(*, actor: Actor, code: str, until_on: str, at: datetime) -> int:
    """Note that it was done for everybody who may have it and has it not: until a day, or for good (""); how many.

    Refusals in order: NOT_FOUND / NOT_ALLOWED, BENEFIT_STATE (not open today), FIELD_WRONG (`until_on`: no day, gone).
    """
    benefit = offers.managed(actor=actor, code=code, at=at)
    if not fitting.is_running(benefit, at=at):
        raise Refusal(C.BENEFIT_STATE)
    today = local_day(at).isoformat()
    until = _until(until_on, today)
    running = BenefitGrant.select(BenefitGrant.volunteer).where(
        BenefitGrant.benefit == benefit.id, BenefitGrant.until_on.is_null() | (BenefitGrant.until_on >= today)
    )
    done = last = 0
    while True:
        query = fitting.entitled(benefit, at=at).where(Volunteer.id > last, Volunteer.id.not_in(running))
        people = [row.id for row in query.order_by(Volunteer.id).limit(AT_ONCE)]
        if not people:
            return done
        last = people[-1]
        done += store.write(partial(_give, benefit.id, people, until, actor, today, at))


def _give(benefit_id: int, people: list[int], until: str | None, actor: Actor, today: str, at: datetime) -> int:
    have = {
        row.volunteer_id
        for row in BenefitGrant.select(BenefitGrant.volunteer).where(
            BenefitGrant.benefit == benefit_id, BenefitGrant.volunteer.in_(people),
            BenefitGrant.until_on.is_null() | (BenefitGrant.until_on >= today),
        )
    }  # fmt: skip
    lines = [
        {
            "benefit": benefit_id, "volunteer": person, "given_on": today, "until_on": until,
            "given_by": actor.volunteer_id, "at": at,
        }
        for person in people
        if person not in have
    ]  # fmt: skip
    if lines:
        BenefitGrant.insert_many(lines).execute()
        audit.changed(
            actor=actor, verb="benefit.given", subject=f"benefit:{benefit_id}", at=at,
            changes={"people": [0, len(lines)], "until": ["", until or ""]},
        )  # fmt: skip
    return len(lines)


def take_back(*, actor: Actor, code: str, at: datetime) -> int:
    """Take back what was noted as done today, by mistake or until a wrong day; how many.

    Refusals: NOT_FOUND / NOT_ALLOWED, BENEFIT_STATE (nothing was noted today).
    """
    benefit, today = offers.managed(actor=actor, code=code, at=at), local_day(at).isoformat()

    def act() -> int:
        gone = BenefitGrant.delete().where(BenefitGrant.benefit == benefit.id, BenefitGrant.given_on == today)
        count = int(gone.execute())
        if not count:
            raise Refusal(C.BENEFIT_STATE)
        audit.changed(
            actor=actor, verb="benefit.taken_back", subject=f"benefit:{benefit.id}", at=at,
            changes={"people": [count, 0]},
        )  # fmt: skip
        return count

    return store.write(act)


def given_today(*, code: str, at: datetime) -> int:
    """How many were noted as done today."""
    benefit, today = offers.by_code(code), local_day(at).isoformat()
    return int(BenefitGrant.select().where(BenefitGrant.benefit == benefit.id, BenefitGrant.given_on == today).count())


def _until(text: str, today: str) -> str | None:
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        day = ""
    if day < today:
        raise Refusal(C.FIELD_WRONG, field="until_on")
    return day
