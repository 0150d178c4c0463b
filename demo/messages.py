"""What lies in the inboxes when the demo opens: news of hours, read by some."""

from __future__ import annotations

from datetime import datetime, timedelta

from demo.activities import Held
from models import Delivery, Notice, ServiceRecord
from services.notices import duration
from wording import say

#: Only the owners of phones have a page to read them on.
OWNERS = 8


def fill_inboxes(held: list[Held], *, at: datetime) -> None:
    """The last two confirmations of each phone's owner, delivered long ago; the newest is unread."""
    titles = {each.row.id: each.row for each in held}
    for owner in range(1, OWNERS + 1):
        person = next((p for each in held for p, _, _ in each.people if p.number == owner), None)
        if person is None:
            continue
        newest = (
            ServiceRecord.select()
            .where(
                ServiceRecord.volunteer == person.id,
                ServiceRecord.state == "confirmed",
                ServiceRecord.source == "scan",
            )
            .order_by(ServiceRecord.confirmed_at.desc())
            .limit(2)
        )
        for place, record in reversed(list(enumerate(newest))):
            activity = titles[record.activity_id]
            sent = record.confirmed_at + timedelta(minutes=1)
            notice = Notice.create(
                kind="hours_confirmed",
                team=record.team_id,
                activity=activity.id,
                recipients=1,
                created_at=sent,
            )
            body = say(
                "notices.hours_confirmed.body_no_points", title=activity.title, duration=duration(record.minutes),
                points=0,
            )  # fmt: skip
            Delivery.create(
                notice=notice, volunteer=person.id, kind="hours_confirmed", dedupe_key=f"demo:{record.id}",
                state="sent", title=say("notices.hours_confirmed.title"), body=body, url="/m/hours", data={},
                activity=activity.id, due_at=sent, channel="template", sent_at=sent, created_at=sent,
                read_at=None if place == 0 else sent + timedelta(hours=3),
            )  # fmt: skip
