"""活动: what is open near the person in the next two weeks, numbered for `报名 2`."""

from __future__ import annotations

from datetime import timedelta

from handlers.bot.commands import register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import PLACE_LENGTH, TITLE_LENGTH, numbered, page, short, steps, tap, when
from services import activity_views
from services.activity_views import ActivityBrief
from wording import say

AHEAD = timedelta(days=14)
SHOWN = 8


@command("activities")
def show(chat: Chat) -> str:
    """The list; it stands for 30 minutes."""
    if not chat.bound:
        return register.how(chat)
    return listed(chat)


def listed(chat: Chat, first: str = "") -> str:
    """The list, with a sentence before it if there is one to say."""
    found = activity_views.open_near(
        volunteer_id=chat.volunteer_id, region_code=chat.speaker.region_code, at=chat.at, limit=20
    )
    soon = [each for each in found if each.starts_at <= chat.at + AHEAD]
    near = soon[:SHOWN]
    if not near:
        chat.forget("activities")
        return "\n".join(part for part in (first, say("bot.activities.none")) if part) + steps(
            "hours", "mine"
        )
    stamp = chat.remember("activities", of="activities", codes=[each.code for each in near])
    items = [_item(chat, number, each, stamp) for number, each in enumerate(near, 1)]
    head = "\n".join(part for part in (first, say("bot.activities.head")) if part)
    link = page(f"{chat.parts.public_url}/m/activities", say("bot.more_link"))
    return numbered(head, items, "", say("bot.more") + link, beyond=len(soon) > len(near))


def _item(chat: Chat, number: int, each: ActivityBrief, stamp: int) -> str:
    line = say(
        "bot.activities.line", number=number, title=short(each.title, TITLE_LENGTH),
        when=when(each.starts_at, chat.at), place=short(each.place, PLACE_LENGTH),
    )  # fmt: skip
    if each.mine:
        return line + say("bot.activities.mine")
    if each.places_left <= 0:
        return line + say("bot.activities.full")
    return line + "\n" + tap(say("bot.activities.sign_up", number=number), stamp=stamp)


def one(chat: Chat, code: str) -> str:
    """One activity that was scanned: a list of one, so that `报名 1` means it."""
    if not chat.bound:
        return register.how(chat)
    view = activity_views.view(code=code, volunteer_id=chat.volunteer_id, at=chat.at)
    stamp = chat.remember("activities", of="activities", codes=[code])
    line = say(
        "bot.activities.line", number=1, title=short(view.title, 40), when=when(view.starts_at, chat.at),
        place=short(view.place, 40),
    )  # fmt: skip
    if any(shift.mine == "confirmed" for shift in view.shifts):
        return line + say("bot.activities.mine") + steps("checkin", "mine")
    return line + "\n" + tap(say("bot.activities.sign_up", number=1), stamp=stamp) + steps("activities")
