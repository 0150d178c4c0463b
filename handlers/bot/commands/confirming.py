"""确认时长: what waits for the leader, activity by activity; he sees the names before his yes, and what is doubtful has
a page of its own."""

from __future__ import annotations

from typing import Any

from handlers.bot.commands import led
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import TITLE_LENGTH, duration, numbered, page, short, steps, tap, when
from handlers.bot.words import said
from services import leading
from services.bookkeeping import records, waiting
from services.bookkeeping.waiting import Waiting
from wording import say

#: Names that stand in one bubble.
NAMES = 20
NAME_LENGTH = 10


@command("confirm_hours")
def show(chat: Chat) -> str:
    """One activity is asked about at once, of several he taps one."""
    if not chat.bound or not leading.leads_any(actor=chat.actor, at=chat.at):
        return say("bot.confirming.not_leader") + steps("hours", "help")
    teams = led.named(chat, chat.asked.team)
    if teams.problem:
        return teams.problem
    period = chat.asked.period
    found = waiting.waiting(
        actor=chat.actor, at=chat.at, team_codes=teams.codes, start=period.start.isoformat() if period else "",
        end=period.end.isoformat() if period else "",
    )  # fmt: skip
    if not found:
        return say("bot.confirming.none_then" if period or teams.codes else "bot.confirming.none") + steps(
            "roster", "progress"
        )
    return _ask(chat, found[0]) if len(found) == 1 else _list(chat, found)


def _list(chat: Chat, found: list[Waiting]) -> str:
    stamp = chat.remember("question", about="hours_of", codes=[each.code for each in found])
    lines = [tap(str(number), _line(chat, number, each), stamp) for number, each in enumerate(found, 1)]
    rest = say("bot.confirming.more") if len(found) == waiting.SHOWN else ""
    tail = "\n" + tap(said("no"), stamp=stamp)
    return numbered(say("bot.confirming.which"), lines, tail, rest, beyond=bool(rest))


def _line(chat: Chat, number: int, each: Waiting) -> str:
    key = "line" if each.clear or each.to_look else "line_own"
    return say(
        f"bot.confirming.{key}", number=number, title=short(each.title, TITLE_LENGTH),
        when=when(each.starts_at, chat.at), count=len(each.clear),
    ) + (say("bot.confirming.line_look", count=each.to_look) if each.to_look else "")  # fmt: skip


def choose(chat: Chat, question: dict[str, Any]) -> str:
    """The number of an activity in the list that was shown."""
    number, codes = chat.asked.number or 0, question["codes"]
    if chat.outdated(question) or not 1 <= number <= len(codes):
        return say("bot.confirming.old") + steps("confirm_hours", "help")
    found = waiting.waiting(actor=chat.actor, at=chat.at, code=codes[number - 1])
    if not found:  # somebody else confirmed them meanwhile
        return say("bot.confirming.none_then") + steps("confirm_hours", "help")
    return _ask(chat, found[0])


def _ask(chat: Chat, one: Waiting) -> str:
    """Names and minutes of what is clear, and the page for the rest."""
    head = say("bot.confirming.head", title=short(one.title, 40), when=when(one.starts_at, chat.at))
    link = page(f"{chat.parts.public_url}/m/lead/{one.code}", say("bot.confirming.look_link"))
    rest = [
        say("bot.confirming.to_look", count=one.to_look, link=link) if one.to_look else "",
        say("bot.confirming.own") if one.own else "",
    ]
    if not one.clear:
        chat.forget("question")
        return "\n".join(line for line in (head, *rest) if line) + steps("confirm_hours", "roster")
    stamp = chat.remember(
        "question", about="confirm_hours", code=one.code, records=[each.record_id for each in one.clear]
    )
    names = [
        say("bot.confirming.name", name=short(each.name, NAME_LENGTH), minutes=duration(each.minutes))
        for each in one.clear[:NAMES]
    ]
    others = say("bot.confirming.others", count=len(one.clear)) if len(one.clear) > NAMES else ""
    clear = say(
        "bot.confirming.clear", count=len(one.clear), total=duration(one.minutes),
        names=say("bot.confirming.comma").join(names) + others,
    )  # fmt: skip
    question = "\n\n".join([tap(said("yes"), stamp=stamp), tap(said("no"), stamp=stamp)])
    return "\n".join(line for line in (head, clear, *rest) if line) + "\n\n" + question


def settle(chat: Chat, question: dict[str, Any]) -> str:
    """确认: exactly those that he saw."""
    chat.forget("question")
    done = records.confirm(
        actor=chat.actor, activity_code=question["code"], record_ids=question["records"], at=chat.at
    )
    key = "done_class" if done.class_minutes else "done"
    text = say(f"bot.confirming.{key}", count=done.count, total=duration(done.class_minutes or done.minutes))
    if done.skipped:
        link = page(f"{chat.parts.public_url}/m/lead/{question['code']}", say("bot.confirming.look_link"))
        text += "\n" + say("bot.confirming.skipped", count=len(done.skipped), link=link)
    return text + steps("confirm_hours", "progress")
