"""确认名额, 取消 2, 不能来 <原因>: saying yes or no to a place one has, waits for or is offered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from handlers.bot.commands import choosing, dispatch_call, leaving, mine, register
from handlers.bot.commands.signup import once_more, risk_of
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import short, steps, tap, when
from handlers.bot.words import said
from services.errors import Refusal, RefusalCode
from services.participation import activity_views, signups
from services.participation.activity_views import MySignup, ShiftView
from services.participation.shift_views import LIVE
from wording import entry, say


@command("claim_place")
def claim(chat: Chat) -> str:
    """Yes to a call that waits for him; else to the place that is offered, by its number in 我的活动, or to the only
    one. Who has not seen the safety notice as it is now (an invitation, a changed notice) sees it first."""
    if not chat.bound:
        return register.how(chat)
    if chat.asked.number is None and (called := dispatch_call.yes(chat)):
        return called
    offers = [each for each in mine.coming(chat, ("offered",)) if each.offer_until and each.offer_until > chat.at]
    topic, number = chat.topic("signups"), chat.asked.number
    if number is not None and topic is not None and not chat.outdated(topic):
        codes = topic["codes"]
        wanted = codes[number - 1] if 1 <= number <= len(codes) else ""
        offers = [each for each in offers if each.shift_code == wanted]
    if len(offers) != 1:
        if not offers:
            return say("bot.claimed.none") + steps("mine", "activities")
        return mine.listed(chat, say("bot.claimed.which"))
    question = chat.topic("question")
    if question is not None and question["about"] == "claim" and question["shift"] == offers[0].shift_code:
        return settle(chat, question)
    return _take(chat, offers[0])


def _take(chat: Chat, offer: MySignup) -> str:
    view = activity_views.view(code=offer.activity_code, volunteer_id=chat.volunteer_id, at=chat.at)
    shift: ShiftView = next(each for each in view.shifts if each.code == offer.shift_code)
    chat.remember("question", about="claim", shift=shift.code, code=view.code)
    if not shift.invited and not shift.risk_changed:
        return settle(chat, {"about": "claim", "shift": shift.code, "code": view.code})
    text = say(
        "bot.claimed.ask", title=short(view.title, 40), when=when(shift.starts_at, chat.at),
        place=short(view.place, 40), risk=risk_of(chat, view),
    )  # fmt: skip
    return text + "\n\n" + tap(said("claim_place")) + steps("mine")


def settle(chat: Chat, question: dict[str, Any]) -> str:
    """Claim what the question was about."""
    try:
        done = signups.claim(
            actor=chat.actor, shift_code=question["shift"], risk_accepted=True, at=chat.at,
            load_accepted=bool(question.get("load")),
        )  # fmt: skip
    except Refusal as refusal:
        return once_more(chat, question, refusal)
    chat.forget("question")
    text = say(
        "bot.signup.done", title=short(done.title, 40), when=when(done.starts_at, chat.at),
        place=short(done.place, 40),
    )  # fmt: skip
    return text + steps("checkin", "mine")


@command("cancel_signup")
def cancel(chat: Chat) -> str:
    """No to a call that waits for him; else leave a sign-up by its number in the list seen last, his own or the open
    one; alone it asks which."""
    asked = chat.asked
    bare = asked.number is None and asked.period is None and not asked.activity
    if bare and (called := dispatch_call.no(chat)):
        return called
    if bare and leaving.in_the_middle(chat):
        return leaving.leave(chat)
    if not chat.bound:
        return register.how(chat)
    number = asked.number
    if number is None:
        return mine.listed(chat, say("bot.cancelled.head"), chat.asked, to_cancel=True)
    if asked.period is not None:  # 2号那个: the number in the list, or the day
        text = _by_day(chat)
        if text:
            return text
        number = chat.asked.number or number
    own, open_list = chat.topic("signups"), chat.topic("activities")
    shown = [topic for topic in (own, open_list) if topic is not None]
    fitting = [topic for topic in shown if not chat.outdated(topic)]
    if not fitting:
        return mine.listed(chat, say("bot.cancelled.old" if shown else "bot.cancelled.head"), to_cancel=True)
    topic = max(fitting, key=lambda each: int(each["until"]))
    shift_code = _to_cancel(chat, topic, number)
    if shift_code is None:
        return mine.listed(chat, say("bot.activities.no_number", number=number), to_cancel=True)
    return _cancel(chat, shift_code, "")


def _by_day(chat: Chat) -> str:
    """Which of both 2号 means, by the list that was seen last; "" where the number is meant and shown."""
    lists = [topic for topic in (chat.topic("signups"), chat.topic("activities")) if topic is not None]
    if not lists:
        return mine.listed(chat, say("bot.cancelled.head"), chat.asked, to_cancel=True)
    newest = max(lists, key=lambda each: int(each["until"]))
    fitting = choosing.places(chat.asked, newest)
    if len(fitting) == 1:
        chat.asked = replace(chat.asked, number=fitting[0])
        return ""
    return mine.listed(chat, say("bot.cancelled.head"), chat.asked, to_cancel=True)


@command("cancel_because")
def because(chat: Chat) -> str:
    """The reason that was asked for: `不能来 家里有事`."""
    question = chat.topic("question")
    if question is not None and question["about"] == dispatch_call.WHY and chat.asked.text:
        return dispatch_call.why(chat, question)
    if not chat.bound or question is None or question["about"] != "cancel":
        return cancel(chat)
    if not chat.asked.text:
        return _ask_why()
    return _cancel(chat, question["shift"], chat.asked.text)


def _cancel(chat: Chat, shift_code: str, reason: str) -> str:
    try:
        done = signups.cancel(actor=chat.actor, shift_code=shift_code, reason=reason, at=chat.at)
    except Refusal as refusal:
        if refusal.code is not RefusalCode.REASON_REQUIRED:
            raise
        chat.remember("question", about="cancel", shift=shift_code)
        return _ask_why()
    chat.forget("question")
    key = "done_late" if done.late else "done"
    text = say(f"bot.cancelled.{key}", title=short(done.title, 40), when=when(done.starts_at, chat.at))
    return text + steps("activities", "mine")


def _ask_why() -> str:
    word = said("cancel_because")
    lines = [tap(f"{word}:{each}", each) for each in entry("bot.cancelled.reasons")]
    return "\n".join([say("bot.cancelled.why", word=word), *lines])


def _to_cancel(chat: Chat, topic: dict[str, Any], number: int) -> str | None:
    """The shift behind a number of either list; None where he is not signed up."""
    codes: list[str] = topic["codes"]
    if not 1 <= number <= len(codes):
        return None
    if topic["of"] == "shifts":
        return codes[number - 1]
    view = activity_views.view(code=codes[number - 1], volunteer_id=chat.volunteer_id, at=chat.at)
    return next((shift.code for shift in view.shifts if shift.mine in LIVE), None)
