"""What people find in their inboxes: news of hours, reminders, a leader's words; all of it already delivered."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import partial
from random import Random

from demo.activities import Held
from demo.people import Person
from demo.places import COUNTY
from models import Delivery, RuleSet, ServiceRecord, Team
from services.actors import Actor
from services.bookkeeping.books import Posted
from services.messaging import broadcasts, notices
from wording import say

#: Older news than this is not told any more in the demo.
NEWS = timedelta(days=30)
WORDS = (
    "各位战友：本周六上午清洁河岸，请穿防滑鞋、戴帽子。来不了的提前说一声。",
    "天气转凉，巡查的同志请多穿一件衣服，结伴而行。",
    "县中心给每位队员办了意外保险，有疑问到服务站找我。",
)


def never_sleep(*, at: datetime) -> None:
    """No quiet hours in the demo's county: whoever tries it at midnight sees his messages arrive."""
    usual = RuleSet.get(RuleSet.kind == "reminders", RuleSet.region_code == "")
    awake = {"quiet_from": "00:00", "quiet_until": "00:00"}
    RuleSet.create(
        kind="reminders", region_code=COUNTY, version=1, params=json.dumps(json.loads(usual.params) | awake),
        own=sorted(awake), locks=[], reason=say("demo.awake"), valid_from=at,
    )  # fmt: skip


def tell(
    rng: Random, held: list[Held], confirmed: list[tuple[ServiceRecord, Posted]], people: list[Person], *,
    teams: dict[str, Team], at: datetime,
) -> None:  # fmt: skip
    """Write the messages with the programme's own words, then mark them as sent, most of them read."""
    by_id = {each.row.id: each for each in held}
    # An inbox is read newest first, in the order of writing: what happened first is written first.
    news = [
        (record.confirmed_at, partial(_hours, by_id[record.activity_id], record, posted))
        for record, posted in confirmed
    ]
    news += [
        (each.occasion.starts_at - timedelta(hours=2), partial(_remind, each))
        for each in held
        if each.occasion.tag == "running"
    ]
    news += [
        (at - timedelta(days=days, hours=2), partial(_broadcast, people[0], teams["donghu"], words))
        for days, words in zip((19, 11, 4), WORDS, strict=True)
    ]
    for moment, write in sorted(news, key=lambda each: each[0]):
        if moment > at - NEWS:
            write(moment)
    _deliver(rng, people, at)


def put_in_order() -> None:
    """Number all messages anew by their day: an inbox shows them newest first, in the order of writing, and the world
    is written matter by matter."""
    rows = list(Delivery.select().order_by(Delivery.created_at, Delivery.id).dicts())
    ids = sorted(row["id"] for row in rows)
    Delivery.delete().execute()
    for start in range(0, len(rows), 500):
        part = zip(ids[start : start + 500], rows[start : start + 500], strict=True)
        Delivery.insert_many([{**row, "id": ident} for ident, row in part]).execute()


def _hours(held: Held, record: ServiceRecord, posted: Posted, moment: datetime) -> None:
    notices.hours_confirmed(
        record=record, activity=held.row, minutes=posted.minutes, points=posted.points, at=moment
    )


def _remind(held: Held, moment: datetime) -> None:
    notices.reminder(
        activity=held.row, hours=2, due_at=moment, at=moment,
        people=[(shift.id, p.id, shift.starts_at) for p, shift, state in held.people if state == "confirmed"],
    )  # fmt: skip


def _broadcast(leader: Person, team: Team, words: str, moment: datetime) -> None:
    actor = Actor(door="bot", volunteer_id=leader.id)
    draft = broadcasts.broadcast_draft(actor=actor, team_code=team.code, text=words, at=moment)
    broadcasts.broadcast_send(actor=actor, notice_id=draft.notice_id, at=moment)


def _deliver(rng: Random, people: list[Person], at: datetime) -> None:
    """To a follower by template message, to everybody else by the inbox alone."""
    followers = [person.id for person in people if person.oa and person.following]
    for delivery in Delivery.select().order_by(Delivery.id):
        pushed = delivery.volunteer_id in followers
        delivery.state, delivery.channel = ("sent", "tpl") if pushed else ("inbox", "")
        delivery.sent_at = delivery.created_at if pushed else None
        if rng.random() < (0.8 if pushed else 0.15):
            delivery.read_at = min(delivery.created_at + timedelta(minutes=rng.randint(1, 900)), at)
        delivery.save(only=("state", "channel", "sent_at", "read_at"))
