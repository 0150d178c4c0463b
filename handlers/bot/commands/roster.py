"""名单, 谁没到: for a leader, who is in, who has not come yet, and the page from which he calls them."""

from __future__ import annotations

from collections.abc import Callable

from clock import local_day
from handlers.bot.commands import led
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import clock_time, page, short, steps
from services import leading
from services.participation import activity_views, day
from services.participation.activity_views import LedActivity
from services.participation.roster import RosterEntry, roster
from wording import say

NAMES = 15


@command("roster", tells=True)
def show(chat: Chat) -> str:
    """The activity of his teams that is running, else the next one of today."""
    return _of_today(chat, _list)


@command("missing", tells=True)
def missing(chat: Chat) -> str:
    """Who ought to be there and is not. Telephones are opened one by one on the day's page, where the audit sees it."""
    return _of_today(chat, _missing)


def _of_today(chat: Chat, answer: Callable[[Chat, LedActivity], str]) -> str:
    if not chat.bound or not leading.leads_any(actor=chat.actor, at=chat.at):
        return say("bot.roster.not_leader") + steps("help")
    period = chat.asked.period
    if period is not None and not period.holds(local_day(chat.at)):
        link = page(f"{chat.parts.public_url}/m/lead", say("bot.roster.beside_link"))
        return say("bot.roster.only_today", link=link) + steps("roster", "help")
    teams = led.named(chat, chat.asked.team)
    if teams.problem:
        return teams.problem
    today = sorted(activity_views.today(actor=chat.actor, at=chat.at), key=lambda each: each.starts_at)
    live = [each for each in today if each.phase not in ("draft", "cancelled")]
    if teams.codes:
        live = [each for each in live if each.team_code in teams.codes]
    running = [each for each in live if each.starts_at <= chat.at <= each.ends_at]
    coming = [each for each in live if each.starts_at > chat.at]
    chosen = next(iter(running or coming or live[-1:]), None)
    if chosen is None:
        return say("bot.roster.none") + steps("activities", "help")
    others = [each for each in live if each.code != chosen.code]
    link = _page(chat, "", "bot.roster.beside_link")
    beside = say("bot.roster.beside", count=len(others), link=link) if others else ""
    return answer(chat, chosen) + beside + steps("roster", "missing", "confirm_hours")


def _page(chat: Chat, code: str, label: str) -> str:
    return page(f"{chat.parts.public_url}/m/lead{'/' + code if code else ''}", say(label))


def _list(chat: Chat, chosen: LedActivity) -> str:
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
    return "\n".join([head, *lines])


def _missing(chat: Chat, chosen: LedActivity) -> str:
    told = day.day(parts=chat.parts, actor=chat.actor, activity_code=chosen.code, at=chat.at)
    head = say("bot.missing.head", title=short(chosen.title, 40), clock=clock_time(chosen.starts_at))
    groups = {"due": told.due, "coming": told.coming, "away": told.away}
    lines = [
        say(f"bot.missing.{key}", count=len(people), names=_names(people)) for key, people in groups.items() if people
    ]
    if not told.due:
        lines.insert(0, say("bot.missing.nobody_late" if told.coming else "bot.missing.nobody"))
    if told.due or told.coming:
        lines.append(say("bot.missing.call", link=_page(chat, chosen.code, "bot.missing.call_link")))
    return "\n".join([head, *lines])


def _line(key: str, people: list[RosterEntry]) -> str:
    return say(f"bot.roster.{key}", names=_names(people))


def _names(people: list[RosterEntry]) -> str:
    names = [short(each.name, 10) for each in people[:NAMES]]
    if len(people) > NAMES:
        names.append(say("bot.roster.others", count=len(people)))
    return say("bot.roster.comma").join(names)
