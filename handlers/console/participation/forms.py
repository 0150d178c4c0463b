"""The form of an activity: from fields to a draft and back. A 60-year-old leader fills it in two minutes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import request

import clock
from clock import SHANGHAI, UTC
from handlers.console.participation import position_forms
from handlers.pages.browser import field
from handlers.pages.format import local
from services.errors import Refusal, RefusalCode
from services.participation.activities import ActivityDraft
from services.participation.activity_drafts import Links

TEXTS = (
    "title", "place", "content", "risk_notice", "safeguards", "conditions", "contact", "how_to_join", "host_contact",
)  # fmt: skip
TICKS = ("walk_in", "private_home", "dangerous", "emergency", "agreement", "host_agreed")
CHOICES = (
    "openness", "code_life", "opens", "closes", "joining", "venue_kind", "cancel_hours", "need", "project", "plan_item",
)  # fmt: skip
#: Longer than any of these fields may be, so that the service can say which one is too long.
LONG = 3000
#: Hours before the start at which sign-up closes.
CLOSES = ("0", "2", "24", "48")
LIVES = ("30", "60", "120")
#: Until so many hours before the start a place is given back without a reason.
NOTICE = ("2", "6", "12", "24", "48")


def fresh(at: datetime, contact: str) -> dict[str, Any]:
    """The values of an empty form: tomorrow morning, two hours, twenty volunteers."""
    tomorrow = clock.local_day(at) + timedelta(days=1)
    return dict.fromkeys((*TEXTS, "team", "kind", "venue_kind", "need", "project", "cancel_hours"), "") | {
        **dict.fromkeys(TICKS, False), "joining": "open", "plan_item": "", "campaigns": (),
        "day": tomorrow.isoformat(), "start": "09:00", "end": "11:00", "openness": "everyone", "walk_in": True,
        "code_life": "30", "opens": "", "closes": "0", "contact": contact,
        "rows": [position_forms.blank("志愿者", "20")],
    }  # fmt: skip


def typed() -> dict[str, Any]:
    """The values as they were just typed, to be shown again beside a refusal."""
    values: dict[str, Any] = {
        name: field(name, LONG) for name in (*TEXTS, "team", "kind", "day", "start", "end")
    }
    values |= {name: field(name, 20) for name in CHOICES}
    values |= {name: name in request.form for name in TICKS}
    values["campaigns"] = tuple(request.form.getlist("campaigns"))[:20]
    values["rows"] = position_forms.typed()
    return values


def kept(draft: ActivityDraft, at: datetime) -> dict[str, Any]:
    """The values of an activity that is there already; a sign-up that has opened says nothing of when."""
    start, end = draft.starts_at.astimezone(SHANGHAI), draft.ends_at.astimezone(SHANGHAI)
    values: dict[str, Any] = {name: getattr(draft, name) for name in TEXTS}
    opens = draft.signup_opens_at
    hours = str(round((draft.starts_at - (draft.signup_closes_at or draft.starts_at)).total_seconds() / 3600))
    return values | {
        "team": "", "kind": f"{draft.domain}.{draft.sub_domain}", "day": start.date().isoformat(),
        "start": f"{start:%H:%M}",
        "end": f"{end:%H:%M}", "openness": draft.openness, **{name: getattr(draft, name) for name in TICKS},
        "joining": draft.joining, "venue_kind": draft.venue_kind, "cancel_hours": str(draft.cancel_hours),
        "need": draft.links.need, "project": draft.links.project, "plan_item": str(draft.links.plan_item or ""),
        "campaigns": draft.links.campaigns,
        "opens": f"{opens.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}" if opens and opens > at else "",
        "code_life": str(draft.code_life), "closes": hours if hours in CLOSES else "keep",
        "rows": position_forms.kept(draft.positions),
    }  # fmt: skip


def _moment(day: str, text: str, name: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(day), time.fromisoformat(text), SHANGHAI).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refusal(RefusalCode.ACTIVITY_INVALID, field=name) from None


def _opens(values: dict[str, Any]) -> datetime | None:
    """When sign-up opens; None: with the publication."""
    day, _, clock_time = values["opens"].partition("T")
    return _moment(day, clock_time, "signup_opens_at") if day else None


def retyped(text: str, old: datetime) -> datetime:
    """A moment as a browser sends it (`2026-06-10T09:00`), Shanghai time; left as it stood, it keeps its seconds.
    Refusal: SHIFT_TIMES for what cannot be read."""
    if text == local(old):
        return old
    try:
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refusal(RefusalCode.SHIFT_TIMES) from None


def _times(values: dict[str, Any]) -> tuple[datetime, datetime]:
    """Start and end; an end earlier on the clock than the start is the next day's."""
    starts = _moment(values["day"], values["start"], "starts_at")
    ends = _moment(values["day"], values["end"], "ends_at")
    return starts, ends + timedelta(days=1) if ends < starts else ends


def _choices(values: dict[str, Any]) -> dict[str, Any]:
    domain, _, sub_domain = values["kind"].partition(".")
    life = values["code_life"]
    notice = values["cancel_hours"]
    found = {
        "domain": domain, "sub_domain": sub_domain, "openness": values["openness"],
        "code_life": int(life) if life in LIVES else 30, "joining": values["joining"] or "open",
        "venue_kind": values["venue_kind"], **{name: values[name] for name in TICKS},
    }  # fmt: skip
    return found | ({"cancel_hours": int(notice)} if notice.isascii() and notice.isdigit() else {})


def _links(values: dict[str, Any]) -> Links:
    item = values["plan_item"]
    return Links(
        need=values["need"], project=values["project"], plan_item=int(item) if item.isascii() and item.isdigit() else 0,
        campaigns=values["campaigns"],
    )  # fmt: skip


def draft(values: dict[str, Any]) -> ActivityDraft:
    """A new activity. Refusal: ACTIVITY_INVALID with the `field` that cannot be read."""
    starts, ends = _times(values)
    return ActivityDraft(
        **{name: values[name] for name in TEXTS}, **_choices(values), starts_at=starts, ends_at=ends,
        signup_opens_at=_opens(values),
        signup_closes_at=starts - timedelta(hours=int(values["closes"] if values["closes"] in CLOSES else 0)),
        positions=position_forms.drafts(values["rows"], starts), links=_links(values),
    )  # fmt: skip


def changes(values: dict[str, Any], old: ActivityDraft, *, positions: bool, at: datetime) -> dict[str, Any]:
    """What an edit asks for. A time that was left as it stood keeps its seconds; positions only of a draft."""
    before = kept(old, at)
    wanted: dict[str, Any] = {name: values[name].replace("\r\n", "\n") for name in TEXTS}
    wanted |= _choices(values) | {"links": _links(values)}
    if before["code_life"] not in LIVES and values["code_life"] not in LIVES:
        del wanted["code_life"]
    if any(values[name] != before[name] for name in ("day", "start", "end")):
        wanted["starts_at"], wanted["ends_at"] = _times(values)
    starts = wanted.get("starts_at", old.starts_at)
    if values["closes"] in CLOSES and (values["closes"] != before["closes"] or "starts_at" in wanted):
        wanted["signup_closes_at"] = starts - timedelta(hours=int(values["closes"]))
    if values["opens"] != before["opens"]:
        wanted["signup_opens_at"] = _opens(values) or at
    moved = "starts_at" in wanted and any(each.shifts for each in old.positions)
    if positions and (moved or position_forms.differ(values["rows"], before["rows"])):
        wanted["positions"] = position_forms.drafts(values["rows"], starts)
    return wanted
