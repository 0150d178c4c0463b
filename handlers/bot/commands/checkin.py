"""签到: his next activity, when its scan window is, and the three ways in."""

from __future__ import annotations

from datetime import timedelta

from handlers.bot.commands import digits, mine, register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import clock_time, countdown, page, short, steps, when
from services import rules
from services.bookkeeping import hours
from wording import say


@command("checkin")
def show(chat: Chat) -> str:
    """Where he stands and what to do; a scan that waited for his registration is done now."""
    if not chat.bound:
        return register.how(chat)
    waiting = digits.held_scan(chat)
    if waiting is not None:
        return waiting
    code = page(f"{chat.parts.public_url}/m/code", say("bot.labels.my_code"))
    return "\n\n".join([_standing(chat), say("bot.checkin.ways", code=code)]) + steps("mine", "hours")


def _standing(chat: Chat) -> str:
    inside = next(
        (each for each in hours.recent(volunteer_id=chat.volunteer_id, limit=3) if _is_open(each)), None
    )
    if inside is not None and inside.in_at is not None:
        return say("bot.checkin.inside", title=short(inside.title, 40), in_at=clock_time(inside.in_at))
    rows = mine.coming(chat)
    if not rows:
        return say("bot.checkin.none")
    first = rows[0]
    params = rules.rule("hours", chat.speaker.region_code, chat.at).params
    return say(
        "bot.checkin.next", title=short(first.title, 40), when=when(first.starts_at, chat.at),
        place=short(first.place, 40),
        opens=clock_time(first.starts_at - timedelta(minutes=params["scan_before"])),
        closes=clock_time(first.ends_at + timedelta(minutes=params["scan_after"])),
        left=countdown(first.starts_at, chat.at),
    )  # fmt: skip


def _is_open(line: hours.RecordLine) -> bool:
    return (
        line.state == "pending" and line.in_at is not None and line.out_at is None and line.why != "forgotten"
    )
