"""From a confirmed broadcast to the outbox: at once for a few, by the worker in parts for many; and stopping it.

The worker asks WeChat's content check first, where it can be asked. Each part is a short write that looks whether the
broadcast still stands, so a stop works in the middle, and a worker that dies goes on where it stood.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from clock import from_millis, to_millis
from models import Activity, Broadcast, Notice, Team, store
from models.store import Write
from queries import broadcasts as sql
from queries.broadcasts import Part
from services import content, permissions, rules
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import catalogue, outbox, pacing, telling
from services.messaging.broadcasts import approvals
from services.messaging.broadcasts import audience as audiences
from services.parts import Parts
from wording import say

#: So many stand in the outbox when the sender's yes is answered; for more the worker puts them there.
AT_ONCE = 500
#: People in one write of the worker: a scan waits for no more than that. Of 500 in each SQLite makes a third less.
PART = 2000
#: Before the next one the worker rests so many times as long as the last one took, these seconds at most: of a hundred
#: who ask meanwhile one finds it at work. 2,000 people in four seconds are still five times what a minute sends, and
#: what is queued falls due by the minute anyway. An emergency never rests.
RESTS, LONGEST_REST = 99, 4.0
#: A turn ends after so long: an emergency that came meanwhile goes first, and a stop is not kept waiting.
TURN_SECONDS = 5
#: A part falls due within a third of a minute, so that so many a minute holds for every minute.
PARTS_A_MINUTE = 3
#: And within so small a part of the day that a part at its end makes no odds.
PARTS_A_DAY = 50
#: What could not be pushed for so long stays in the inbox.
LASTS = timedelta(days=2)
INBOX_PATH = "/m/inbox"
#: A push is a taste and a link; the whole text is in the inbox (design §6.10).
TASTE = 20


def put_all(*, notice: Notice, kept: Broadcast, at: datetime) -> int:
    """The whole audience into the outbox, inside the caller's write; how many."""
    count = _put(notice, kept, _letter(notice, kept, at), None, at, at)
    Notice.update(recipients=count).where(Notice.id == notice.id).execute()
    return count


def _put(
    notice: Notice, kept: Broadcast, letter: Mapping[str, Any], part: Part | None, at: datetime, due_at: datetime,
    lasts: timedelta = timedelta(0),
) -> int:  # fmt: skip
    return sql.put(
        audience=audiences.of(kept), sender=notice.sender_id, part=part, notice_id=notice.id, kind=notice.kind,
        priority=catalogue.kind(notice.kind).lane(near=False), title=letter["title"], body=notice.text, url=INBOX_PATH,
        data=letter["data"], due_at=to_millis(due_at), lasts=int(lasts.total_seconds() * 1000),
        expires_at=to_millis(due_at + lasts + LASTS), now=to_millis(at),
    )  # fmt: skip


def _letter(notice: Notice, kept: Broadcast, at: datetime) -> Mapping[str, Any]:
    """Title and packed template of a broadcast: who speaks, its first words, the moment."""
    speaker = _speaker(notice, kept)
    title = say(f"notices.{notice.kind}.title", team=speaker)
    values = catalogue.values(notice.kind, moment=at, sender=speaker, team=speaker, text=notice.text[:TASTE])
    return {"title": title, "data": catalogue.packed("notice", catalogue.fitted(notice.kind, values))}


def _speaker(notice: Notice, kept: Broadcast) -> str:
    if notice.team_id is not None:
        return str(Team.get_by_id(notice.team_id).short_name)
    return audiences.office(kept.region_code)


def work(*, parts: Parts, at: datetime, write: Write = store.write, seconds: float = TURN_SECONDS) -> int:
    """Bring what is due into the outbox; how many messages. HTTP for the content check, so outside a write."""
    end = time.monotonic() + seconds
    due = (
        Broadcast.select(Broadcast, Notice)
        .join(Notice, on=Broadcast.notice)
        .where(Broadcast.state == "due", Broadcast.send_at.is_null() | (Broadcast.send_at <= at))
        .order_by(Notice.kind.desc(), Notice.id)  # an emergency first
    )
    return sum(_work(parts, kept, at, write, end) for kept in list(due))


def _work(parts: Parts, kept: Broadcast, at: datetime, write: Write, end: float) -> int:
    notice = kept.notice
    if not _still_may(notice, kept, at):
        write(lambda: _refuse(notice, "rights", at))
        return 0
    if not kept.verdict and not kept.urgent and not _passes(parts, notice, kept, at, write):
        return 0
    begun, place = _stood(notice, kept, at)
    letter, plan = _letter(notice, kept, at), _Plan.of(parts, notice, kept, begun, at)
    most = min(parts.broadcast_a_minute // PARTS_A_MINUTE, pacing.share(parts.templates_a_day) // PARTS_A_DAY)
    size, put, took = max(1, min(PART, most)), 0, 0.0
    for part in sql.parts(audience=audiences.of(kept), after=kept.reached, now=to_millis(at), size=size):

        def act(part: Part = part, place: int = place) -> int | None:
            first, last, through = plan.lies(part, place)
            if not sql.reach_on(notice_id=notice.id, last=part.last, through=to_millis(through)):
                return None
            plan.through = through
            return _put(notice, kept, letter, part, at, first, last - first)

        if put and not kept.urgent:
            if time.monotonic() > end:
                return put  # the next turn goes on behind these
            time.sleep(min(took * RESTS, LONGEST_REST))
        began = time.monotonic()
        made = write(act)
        took = time.monotonic() - began
        if made is None:
            return put  # stopped meanwhile
        place, put = place + made, put + made
    write(lambda: _done(notice))
    return put


@dataclass(slots=True)
class _Plan:
    """When the messages of a broadcast fall due. What a day's share of templates holds, and an emergency, goes out as
    fast as the minute allows; more than that is spread over the sending hours of the days that it takes."""

    parts: Parts
    notice: Notice
    kept: Broadcast
    begun: datetime
    at: datetime
    #: where those behind what stands in the outbox begin
    through: datetime
    #: the division's rule `reminders`; None for what goes as fast as the minute allows
    hours: Mapping[str, Any] | None

    @classmethod
    def of(cls, parts: Parts, notice: Notice, kept: Broadcast, begun: datetime, at: datetime) -> _Plan:
        quick = kept.urgent or notice.recipients <= pacing.share(parts.templates_a_day)
        hours = None if quick else rules.rule("reminders", kept.region_code, at).params
        return cls(parts, notice, kept, begun, at, kept.through or begun, hours)

    def lies(self, part: Part, place: int) -> tuple[datetime, datetime, datetime]:
        """Of a part that begins at `place`: when its first and its last fall due, and where the next part begins."""
        if self.hours is None:
            one = timedelta(minutes=1) / self.parts.broadcast_a_minute
            first = max(self.at, self.begun + place * one)
            return first, first + part.count * one, first + part.count * one
        # Who follows not has it in the inbox at once and uses none of the day.
        count = sql.followers(
            audience=audiences.of(self.kept), sender=self.notice.sender_id, part=part, now=to_millis(self.at)
        )
        return pacing.fall_due(
            cursor=max(self.at, self.through), count=count, a_day=self.parts.templates_a_day,
            a_minute=self.parts.broadcast_a_minute, hours=self.hours, begun=self.begun,
        )  # fmt: skip


def _stood(notice: Notice, kept: Broadcast, at: datetime) -> tuple[datetime, int]:
    """Since when a broadcast goes into the outbox, and how many are there: after a worker died, what is left falls due
    behind them, not at the same time."""
    since = sql.queued_since(notice.id) if kept.reached else None
    return (at, 0) if since is None else (from_millis(since), sql.count(notice.id))


def _done(notice: Notice) -> None:
    count = sql.count(notice.id)
    Notice.update(recipients=count).where(Notice.id == notice.id).execute()
    Broadcast.update(state="sent").where(Broadcast.notice == notice, Broadcast.state == "due").execute()


def _still_may(notice: Notice, kept: Broadcast, at: datetime) -> bool:
    """A right that ended between the yes and the moment ends the broadcast, too."""
    sender = Actor(door="console", volunteer_id=notice.sender_id)  # as himself, not as the house
    try:
        audiences.choose(actor=sender, choice=audiences.choice_of(kept), at=at)
    except Refusal:
        return False
    return True


def _passes(parts: Parts, notice: Notice, kept: Broadcast, at: datetime, write: Write) -> bool:
    """What WeChat says of the words: harmless goes on, doubtful waits for a person, bad does not go at all."""
    found = content.verdict_of_writer(parts=parts, volunteer_id=notice.sender_id, text=notice.text) or "pass"

    def act() -> None:
        Broadcast.update(verdict=found).where(Broadcast.notice == notice.id).execute()
        if found == "risky":
            _refuse(notice, "words", at)
        elif found == "review" and kept.decided_at is None:
            waits = Broadcast.update(state="waiting").where(Broadcast.notice == notice, Broadcast.state == "due")
            if waits.execute():
                approvals.ask(kept, at)

    write(act)
    return found == "pass" or (found == "review" and kept.decided_at is not None)


def _refuse(notice: Notice, why: str, at: datetime) -> None:
    """The house lets it not go; the sender hears why."""
    changed = Broadcast.update(state="refused").where(Broadcast.notice == notice, Broadcast.state == "due").execute()
    if changed:
        telling.tell(
            kind=f"broadcast_{why}", people=[notice.sender_id], key=str(notice.id), at=at,
            url=f"/console/notices/{notice.id}",
        )  # fmt: skip


def stop(*, actor: Actor, notice_id: int, at: datetime) -> int:
    """Stop a broadcast and what was passed on of it: what waits is withdrawn; how many. The sender may, and whoever
    manages its division. Stopped once more it stays so.

    Refusals: NOT_FOUND, NOT_ALLOWED (may only look), NOTICE_STATE (never confirmed, or refused), NOTICE_GONE (nobody
    waits for it any more).
    """

    def act() -> int:
        kept = Broadcast.get_or_none(Broadcast.notice == notice_id)
        if kept is None:
            raise Refusal(RefusalCode.NOT_FOUND)
        if kept.notice.sender_id != actor.volunteer_id:
            permissions.require_manage(actor=actor, region_code=kept.region_code, at=at)
        if kept.state in ("draft", "refused"):
            raise Refusal(RefusalCode.NOTICE_STATE)
        whole = [notice_id, *_passed_on(notice_id)]
        running = Broadcast.select().where(Broadcast.notice.in_(whole), Broadcast.state.in_(("waiting", "due")))
        waited = running.exists()
        withdrawn = sum(outbox.withdraw(notice_id=each, at=at) for each in whole)
        if kept.state == "sent" and not withdrawn and not waited:
            raise Refusal(RefusalCode.NOTICE_GONE)
        Notice.update(state="stopped").where(Notice.id.in_(whole)).execute()
        Broadcast.update(state="stopped").where(Broadcast.notice.in_(whole)).execute()
        return withdrawn

    return store.write(act)


def _passed_on(notice_id: int) -> list[int]:
    """What others passed on of a notice, level by level."""
    found: list[int] = []
    level = [notice_id]
    while level:
        below = Broadcast.select(Broadcast.notice).where(
            Broadcast.parent.in_(level), Broadcast.state.in_(("waiting", "due", "sent"))
        )
        level = [int(each.notice_id) for each in below]
        found += level
    return found


def in_emergency(activity_id: int | None, team_id: int | None, at: datetime) -> bool:
    """Whether the activity, or one of the team now or within a day, is a declared emergency."""
    running = (
        (Activity.id == activity_id)
        if activity_id is not None
        else (Activity.team == team_id)
        & (Activity.starts_at < at + timedelta(days=1))
        & (Activity.ends_at > at - timedelta(days=1))
    )
    return bool(
        Activity.select()
        .where(running, Activity.emergency == True, Activity.state.in_(("published", "ended")))  # noqa: E712
        .exists()
    )
