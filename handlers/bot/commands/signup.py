"""报名 2, 确认报名 2: places in the list that was shown. The risk notice comes before the yes; where it is full the
yes is one to the queue. What comes after it (确认名额, 取消) is in `places`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from clock import local_day
from handlers.bot.commands import activities, choosing, register, switches
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import numbered, page, short, spans, steps, tap, when
from handlers.bot.words import said
from services.errors import Refusal, RefusalCode
from services.participation import activity_views, signups, similar
from services.participation.activity_views import ActivityView, ShiftView
from services.participation.shift_views import LIVE
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
    """Sign up for what the question was about. What needs one more yes (the queue, a long day) is asked for."""
    try:
        done = signups.sign_up(
            actor=chat.actor, shift_code=question["shift"], risk_accepted=True, channel="bot", at=chat.at,
            queue=bool(question.get("queue")), load_accepted=bool(question.get("load")),
        )  # fmt: skip
    except Refusal as refusal:
        return once_more(chat, question, refusal)
    chat.forget("question")
    card = say("bot.signup.card", title=short(done.title, 20), when=when(done.starts_at, chat.at))
    chat.card = (f"/m/activities/{done.activity_code}", card)
    text = say(
        f"bot.signup.{ANSWERS[done.state]}", title=short(done.title, 40), when=when(done.starts_at, chat.at),
        place=short(done.place, 40), in_line=done.in_line,
    )  # fmt: skip
    if done.state == "waitlisted":
        text += _others(chat, done.activity_code)
    next_steps = ("checkin", "mine") if done.state == "confirmed" else ("mine", "activities")
    return text + switches.warning(chat) + steps(*next_steps)


def _others(chat: Chat, code: str) -> str:
    """What else is open while he waits (U1), to sign up by a tap; "" if nothing is."""
    found = similar.similar(
        code=code, volunteer_id=chat.volunteer_id, region_code=chat.speaker.region_code, at=chat.at
    )
    if not found:
        return ""
    stamp = activities.keep(chat, found)
    items = [activities.item(chat, number, each, stamp) for number, each in enumerate(found, 1)]
    return "\n\n" + "\n".join([say("bot.signup.similar"), *items])


#: What is said after each outcome of a sign-up.
ANSWERS = {"confirmed": "done", "waitlisted": "queued", "pending": "asked"}


def once_more(chat: Chat, question: dict[str, Any], refusal: Refusal) -> str:
    """A "no" that becomes a yes when the person says so; every other one goes on."""
    more = {RefusalCode.SHIFT_FULL: "queue", RefusalCode.LOAD_WARNING: "load"}.get(refusal.code)
    kept = {name: value for name, value in question.items() if name not in ("stamp", "until")}
    if refusal.code is RefusalCode.AGREEMENT_REQUIRED:
        return say("bot.signup.agreement") + "\n" + opens(chat, question["code"], "bot.signup.agreement_link")
    if more is None:
        raise refusal
    chat.remember("question", **(kept | {more: True}))
    facts = {} if more == "queue" else {"why": refusal.facts["why"]}
    return say(f"bot.signup.ask_{more}", **facts) + "\n\n" + tap(said("yes")) + steps("activities")


def opens(chat: Chat, code: str, label: str) -> str:
    """A line that opens the activity's page."""
    return page(f"{chat.parts.public_url}/m/activities/{code}", say(label))


def risk_of(chat: Chat, view: ActivityView) -> str:
    """The safety notice; where it is too long for the chat, its beginning and a line to the whole."""
    whole = " ".join(view.risk_notice.split())
    text = short(whole, RISK_LENGTH)
    return text if len(whole) <= RISK_LENGTH else text + "\n" + opens(chat, view.code, "bot.signup.risk_link")


def _chosen(chat: Chat) -> tuple[ActivityView, ShiftView] | str:
    """The activity and shift that a number, a day or a name means, or what to say instead."""
    if not chat.bound:
        return register.how(chat)
    if chat.asked.period is not None or chat.asked.activity:
        text = _narrowed(chat)
        if text:
            return text
    topic, number = chat.topic("activities"), chat.asked.number
    if topic is None or number is None:
        return activities.listed(chat, say("bot.activities.no_list"))
    if chat.outdated(topic):
        return activities.listed(chat, say("bot.activities.old_list"))
    if not 1 <= number <= len(topic["codes"]):
        return activities.listed(chat, say("bot.activities.no_number", number=number))
    view = activity_views.view(code=topic["codes"][number - 1], volunteer_id=chat.volunteer_id, at=chat.at)
    mine_already = next((shift for shift in view.shifts if shift.mine in LIVE), None)
    if mine_already is not None:
        text = say(
            "bot.signup.already", title=short(view.title, 40), when=when(mine_already.starts_at, chat.at),
            place=short(view.place, 40), word=mine_already.word,
        )  # fmt: skip
        return text + steps(*(("checkin", "mine") if mine_already.mine == "confirmed" else ("mine",)))
    return _shift(chat, view, number, int(topic["stamp"]))


def _narrowed(chat: Chat) -> str:
    """Settle a day, a name or 2号 to a number of the list that stands; the list of what fits where that is not one,
    with "" the way is free."""
    asked, topic = chat.asked, chat.topic("activities")
    fitting = choosing.places(asked, topic) if topic is not None else []
    if topic is not None and len(fitting) == 1:
        chat.asked = replace(asked, number=fitting[0])
        return ""
    if topic is not None and fitting:
        lines = [
            tap(say("bot.activities.sign_up", number=place), f"{place}. {topic['titles'][place - 1]}", topic["stamp"])
            for place in fitting
        ]
        return numbered(say("bot.signup.which_one"), lines, "", "")
    open_ones = activities.among_all(chat)
    if asked.period is not None:
        found = [each for each in open_ones if asked.means(local_day(each.starts_at))]
        alike = choosing.named(asked.activity, [each.title for each in found]) if asked.activity else []
        found = [found[place - 1] for place in alike] or found
    else:
        found = [open_ones[place - 1] for place in choosing.named(asked.activity, [each.title for each in open_ones])]
    if len(found) == 1:
        activities.keep(chat, found)
        chat.asked = replace(asked, number=1)
        return ""
    if found:
        return activities.shown(chat, found, say("bot.signup.which_one"))
    what = spans(asked.periods, chat.at) if asked.periods else short(asked.activity, 16)
    return activities.listed(chat, say("bot.signup.none_such", what=what))


def _shift(chat: Chat, view: ActivityView, number: int, stamp: int) -> tuple[ActivityView, ShiftView] | str:
    """The shift: the only one, the one named by `报名 2.1`, or a list of them."""
    part = chat.asked.part
    if not view.shifts:
        return say("bot.signup.over", title=short(view.title, 40)) + steps("activities")
    if len(view.shifts) == 1:
        return view, view.shifts[0]
    if part is not None and 1 <= part <= len(view.shifts):
        return view, view.shifts[part - 1]
    chat.remember("question", about="position", number=number)
    lines = [
        tap(
            f"{say('bot.activities.sign_up', number=number)}.{place}",
            f"{place}. "
            + say(
                "bot.signup.which_line",
                position=short(shift.position, 12),
                when=when(shift.starts_at, chat.at),
            )
            + (say("bot.signup.full") if is_full(shift) else ""),
            stamp,
        )
        for place, shift in enumerate(view.shifts, 1)
    ]
    if not lines:
        return say("bot.signup.over", title=short(view.title, 40)) + steps("activities")
    return numbered(say("bot.signup.which", title=short(view.title, 40)), lines, "", "")


def _question(chat: Chat, view: ActivityView, shift: ShiftView) -> str:
    """The question, or at once the no that no yes of his would change."""
    no = signups.hindrance(shift_code=shift.code, volunteer_id=chat.volunteer_id or 0, at=chat.at)
    if no is not None:
        raise no
    topic = chat.topic("activities")
    stamp = int(topic["stamp"]) if topic is not None else 1
    full = is_full(shift) and view.joining == "open"
    chat.remember("question", about="signup", shift=shift.code, code=view.code, queue=full)
    several = len(view.shifts) > 1
    position = say("bot.signup.position", position=short(shift.position, 12)) if several else ""
    text = say(
        "bot.signup.ask_full" if full else "bot.signup.ask", title=short(view.title, 40),
        when=when(shift.starts_at, chat.at), position=position, place=short(view.place, 40),
        risk=risk_of(chat, view), waiting=shift.waiting,
        approval=say("bot.signup.approval") if view.joining == "approval" else "",
    )  # fmt: skip
    key = "confirm_part" if several else "confirm"
    content = say(f"bot.signup.{key}", number=chat.asked.number, part=view.shifts.index(shift) + 1)
    label = say("bot.signup.queue") if full else content
    return "\n\n".join([text, tap(content, label, stamp)]) + steps("activities")


def choose_position(chat: Chat, question: dict[str, Any]) -> str:
    """A bare number after 有几个岗位: the position of the activity that was asked for."""
    chat.asked = replace(chat.asked, number=question["number"], part=chat.asked.number)
    return ask(chat)


def is_full(shift: ShiftView) -> bool:
    """Whether somebody new would have to wait."""
    return shift.taken >= shift.quota or shift.waiting > 0
