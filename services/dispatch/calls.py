"""A call from its writing to its going out, and its number while it runs (调度令).

A county's centre or one above writes it for its own ground. Nothing goes out before somebody says so: the draft shows
whom the first wave would ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any

from frozen import dataclass
from models import Dispatch, Point, Speciality, store
from services import audit, regions
from services.actors import Actor
from services.codes import new_code
from services.dispatch import holding, saying, waves
from services.dispatch.holding import Lack, held, held_calling, note, require_command
from services.errors import Refusal, RefusalCode
from services.participation import domains
from services.participation.activity_drafts import LENGTHS, LONGEST
from services.participation.positions import MOST_CONDITIONS, MOST_PEOPLE
from services.recruitment import skills

C = RefusalCode
#: How long each text may be; those that an activity shares are as long there.
TEXTS = {
    "title": LENGTHS["title"], "content": 500, "place": LENGTHS["place"], "command": 60, "contact": LENGTHS["contact"],
    "risks": LENGTHS["risk_notice"], "safeguards": LENGTHS["safeguards"],
}  # fmt: skip
REQUIRED = ("title", "content", "place", "risks", "safeguards")
MOST_THINGS = 999
#: A call in these states may have a next shift.
FOLLOWED = ("calling", "stood_down", "over")
MOST_FIELDS, LONGEST_FIELD = 12, 20
#: A call may be written for something that began a little while ago, and for some days ahead.
SINCE, AHEAD = timedelta(hours=12), timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDraft:
    """A call as it is written down. `skills`: who comes has one of them; `speciality`: professional teams of it first;
    `fields`: what the county wants to know beside the numbers; `point`: the code of a named point, "" for none. Where
    the point lies in a division below `place_region`, the call is for that one. `follows`: the call whose next shift
    this is, by code."""

    region_code: str
    place_region: str
    title: str
    domain: str
    sub_domain: str
    content: str
    place: str
    people: int
    starts_at: datetime
    ends_at: datetime
    risks: str
    safeguards: str
    boats: int = 0
    vehicles: int = 0
    point: str = ""
    skills: tuple[str, ...] = ()
    speciality: str = ""
    urgent: bool = True
    drill: bool = False
    command: str = ""
    contact: str = ""
    fields: tuple[str, ...] = field(default=())
    follows: str = ""


def write_down(*, actor: Actor, draft: CallDraft, at: datetime) -> str:
    """Keep a draft; its code. Nobody is told yet.

    Refusals in order: those of `holding.require_command`; FIELD_WRONG with `field`: `place_region` (not within the
    centre's ground), the texts, `domain`, `people`, `boats`, `vehicles`, `starts_at`, `ends_at` (after more than 24
    hours, or over), `point`, `skills`, `speciality`, `fields`, `follows` (none of this centre's that went out).
    """
    require_command(actor=actor, region_code=draft.region_code, at=at)
    columns = _checked(draft, at)

    def act() -> str:
        made = Dispatch.create(
            code=new_code(), region_code=draft.region_code, reach=draft.region_code, state="draft",
            created_by=actor.volunteer_id, created_at=at, drill=draft.drill, urgent=draft.urgent, **columns,
        )  # fmt: skip
        note(made, "written", actor, at)
        return str(made.code)

    return store.write(act)


def _checked(draft: CallDraft, at: datetime) -> dict[str, Any]:
    if not draft.place_region.startswith(draft.region_code):
        raise _wrong("place_region")
    try:
        regions.region(draft.place_region)
    except Refusal:
        raise _wrong("place_region") from None
    columns: dict[str, Any] = {"place_region": draft.place_region}
    for name, most in TEXTS.items():
        text = getattr(draft, name).strip()
        if len(text) > most or "\x00" in text or (name in REQUIRED and not text):
            raise _wrong(name)
        columns[name] = text
    if domains.sub_domain(draft.domain, draft.sub_domain) is None:
        raise _wrong("domain")
    for name, least, most in (("people", 1, MOST_PEOPLE), ("boats", 0, MOST_THINGS), ("vehicles", 0, MOST_THINGS)):
        if not least <= getattr(draft, name) <= most:
            raise _wrong(name)
    if not at - SINCE <= draft.starts_at <= at + AHEAD:
        raise _wrong("starts_at")
    if not draft.starts_at < draft.ends_at <= draft.starts_at + LONGEST or draft.ends_at <= at:
        raise _wrong("ends_at")
    point = _point(draft)
    if point is not None and str(point.region_code).startswith(draft.place_region):
        columns["place_region"] = point.region_code
    if len({*draft.skills}) > MOST_CONDITIONS or not {*draft.skills} <= {each.code for each in skills.catalogue()}:
        raise _wrong("skills")
    if draft.speciality and not Speciality.select().where(Speciality.code == draft.speciality).exists():
        raise _wrong("speciality")
    asked = [each.strip() for each in draft.fields if each.strip()]
    if len(asked) > MOST_FIELDS or len(set(asked)) < len(asked) or any(len(each) > LONGEST_FIELD for each in asked):
        raise _wrong("fields")
    kept = ("domain", "sub_domain", "people", "boats", "vehicles", "starts_at", "ends_at", "speciality")
    columns |= {name: getattr(draft, name) for name in kept}
    return columns | {
        "point": point, "lat": point.lat if point else None, "lon": point.lon if point else None,
        "skills": sorted({*draft.skills}), "fields": asked, "follows_id": _follows(draft),
    }  # fmt: skip


def _follows(draft: CallDraft) -> int | None:
    if not draft.follows:
        return None
    one = Dispatch.get_or_none(
        Dispatch.code == draft.follows, Dispatch.region_code == draft.region_code, Dispatch.state.in_(FOLLOWED)
    )
    if one is None:
        raise _wrong("follows")
    return int(one.id)


def _point(draft: CallDraft) -> Point | None:
    if not draft.point:
        return None
    found = Point.get_or_none(Point.code == draft.point, Point.retired_at.is_null())
    if found is None or not str(found.region_code).startswith(draft.region_code):
        raise _wrong("point")
    assert isinstance(found, Point)
    return found


def _wrong(name: str) -> Refusal:
    return Refusal(C.FIELD_WRONG, field=name)


def start(*, actor: Actor, code: str, at: datetime) -> bool:
    """Let the first wave out; False where it is out already. Refusals: those of `require_command`, DISPATCH_CLOSED."""

    def act() -> bool:
        dispatch = held(code)
        require_command(actor=actor, region_code=str(dispatch.region_code), at=at)
        if dispatch.state == "calling":
            return False
        if dispatch.state != "draft" or at >= dispatch.ends_at:
            raise Refusal(C.DISPATCH_CLOSED)
        dispatch.state, dispatch.started_at = "calling", at
        dispatch.save(only=[Dispatch.state, Dispatch.started_at])
        note(dispatch, "started", actor, at)
        audit.note(
            actor=actor, verb="dispatch.start", subject=f"region:{dispatch.region_code}", at=at,
            detail={"code": code, "people": dispatch.people, "drill": bool(dispatch.drill)},
        )  # fmt: skip
        waves.send(dispatch, actor=actor, at=at)
        return True

    return store.write(act)


def set_wanted(
    *, actor: Actor, code: str, people: int, boats: int | None = None, vehicles: int | None = None, at: datetime
) -> None:
    """Want more, or less: never fewer people than have said yes; boats and vehicles None: as many as before. More is
    called by the clock's next look.

    Refusals in order: those of `require_command`, DISPATCH_CLOSED, FIELD_WRONG (`people`, `boats`, `vehicles`).
    """

    def act() -> None:
        dispatch = held_calling(code, at)
        require_command(actor=actor, region_code=str(dispatch.region_code), at=at)
        old = Lack(int(dispatch.people), int(dispatch.boats), int(dispatch.vehicles))
        new = Lack(people, old.boats if boats is None else boats, old.vehicles if vehicles is None else vehicles)
        if not max(1, holding.standing(dispatch).accepted) <= people <= MOST_PEOPLE:
            raise _wrong("people")
        for name in ("boats", "vehicles"):
            if not 0 <= getattr(new, name) <= MOST_THINGS:
                raise _wrong(name)
        if new == old:
            return
        note(dispatch, "wanted", actor, at, {"wants": [saying.wants(old), saying.wants(new)]})
        due = at if new.but(old) else dispatch.wave_due_at
        Dispatch.update(people=people, boats=new.boats, vehicles=new.vehicles, wave_due_at=due).where(
            Dispatch.id == dispatch.id
        ).execute()

    store.write(act)


def fields_before(*, region_code: str) -> tuple[str, ...]:
    """What the division's last call wanted to know, to begin the next one with."""
    last = Dispatch.select(Dispatch.fields).where(Dispatch.region_code == region_code).order_by(Dispatch.id.desc())
    found: Mapping[str, Any] | None = last.dicts().first()
    return tuple(found["fields"]) if found else ()
