"""What a scan came to, as the chat says it: the same words for a code, a scene and six digits."""

from __future__ import annotations

from handlers.bot.context import Chat
from handlers.bot.saying import clock_time, duration, short, steps
from services.participation.attendance import Scanned
from wording import say


def scanned(chat: Chat, done: Scanned) -> str:
    """What a scan came to, and what comes next."""
    moment = done.in_at if done.direction == "in" else (done.out_at or chat.at)
    learnt = "_class" if done.direction == "out" and done.class_minutes is not None else ""
    text = say(
        f"bot.scan.{done.direction}_{done.outcome}{learnt}", title=short(done.title, 40), clock=clock_time(moment),
        until=clock_time(done.check_out_until), minutes=duration(done.class_minutes or done.minutes),
    )  # fmt: skip
    if done.needs_naming:
        text += "\n" + say("bot.scan.naming")
    return text + (steps("hours", "mine") if done.direction == "out" else steps("checkin", "hours"))
