"""离线签到: for a leader, a one-time link that puts the list on a phone without a network."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import clock_time, short, steps
from services import leading
from services.participation import activity_views, kits
from services.participation.activity_views import LedActivity
from wording import say


@command("offline")
def give(chat: Chat) -> str:
    """The activity of his teams that is running, else the next one that he leads."""
    if not chat.bound or not leading.led_teams(actor=chat.actor, at=chat.at):
        return say("bot.offline.not_leader") + steps("checkin", "help")
    chosen = _chosen(activity_views.today(actor=chat.actor, at=chat.at), chat.at)
    if chosen is None:
        return say("bot.offline.none") + steps("activities", "help")
    link = kits.issue(parts=chat.parts, actor=chat.actor, activity_code=chosen.code, at=chat.at)
    text = say(
        "bot.offline.link", title=short(chosen.title, 40), url=link.url, until=clock_time(link.link_until)
    )
    return text + steps("roster", "help")


def _chosen(today: list[LedActivity], at: datetime) -> LedActivity | None:
    live = [each for each in today if each.state not in ("draft", "cancelled")]
    ordered = sorted(live, key=lambda each: each.starts_at)
    running = [each for each in ordered if each.starts_at <= at <= each.ends_at + timedelta(hours=2)]
    coming = [each for each in ordered if each.starts_at > at]
    return next(iter(running or coming or ordered[-1:]), None)
