"""时长: total, this year, this month, what waits for the leader, and how far the next star is."""

from __future__ import annotations

from handlers.bot.commands import register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import duration, number_word, steps
from services.bookkeeping import hours
from services.bookkeeping.hours import HoursSummary
from wording import say


@command("hours", tells=True)
def show(chat: Chat) -> str:
    """All from kept totals: two statements, however much he has served (design §2)."""
    if not chat.bound:
        return register.how(chat)
    summary = hours.summary(volunteer_id=chat.volunteer_id, at=chat.at)
    lines = [
        say("bot.hours.head", name=summary.name),
        say(
            "bot.hours.lines", total=duration(summary.total), year=duration(summary.year),
            month=duration(summary.month),
        ),
        say("bot.hours.transferred", transferred=duration(summary.transferred)) if summary.transferred else "",
        say("bot.hours.supplement", supplement=duration(summary.supplement)) if summary.supplement else "",
        say("bot.hours.pending", pending=duration(summary.pending)) if summary.pending else "",
        _star(summary),
    ]  # fmt: skip
    return "\n".join(line for line in lines if line) + steps("points", "mine", "activities")


def _star(summary: HoursSummary) -> str:
    if summary.to_next is None or summary.next_star is None:
        return say("bot.hours.top", stars=number_word(summary.stars))
    key = "starred" if summary.stars else "next"
    return say(
        f"bot.hours.{key}", stars=number_word(summary.stars), star=number_word(summary.next_star),
        to_next=duration(summary.to_next),
    )  # fmt: skip
