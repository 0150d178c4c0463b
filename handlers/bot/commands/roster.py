"""名单, 谁没到: for a leader, who is in, who has not come yet, and the page from which he calls them."""

from __future__ import annotations

from collections.abc import Callable

from clock import local_day
from handlers.bot.commands import led
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import clock_time, page, short, span, steps
from services import leading
from services.messaging import moments
from services.participation import activity_views, day
from services.participation.activity_views import LedActivity
from services.participation.roster import RosterEntry, roster
from wording import say

NAMES = 15
#: Activities of a longer time that are looked at, and links beside the answer.
MOST_ACTIVITIES, MOST_BESIDE = 20, 4


@command("roster", tells=True)
def show(chat: Chat) -> str:
    """The activity of his teams that is running, else the next one of today; of another day, where he names it."""
    return _of_day(chat, _list)


@command("missing", tells=True)
def missing(chat: Chat) -> str:
    """Who ought to be there and is not. Telephones are opened one by one on the day's page, where the audit sees it."""
    return _of_day(chat, _missing)


def _of_day(chat: Chat, answer: Callable[[Chat, LedActivity], str]) -> str:
    if not chat.bound or not leading.leads_any(actor=chat.actor, at=chat.at):
        return say("bot.roster.not_leader") + steps("help")
    teams = led.named(chat, chat.asked.team)
    if teams.problem:
        return teams.problem
    period, today = chat.asked.period, local_day(chat.at)
    other = period if period is not None and not period.holds(today) else None
    found = (
        activity_views.today(actor=chat.actor, at=chat.at)
        if other is None
        else activity_views.between(
            actor=chat.actor, first=other.start, until=other.end, at=chat.at, limit=MOST_ACTIVITIES
        )
    )
    live = [each for each in found if each.phase not in ("draft", "cancelled")]
    if teams.codes:
        live = [each for each in live if each.team_code in teams.codes]
    running = [each for each in live if each.starts_at <= chat.at <= each.ends_at]
    coming = [each for each in live if each.starts_at > chat.at]
    chosen = next(iter(running or coming or live[-1:]), None)
    if chosen is None and other is not None:
        return say("bot.roster.none_then", span=span(other, chat.at)) + steps("roster", "help")
    if chosen is None:
        return say("bot.roster.none") + steps("activities", "help")
    others = [each for each in live if each.code != chosen.code]
    beside = _beside(chat, others, other is None) if others else ""
    return answer(chat, chosen) + beside + steps("roster", "missing", "confirm_hours")


def _beside(chat: Chat, others: list[LedActivity], today: bool) -> str:
    """The other activities of the day, all of them on one page; those of another day one by one."""
    if today:
        return say("bot.roster.beside", count=len(others), link=_page(chat, "", "bot.roster.beside_link"))
    lines = [
        say("bot.roster.beside_one", link=page(
            f"{chat.parts.public_url}/m/lead/{each.code}",
            say("bot.roster.beside_title", title=short(each.title, 20), when=moments.when(each.starts_at)),
        ))
        for each in others[::-1][:MOST_BESIDE]
    ]  # fmt: skip
    return say("bot.roster.beside_then") + "".join(lines)


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
    if chosen.starts_at > chat.at and local_day(chosen.starts_at) > local_day(chat.at):
        return _to_come(chat, chosen, told.entries)
    head = say(
        "bot.roster.head", title=_title(chat, chosen), inside=len(groups["inside"]),
        left=len(groups["left"]) + len(groups["to_name"]), expected=len(groups["expected"]),
    )  # fmt: skip
    lines = [_line(key, groups[key]) for key in ("inside", "expected", "to_name") if groups[key]]
    return "\n".join([head, *lines])


def _missing(chat: Chat, chosen: LedActivity) -> str:
    told = day.day(parts=chat.parts, actor=chat.actor, activity_code=chosen.code, at=chat.at)
    over = chosen.phase == "over"
    head = say("bot.missing.head", title=short(chosen.title, 40), clock=_clock(chat, chosen))
    groups = {"over" if over else "due": told.due, "coming": told.coming, "away": told.away}
    lines = [
        say(f"bot.missing.{key}", count=len(people), names=_names(people)) for key, people in groups.items() if people
    ]
    if not told.due and (told.coming or not told.away):
        lines.insert(0, say("bot.missing.nobody_late" if told.coming else "bot.missing.nobody"))
    if told.due or told.coming:
        lines.append(say("bot.missing.call", link=_page(chat, chosen.code, "bot.missing.call_link")))
    return "\n".join([head, *lines])


def _title(chat: Chat, chosen: LedActivity) -> str:
    """Its name; of another day with the day."""
    if local_day(chosen.starts_at) == local_day(chat.at):
        return short(chosen.title, 40)
    return say("bot.roster.beside_title", title=short(chosen.title, 40), when=moments.when(chosen.starts_at))


def _clock(chat: Chat, chosen: LedActivity) -> str:
    same = local_day(chosen.starts_at) == local_day(chat.at)
    return clock_time(chosen.starts_at) if same else moments.when(chosen.starts_at)


def _to_come(chat: Chat, chosen: LedActivity, entries: list[RosterEntry]) -> str:
    """Before the day nobody is missing: who signed up, and who of them said that he comes."""
    groups = {
        "coming": [each for each in entries if each.coming], "silent": [each for each in entries if not each.coming]
    }  # fmt: skip
    head = say(
        "bot.roster.signed_up", title=_title(chat, chosen), count=len(entries), coming=len(groups["coming"])
    )  # fmt: skip
    return "\n".join([head, *(_line(key, people) for key, people in groups.items() if people)])


def _line(key: str, people: list[RosterEntry]) -> str:
    return say(f"bot.roster.{key}", names=_names(people))


def _names(people: list[RosterEntry]) -> str:
    names = [short(each.name, 10) for each in people[:NAMES]]
    if len(people) > NAMES:
        names.append(say("bot.roster.others", count=len(people)))
    return say("bot.roster.comma").join(names)
