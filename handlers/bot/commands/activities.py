"""活动: what is open near the person in the next two weeks, or in a period and of a team that he named, numbered for
`报名 2`.

A stranger reads what is open to everybody, and how to register: whoever signs up has looked around first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from clock import local_day
from handlers.bot.commands import register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import PLACE_LENGTH, TITLE_LENGTH, numbered, page, short, spans, steps, tap, when
from handlers.bot.understanding import teams as names
from services import regions
from services.participation import activity_views
from services.participation.activity_views import ActivityBrief
from services.participation.shift_views import LIVE
from wording import say


class Listed(Protocol):
    """What a numbered list says of each: an activity, or a session of a training."""

    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def my_word(self) -> str: ...
    @property
    def places_left(self) -> int: ...


AHEAD = timedelta(days=14)
SHOWN = 8
#: With the three ways to register under it a longer list does not fit.
SHOWN_TO_STRANGERS = 5
FOR_EVERYBODY = "everyone"


@command("activities", tells=True)
def show(chat: Chat) -> str:
    """The list; it stands for 30 minutes."""
    if not chat.bound:
        return for_strangers(chat)
    asked = chat.asked
    if asked.period is None and not asked.team:
        return listed(chat)
    found = among_all(chat)
    if asked.period is not None:
        found = [each for each in found if asked.means(local_day(each.starts_at))]
    if asked.team:
        fitting = set(names.fitting(asked.team, [(each.team_name, each.team_short_name) for each in found]))
        found = [each for place, each in enumerate(found) if place in fitting]
    facts = {
        "span": spans(asked.periods, chat.at) if asked.periods else say("bot.activities.lately"),
        "team": say("bot.activities.of_team", team=short(asked.team, TITLE_LENGTH)) if asked.team else "",
    }
    if found:
        return shown(chat, found, say("bot.activities.head_span", **facts))
    return say("bot.activities.none_span", **facts) + steps("activities", "mine")


def among_all(chat: Chat) -> list[ActivityBrief]:
    """What is open to him, however far ahead: a page of it."""
    return activity_views.open_near(
        volunteer_id=chat.volunteer_id, region_code=chat.speaker.region_code, at=chat.at, limit=activity_views.PAGE
    )


def for_strangers(chat: Chat) -> str:
    """What is open to everybody, wherever it is: nobody knows yet where he lives. Nothing of it is kept."""
    found = activity_views.open_near(
        volunteer_id=None, region_code=regions.widest(), at=chat.at, limit=SHOWN_TO_STRANGERS + 1
    )
    soon = [each for each in found if each.starts_at <= chat.at + AHEAD]
    how = register.how(chat)
    if not soon:
        return how
    items = [_line(chat, number, each) for number, each in enumerate(soon[:SHOWN_TO_STRANGERS], 1)]
    rest = "" if len(soon) <= SHOWN_TO_STRANGERS else say("bot.more") + _all_of_them(chat)
    return numbered(say("bot.activities.head_open"), items, "\n\n" + how, rest, beyond=bool(rest))


def listed(chat: Chat, first: str = "") -> str:
    """The list, with a sentence before it if there is one to say."""
    found = activity_views.open_near(
        volunteer_id=chat.volunteer_id, region_code=chat.speaker.region_code, at=chat.at, limit=20
    )
    soon = [each for each in found if each.starts_at <= chat.at + AHEAD]
    if not soon:
        chat.forget("activities")
        return "\n".join(part for part in (first, say("bot.activities.none")) if part) + steps(
            "hours", "mine"
        )
    return shown(chat, soon, "\n".join(part for part in (first, say("bot.activities.head")) if part))


def shown(chat: Chat, found: list[ActivityBrief], head: str) -> str:
    """The first of these under a sentence, kept with their days and titles: 2号那个 may mean either."""
    near = found[:SHOWN]
    stamp = keep(chat, near)
    items = [item(chat, number, each, stamp) for number, each in enumerate(near, 1)]
    return numbered(head, items, "", say("bot.more") + _all_of_them(chat), beyond=len(found) > len(near))


def keep(chat: Chat, shown: Sequence[Listed]) -> int:
    """Remember what was shown, in its order; the stamp of the list."""
    return chat.remember(
        "activities", of="activities", codes=[each.code for each in shown],
        days=[local_day(each.starts_at).isoformat() for each in shown],
        titles=[short(each.title, TITLE_LENGTH) for each in shown],
    )  # fmt: skip


def _all_of_them(chat: Chat) -> str:
    return page(f"{chat.parts.public_url}/m/activities", say("bot.more_link"))


def _line(chat: Chat, number: int, each: Listed) -> str:
    line = say(
        "bot.activities.line", number=number, title=short(each.title, TITLE_LENGTH),
        when=when(each.starts_at, chat.at), place=short(each.place, PLACE_LENGTH),
    )  # fmt: skip
    if each.my_word:
        return line + say("bot.activities.mine", word=each.my_word)
    return line + say("bot.activities.full") if each.places_left <= 0 else line


def item(chat: Chat, number: int, each: Listed, stamp: int) -> str:
    """One of the numbered list that `stamp` stands for, with a line to sign up."""
    line = _line(chat, number, each)
    if each.my_word:
        return line
    label = "" if each.places_left > 0 else say("bot.activities.queue")
    return line + "\n" + tap(say("bot.activities.sign_up", number=number), label, stamp)


def one(chat: Chat, code: str) -> str:
    """One activity that was scanned: a list of one, so that `报名 1` means it. A stranger reads it, too."""
    view = activity_views.view(code=code, volunteer_id=chat.speaker.volunteer_id, at=chat.at)
    if not chat.bound and view.openness != FOR_EVERYBODY:
        return register.how(chat)
    line = say(
        "bot.activities.line", number=1, title=short(view.title, 40), when=when(view.starts_at, chat.at),
        place=short(view.place, 40),
    )  # fmt: skip
    if not chat.bound:
        return line + "\n\n" + register.how(chat)
    stamp = chat.remember(
        "activities", of="activities", codes=[code], days=[local_day(view.starts_at).isoformat()],
        titles=[short(view.title, TITLE_LENGTH)],
    )  # fmt: skip
    stands = next((shift for shift in view.shifts if shift.mine in LIVE), None)
    if stands is not None:
        line += say("bot.activities.mine", word=stands.word)
        return line + steps(*(("checkin", "mine") if stands.mine == "confirmed" else ("mine",)))
    return line + "\n" + tap(say("bot.activities.sign_up", number=1), stamp=stamp) + steps("activities")
