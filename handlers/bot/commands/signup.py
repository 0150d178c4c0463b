"""报名 2, 确认报名 2, 取消 2: places in the list that was shown. The risk notice comes before the yes."""

from __future__ import annotations

from typing import Any

from handlers.bot.commands import activities, mine, register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import numbered, short, steps, tap, when
from services.participation import activity_views, signups
from services.participation.activity_views import ActivityView, ShiftView
from wording import say

RISK_LENGTH = 200


@command("signup")
def ask(chat: Chat) -> str:
    """Show what he would sign up for and the risk notice; `确认报名` follows."""
    found = _chosen(chat)
    return found if isinstance(found, str) else _question(chat, *found)


@command("confirm_signup")
def confirm(chat: Chat) -> str:
    """The yes to the risk notice; whoever has not seen it sees it first."""
    if not chat.bound:
        return register.how(chat)
    question = chat.topic("question")
    about_signup = question is not None and question["about"] == "signup"
    if chat.asked.number is None:
        return settle(chat, question) if question is not None and about_signup else activities.show(chat)
    found = _chosen(chat)
    if isinstance(found, str):
        return found
    if question is not None and about_signup and question["shift"] == found[1].code:
        return settle(chat, question)
    return _question(chat, *found)


def settle(chat: Chat, question: dict[str, Any]) -> str:
    """Sign up for what the question was about."""
    done = signups.sign_up(
        actor=chat.actor, shift_code=question["shift"], risk_accepted=True, channel="bot", at=chat.at
    )
    chat.forget("question")
    text = say(
        "bot.signup.done", title=short(done.title, 40), when=when(done.starts_at, chat.at),
        place=short(done.place, 40),
    )  # fmt: skip
    return text + steps("checkin", "mine")


def _chosen(chat: Chat) -> tuple[ActivityView, ShiftView] | str:
    """The activity and shift that a number means, or what to say instead."""
    if not chat.bound:
        return register.how(chat)
    topic, number = chat.topic("activities"), chat.asked.number
    if topic is None or number is None:
        return activities.listed(chat, say("bot.activities.no_list"))
    if chat.outdated(topic):
        return activities.listed(chat, say("bot.activities.old_list"))
    if not 1 <= number <= len(topic["codes"]):
        return activities.listed(chat, say("bot.activities.no_number", number=number))
    view = activity_views.view(code=topic["codes"][number - 1], volunteer_id=chat.volunteer_id, at=chat.at)
    mine_already = next((shift for shift in view.shifts if shift.mine == "confirmed"), None)
    if mine_already is not None:
        text = say(
            "bot.signup.already", title=short(view.title, 40), when=when(mine_already.starts_at, chat.at),
            place=short(view.place, 40),
        )  # fmt: skip
        return text + steps("checkin", "mine")
    return _shift(chat, view, number, int(topic["stamp"]))


def _shift(chat: Chat, view: ActivityView, number: int, stamp: int) -> tuple[ActivityView, ShiftView] | str:
    """The shift: the only one, the one named by `报名 2.1`, or a list of them."""
    part = chat.asked.part
    if not view.shifts:
        return say("bot.signup.over", title=short(view.title, 40)) + steps("activities")
    if len(view.shifts) == 1:
        return view, view.shifts[0]
    if part is not None and 1 <= part <= len(view.shifts):
        return view, view.shifts[part - 1]
    lines = [
        tap(
            f"{say('bot.activities.sign_up', number=number)}.{place}",
            f"{place}. "
            + say(
                "bot.signup.which_line",
                position=short(shift.position, 12),
                when=when(shift.starts_at, chat.at),
            ),
            stamp,
        )
        for place, shift in enumerate(view.shifts, 1)
        if shift.taken < shift.quota
    ]
    if not lines:
        return say("bot.signup.over", title=short(view.title, 40)) + steps("activities")
    return numbered(say("bot.signup.which", title=short(view.title, 40)), lines, "", "")


def _question(chat: Chat, view: ActivityView, shift: ShiftView) -> str:
    topic = chat.topic("activities")
    stamp = int(topic["stamp"]) if topic is not None else 1
    chat.remember("question", about="signup", shift=shift.code)
    several = len(view.shifts) > 1
    position = say("bot.signup.position", position=short(shift.position, 12)) if several else ""
    text = say(
        "bot.signup.ask", title=short(view.title, 40), when=when(shift.starts_at, chat.at), position=position,
        place=short(view.place, 40), risk=short(view.risk_notice, RISK_LENGTH),
    )  # fmt: skip
    key = "confirm_part" if several else "confirm"
    content = say(f"bot.signup.{key}", number=chat.asked.number, part=view.shifts.index(shift) + 1)
    return "\n\n".join([text, tap(content, stamp=stamp)]) + steps("activities")


@command("cancel_signup")
def cancel(chat: Chat) -> str:
    """Leave a sign-up by its number in the list seen last, his own or the open one; alone it asks which."""
    if not chat.bound:
        return register.how(chat)
    number = chat.asked.number
    if number is None:
        if chat.topic("question") is not None:
            chat.forget("question")
            return say("bot.notice.dropped") + steps("help")
        return mine.listed(chat, say("bot.cancelled.head"))
    own, open_list = chat.topic("signups"), chat.topic("activities")
    shown = [topic for topic in (own, open_list) if topic is not None]
    fitting = [topic for topic in shown if not chat.outdated(topic)]
    if not fitting:
        return mine.listed(chat, say("bot.cancelled.old") if shown else say("bot.cancelled.head"))
    topic = max(fitting, key=lambda each: int(each["until"]))
    shift_code = _to_cancel(chat, topic, number)
    if shift_code is None:
        return mine.listed(chat, say("bot.activities.no_number", number=number))
    done = signups.cancel(actor=chat.actor, shift_code=shift_code, at=chat.at)
    text = say("bot.cancelled.done", title=short(done.title, 40), when=when(done.starts_at, chat.at))
    return text + steps("activities", "mine")


def _to_cancel(chat: Chat, topic: dict[str, Any], number: int) -> str | None:
    """The shift behind a number of either list; None where he is not signed up."""
    codes: list[str] = topic["codes"]
    if not 1 <= number <= len(codes):
        return None
    if topic["of"] == "shifts":
        return codes[number - 1]
    view = activity_views.view(code=codes[number - 1], volunteer_id=chat.volunteer_id, at=chat.at)
    return next((shift.code for shift in view.shifts if shift.mine == "confirmed"), None)
