"""我的活动: what the person is signed up for, each with a line to cancel."""

from __future__ import annotations

from typing import Any

from clock import local_day
from handlers.bot.commands import choosing, register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import (
    PLACE_LENGTH,
    TITLE_LENGTH,
    countdown,
    numbered,
    short,
    spans,
    steps,
    tap,
    when,
)
from handlers.bot.words import Asked
from services.participation import activity_views
from services.participation.activity_views import MySignup
from services.participation.shift_views import LIVE
from wording import say

SHOWN = 8


@command("mine", tells=True)
def show(chat: Chat) -> str:
    """His sign-ups that are not over; the list stands for 30 minutes."""
    if not chat.bound:
        return register.how(chat)
    return listed(chat, say("bot.mine.head"), chat.asked)


def coming(chat: Chat, states: tuple[str, ...] = ("confirmed",)) -> list[MySignup]:
    """His sign-ups in these states that are not over, the next one first; cancelled activities are left out."""
    found = activity_views.mine(volunteer_id=chat.volunteer_id, at=chat.at, states=states)
    return [each for each in found if each.activity_state == "published"]


def listed(chat: Chat, head: str, asked: Asked | None = None, *, to_cancel: bool = False) -> str:
    """The list under a sentence; of those that a day, a name or 2号 in `asked` means, all where none is meant.

    `to_cancel`: it answers 取消, so a bare number cancels, and where he has checked in there is nothing to cancel.
    """
    rows = coming(chat, LIVE)
    inside = [each for each in rows if each.checked_in]
    if to_cancel:
        rows = [each for each in rows if not each.checked_in]
    if not rows:
        chat.forget("signups")
        if inside:
            still = [each for each in inside if not each.checked_out]
            title = short((still or inside)[0].title, TITLE_LENGTH)
            return say(f"bot.mine.{'only_inside' if still else 'only_left'}", title=title) + steps("checkin", "hours")
        return say("bot.mine.none") + steps("activities", "hours")
    if asked is not None and (asked.period is not None or asked.activity):
        fitting = choosing.places(asked, _facts(rows))
        if not fitting:
            what = spans(asked.periods, chat.at) if asked.periods else short(asked.activity, 16)
            head = say("bot.mine.none_such", what=what)
        rows = [rows[place - 1] for place in fitting] or rows
    return _shown(chat, head, rows[:SHOWN], to_cancel)


def chosen(chat: Chat, topic: dict[str, Any]) -> str:
    """A bare number after his own list: that one alone, with what can be done about it."""
    number, codes = chat.asked.number or 0, topic["codes"]
    wanted = codes[number - 1] if 1 <= number <= len(codes) else ""
    rows = [each for each in coming(chat, LIVE) if each.shift_code == wanted]
    return _shown(chat, say("bot.mine.head"), rows, to_cancel=False) if rows else listed(chat, say("bot.mine.head"))


def _shown(chat: Chat, head: str, rows: list[MySignup], to_cancel: bool) -> str:
    stamp = chat.remember("signups", of="shifts", to_cancel=to_cancel, **_facts(rows))
    items = [
        say(
            "bot.mine.line", number=number, title=short(each.title, TITLE_LENGTH),
            when=when(each.starts_at, chat.at), place=short(each.place, PLACE_LENGTH), word=_word(chat, each),
        )
        + ("\n" + tap(say("bot.claimed.line", number=number), stamp=stamp) if each.state == "offered" else "")
        + ("" if each.checked_in else "\n" + tap(say("bot.cancelled.line", number=number), stamp=stamp))
        for number, each in enumerate(rows, 1)
    ]  # fmt: skip
    return numbered(head, items, steps("checkin"), "")


def _facts(rows: list[MySignup]) -> dict[str, list[str]]:
    """What a list is kept by."""
    return {
        "codes": [each.shift_code for each in rows],
        "days": [local_day(each.starts_at).isoformat() for each in rows],
        "titles": [short(each.title, TITLE_LENGTH) for each in rows],
    }


def _word(chat: Chat, each: MySignup) -> str:
    """Its state, and until when an offer stands, else how long it is to the start; 已签到 and 已签退 for who came."""
    if each.checked_out:
        return say("bot.mine.left_again")
    if each.checked_in:
        return say("bot.mine.inside")
    if each.offer_until is None:
        return say("bot.mine.left", word=each.word, left=countdown(each.starts_at, chat.at))
    return say("bot.mine.until", word=each.word, until=when(each.offer_until, chat.at))
