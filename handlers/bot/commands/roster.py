"""名单: for a leader, who is in and who has not come yet."""

from __future__ import annotations

from clock import local_day
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import page, short, steps
from services import leading
from services.participation import activity_views
from services.participation.roster import RosterEntry, roster
from wording import say

NAMES = 15


@command("roster", tells=True)
def show(chat: Chat) -> str:
    """The activity of his teams that is running, else the next one of today."""
    if not chat.bound or not leading.leads_any(actor=chat.actor, at=chat.at):
        return say("bot.roster.not_leader") + steps("help")
    period = chat.asked.period
    if period is not None and not period.holds(local_day(chat.at)):
        link = page(f"{chat.parts.public_url}/m/lead", say("bot.on_pages.confirm_hours_link"))
        return say("bot.roster.only_today", link=link) + steps("roster", "help")
    today = sorted(activity_views.today(actor=chat.actor, at=chat.at), key=lambda each: each.starts_at)
    running = [each for each in today if each.starts_at <= chat.at <= each.ends_at]
    coming = [each for each in today if each.starts_at > chat.at]
    chosen = next(iter(running or coming or today[-1:]), None)
    if chosen is None:
        return say("bot.roster.none") + steps("activities", "help")
    told = roster(actor=chat.actor, activity_code=chosen.code, at=chat.at)
    groups = {
        "inside": [each for each in told.entries if each.state in ("inside", "forgotten")],
        "expected": [each for each in told.entries if each.state == "expected"],
        "left": [each for each in told.entries if each.state in ("left", "confirmed")],
        "to_name": [each for each in told.entries if each.state == "to_name"],
    }
    head = say(
        "bot.roster.head", title=short(told.title, 40), inside=len(groups["inside"]),
        left=len(groups["left"]) + len(groups["to_name"]), expected=len(groups["expected"]),
    )  # fmt: skip
    lines = [_line(key, groups[key]) for key in ("inside", "expected", "to_name") if groups[key]]
    return "\n".join([head, *lines]) + steps("roster", "progress")


def _line(key: str, people: list[RosterEntry]) -> str:
    names = [short(each.name, 10) for each in people[:NAMES]]
    if len(people) > NAMES:
        names.append(say("bot.roster.others", count=len(people)))
    return say(f"bot.roster.{key}", names=say("bot.roster.comma").join(names))
