"""What a certificate is made of: a service of some minutes in the books, a centre's seal."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

from PIL import Image, ImageDraw

from models import ServiceRecord, Team, Volunteer, store
from services.bookkeeping import books
from services.certificates import asking, deciding, seals
from services.certificates.drafting import Scope
from services.parts import Parts
from tests.support.fakes import make_parts
from tests.support.world import COUNTY, World, make_activity

PARTS = make_parts()
EVER = Scope()


def picture(colour: tuple[int, int, int] = (210, 20, 30)) -> bytes:
    """A round seal on grey paper, as somebody photographs it."""
    photo = Image.new("RGB", (500, 520), (238, 236, 233))
    pen = ImageDraw.Draw(photo)
    pen.ellipse((40, 40, 460, 460), outline=colour, width=16)
    pen.regular_polygon((250, 250, 90), 5, fill=colour)
    out = io.BytesIO()
    photo.save(out, "PNG")
    return out.getvalue()


def seal(cast: World, at: datetime, parts: Parts = PARTS) -> None:
    """The county's seal and its two names."""
    seals.put(
        parts=parts, actor=cast.actor(cast.officer, "console"), region_code=COUNTY, head="孙主任",
        handler="周小办", picture=picture(), at=at,
    )  # fmt: skip


def serve(
    cast: World, at: datetime, *, minutes: int = 125, days_ago: int = 30, team: Team | None = None,
    person: Volunteer | None = None, title: str = "清洁河岸", **more: Any,
) -> ServiceRecord:  # fmt: skip
    """A confirmed service with its entry in the books."""

    def act() -> ServiceRecord:
        with_team = team or cast.team
        activity, shift = make_activity(at, with_team, starts_in=-timedelta(days=days_ago), title=title)
        made = ServiceRecord.create(
            shift=shift, activity=activity, team=with_team, volunteer=person or cast.xiaobo,
            region_code=with_team.region_code, local_day=activity.local_day, state="confirmed", minutes=minutes,
            why="counted", rule_set=cast.hours_rule, created_at=at, updated_at=at, **more,
        )  # fmt: skip
        books.post_service(record=made, actor_id=cast.ali.id, at=at)
        return made

    return store.write(act)


def correct(record: ServiceRecord, minutes: int, at: datetime) -> None:
    """The books say otherwise from now on."""

    def act() -> None:
        row = ServiceRecord.get_by_id(record.id)
        books.reverse(record=row, actor_id=None, at=at, note="更正")
        row.minutes, row.version = minutes, row.version + 1
        row.save()
        books.post_service(record=row, actor_id=None, at=at)

    store.write(act)


def issued(cast: World, at: datetime, scope: Scope = EVER) -> str:
    """A certificate of 小博's, asked for and issued; its code."""
    [code] = asking.ask(parts=PARTS, actor=cast.actor(cast.xiaobo, "pages"), scope=scope, at=at)
    deciding.issue(parts=PARTS, actor=cast.actor(cast.officer, "console"), code=code, at=at)
    return code
