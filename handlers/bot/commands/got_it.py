"""知道了, 收到: he has read where and when his activities take place now, and the safety notice that changed."""

from __future__ import annotations

from typing import Any

from handlers.bot.commands.help import thanks
from handlers.bot.commands.signup import risk_of
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import TITLE_LENGTH, short, steps, tap
from handlers.bot.words import said
from services.participation import activity_views, changes, shift_views, signups
from wording import say


@command("got_it")
def got_it(chat: Chat) -> str:
    """Every move that he was told of and had not acknowledged; then the safety notices that changed, one by one, each
    shown before he says 知道了 to it. Politeness where there is nothing."""
    if not chat.bound:
        return thanks(chat)
    question = chat.topic("question")
    if question is not None and question["about"] == "risk":
        return settle(chat, question)
    titles = changes.acknowledge_all(actor=chat.actor, at=chat.at)
    joined = say("bot.got_it.joined").join(short(title, TITLE_LENGTH) for title in titles)
    told = [say("bot.got_it.read", titles=joined)] if titles else []
    risk = _ask_risk(chat)
    if risk:
        return "\n\n".join([*told, risk])
    return told[0] + steps("mine") if told else thanks(chat)


def settle(chat: Chat, question: dict[str, Any]) -> str:
    """He has read the notice that was shown; one that changed again since is shown anew, and so is the next."""
    chat.forget("question")
    waits = shift_views.risks_to_read(volunteer_id=chat.volunteer_id, at=chat.at)
    shown = next((each for each in waits if each.shift_code == question["shift"]), None)
    told = []
    if shown is not None and shown.version == question["version"]:
        signups.acknowledge_risk(actor=chat.actor, shift_code=shown.shift_code, at=chat.at)
        told.append(say("bot.got_it.risk_read", title=short(shown.title, TITLE_LENGTH)))
    return "\n\n".join([*told, _ask_risk(chat)]).strip() + steps("mine")


def _ask_risk(chat: Chat) -> str:
    """The next safety notice that he has to read, with the word to tap; "" if there is none."""
    waits = shift_views.risks_to_read(volunteer_id=chat.volunteer_id, at=chat.at)
    if not waits:
        return ""
    first = waits[0]
    view = activity_views.view(code=first.activity_code, volunteer_id=chat.volunteer_id, at=chat.at)
    chat.remember("question", about="risk", shift=first.shift_code, version=first.version)
    text = say("bot.got_it.risk_ask", title=short(first.title, TITLE_LENGTH), risk=risk_of(chat, view))
    return text + "\n\n" + tap(said("got_it"))
