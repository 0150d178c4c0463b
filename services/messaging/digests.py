"""The evening digest (晚间汇总): what was not pushed during the day, named in one message.

Two messages a day that are no emergency (rule set `reminders`); a third one stands in the inbox at once and waits for
the evening, where one message says what they are. It is a push without an item of its own in the inbox.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clock import local_day, to_millis
from models import Notice, store
from models.store import Write
from queries import digests as sql
from queries import outbox as outbox_sql
from services.messaging import catalogue
from services.messaging.still import still_waits
from wording import say

KIND = catalogue.DIGEST
#: People in one write.
BATCH = 100
NAMED = 3
INBOX_PATH = "/m/inbox"


def make_due(*, at: datetime, write: Write = store.write) -> int:
    """Write the digests whose evening has come; how many. What was read meanwhile, or is over, is not named."""
    made = 0
    while True:
        people = sql.people(now=to_millis(at), limit=BATCH)
        if people:
            made += write(lambda people=people: _make(people, at))  # type: ignore[misc]
        if len(people) < BATCH:
            return made


def _make(people: list[int], at: datetime) -> int:
    text = local_day(at).isoformat()
    found = Notice.select(Notice.id).where(Notice.kind == KIND, Notice.text == text).order_by(Notice.id).first()
    notice = found or Notice.create(kind=KIND, text=text, created_at=at)
    made = sum(_make_one(notice.id, person, at) for person in people)
    Notice.update(recipients=Notice.recipients + made).where(Notice.id == notice.id).execute()
    return made


def _make_one(notice_id: int, volunteer_id: int, at: datetime) -> int:
    waiting = _to_name(volunteer_id, at)
    sql.release(volunteer_id=volunteer_id, now=to_millis(at))
    if not waiting:
        return 0
    titles = list(dict.fromkeys(title for _, title in waiting))
    shown = say("notices.digest.separator").join(titles[:NAMED])
    facts: dict[str, Any] = {
        "count": len(waiting),
        "titles": say("notices.digest.more", titles=shown) if len(titles) > NAMED else shown,
    }
    line = catalogue.kind(KIND)
    title, body = catalogue.words(KIND, **facts)
    values = catalogue.fitted(KIND, catalogue.values(KIND, moment=at, **facts))
    digest_id = outbox_sql.put(
        (
            notice_id, volunteer_id, KIND, f"{KIND}:{volunteer_id}:{max(ident for ident, _ in waiting)}", line.priority,
            title, body, INBOX_PATH, catalogue.packed(line.form, values), None, None, None, to_millis(at),
            to_millis(at + line.lasts), to_millis(at),
        )
    )  # fmt: skip
    if digest_id is None:
        return 0
    sql.name(digest_id=digest_id, ids=[ident for ident, _ in waiting])
    return 1


def _to_name(volunteer_id: int, at: datetime) -> list[tuple[int, str]]:
    """What waited for the evening and is worth naming still: its group not turned off since, its matter not settled."""
    off, named = sql.off(volunteer_id=volunteer_id), []
    for ident, title, kind, key in sql.waiting(volunteer_id=volunteer_id, now=to_millis(at)):
        line = catalogue.kind(kind)
        if not still_waits(kind=kind, key=key):
            sql.drop(ident=ident)
        elif not (line.switch and f",{line.group}," in off):
            named.append((ident, title))
    return named


def sent(*, digest_id: int, at: datetime) -> None:
    """A digest went out: what it named has reached its person. Inside the write that notes the send."""
    sql.sent(digest_id=digest_id, now=to_millis(at))


def not_sent(*, digest_id: int) -> None:
    """The platform reported that a digest did not arrive after all. Inside the write that notes it."""
    sql.not_sent(digest_id=digest_id)
