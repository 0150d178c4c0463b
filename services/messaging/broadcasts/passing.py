"""Passing a notice on, level by level, and how far it has come (逐级传达, S77).

A centre writes to those who work one level below; each of them reads it and passes it on to his own next level, and
the last one to the teams. The one who began sees for every division below him who has read it and who passed it on.
"""

from __future__ import annotations

from datetime import datetime

from frozen import dataclass
from models import Broadcast, Delivery, Notice, Region
from queries import broadcasts as sql
from services import permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted
from services.messaging.broadcasts import audience as audiences
from services.messaging.broadcasts import drafts, sending
from services.messaging.broadcasts.audience import Choice
from services.messaging.broadcasts.drafts import Draft
from services.permissions import Verb
from wording import say


@dataclass(frozen=True, slots=True)
class Passed:
    """How a notice stands in one division below: told and read by how many who work there, passed on to how many
    when, and read by how many of those. `notice_id` is what was passed on, None if nothing was.
    """

    region_code: str
    name: str
    told: int
    read: int
    read_at: datetime | None
    notice_id: int | None
    passed_at: datetime | None
    reached: int
    reached_read: int


def pass_on(
    *, actor: Actor, notice_id: int, choice: Choice, own_words: str = "", at: datetime
) -> Draft:
    """A draft of what somebody received, for those below him, with words of his own before it or as it is.

    Unchanged it needs nobody's consent, if somebody agreed to the words before; what is urgent stays so for two days.
    Refusals in order: NOT_FOUND (he never received it), those of `drafts.draft`.
    """
    parent = Notice.get_or_none(Notice.id == notice_id, Notice.state == "sent")
    got = Delivery.select().where(
        Delivery.notice == notice_id, Delivery.volunteer == actor.volunteer_id, Delivery.state != "withdrawn"
    )
    if parent is None or actor.volunteer_id is None or not got.exists():
        raise Refusal(RefusalCode.NOT_FOUND)
    kept = Broadcast.get_or_none(Broadcast.notice == parent)
    if kept is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    own = own_words.strip()
    origin = audiences.office(kept.region_code) if parent.team_id is None else kept.name
    text = parent.text
    if not kept.as_told:  # whoever passes on somebody's own words says whose they are
        text = say("broadcasts.passed_on.alone", from_name=origin, text=text)
    if own:
        text = say("broadcasts.passed_on.with_own", own=own, text=text)
    agreed = kept.as_told or kept.decided_by_id is not None
    urgent = kept.urgent and at - parent.created_at < sending.LASTS
    return drafts.draft(
        actor=actor, choice=choice, text=text, at=at, parent_id=parent.id, as_told=not own and agreed,
        longest=drafts.MOST_PASSED_ON, urgent=urgent, why=kept.why if urgent else "",
    )  # fmt: skip


def tree(*, actor: Actor, notice_id: int, at: datetime) -> list[Passed]:
    """How a notice to those who work one level below came on, a line for each division, by code.

    Refusals: NOT_FOUND (no such broadcast, none to officers, or none of the actor's to look at), NOT_ALLOWED.
    """
    kept = Broadcast.get_or_none(Broadcast.notice == notice_id)
    if kept is None or kept.who != "officers":
        raise Refusal(RefusalCode.NOT_FOUND)
    if kept.notice.sender_id != actor.volunteer_id and not permissions.holds(
        actor=actor, verb=Verb.LOOK, region_code=kept.region_code, at=at
    ):
        permissions.require_look(actor=actor, region_code=kept.region_code, at=at)
    told = {row.region_code: row for row in sql.told_by_division(notice_id=notice_id, region_code=kept.region_code)}
    passed = {row.region_code: row for row in sql.passed_on(notice_id=notice_id)}
    places = Region.select(Region.code, Region.name).where(
        Region.code.startswith(kept.region_code), Region.level == Region.get(Region.code == kept.region_code).level + 1,
        Region.closed_on.is_null(),
    )
    return [
        _line(place.code, place.name, told.get(place.code), passed.get(place.code))
        for place in places.order_by(Region.code)
    ]


def listed(*, actor: Actor, notice_id: int, wanted: Wanted, at: datetime) -> Found[Passed]:
    """`tree` as a list of the console: there are never more divisions than a page and an Excel file hold."""
    lines = tree(actor=actor, notice_id=notice_id, at=at)
    start = (wanted.page - 1) * wanted.size
    return Found(lines[start : start + wanted.size], len(lines), wanted.page, wanted.size)


def _line(code: str, name: str, told: sql.Told | None, on: sql.PassedOn | None) -> Passed:
    return Passed(
        code, name, told.told if told else 0, told.read if told else 0, told.read_at if told else None,
        on.notice_id if on else None, on.passed_at if on else None, on.reached if on else 0, on.read if on else 0,
    )  # fmt: skip
