"""调度 in the chat: 我去 and 我不去 to a call, the way to the leader's page; the notice comes before a yes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from handlers.bot.commands import register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import clock_time, page, short, steps, tap, when
from handlers.bot.words import said
from services.dispatch import mine, people
from services.dispatch.mine import Asked
from wording import entry, say

TITLE, PLACE, RISKS = 40, 40, 300
#: The question why he does not come, once he has said no.
WHY = "dispatch_no"


@command("dispatch", tells=True)
def show(chat: Chat) -> str:
    """The running calls that want something of him."""
    if not chat.bound:
        return register.how(chat)
    found = mine.listed(actor=chat.actor, at=chat.at)
    if not found:
        return say("dispatch.chat.nothing") + steps("mine", "activities")
    return "\n\n".join(_shown(chat, each) for each in found[:3])


def yes(chat: Chat) -> str:
    """我去: the call that waits for him, with its safety notice; "" where none does."""
    call = _waiting(chat)
    if call is None:
        return ""
    if call.my_state != "asked":
        return _shown(chat, call)
    chat.remember("question", about="dispatch", code=call.code)
    return _shown(chat, call)


def settle(chat: Chat, question: dict[str, Any]) -> str:
    """He has read the notice and says yes."""
    call = mine.one(actor=chat.actor, code=question["code"], at=chat.at)
    people.accept(actor=chat.actor, code=call.code, risk_accepted=True, at=chat.at)
    chat.forget("question")
    link = _link(chat, call, "link")
    text = _mark(call) + say("dispatch.chat.accepted", **_facts(chat, call), link=link)
    return text + (f"\n\n{_how_soon()}" if call.soon else "") + steps("checkin", "mine")


def _how_soon() -> str:
    words = [each["word"] for each in entry("dispatch.said.soon")]
    return "\n".join([say("dispatch.chat.how_soon"), *(tap(say("dispatch.chat.soon", word=each)) for each in words)])


@command("there_in")
def there_in(chat: Chat) -> str:
    """半小时到: when he is there, to the newest call that he said yes to."""
    if not chat.bound:
        return register.how(chat)
    going = [each for each in mine.listed(actor=chat.actor, at=chat.at) if each.my_state == "accepted"]
    if not going:
        return say("dispatch.chat.nothing") + steps("mine", "activities")
    if chat.asked.number is None:
        return _how_soon()
    call = going[0]
    people.accept(actor=chat.actor, code=call.code, risk_accepted=True, minutes=chat.asked.number, at=chat.at)
    there = clock_time(chat.at + timedelta(minutes=chat.asked.number))
    return _mark(call) + say("dispatch.chat.there", clock=there, title=short(call.title, TITLE)) + steps("checkin")


def no(chat: Chat) -> str:
    """我不去, 不能来 在外地: the call that asks him is answered; "" where none does, or where something else was
    just asked."""
    question = chat.topic("question")
    if question is not None and question["about"] not in ("dispatch", WHY):
        return ""
    call = _waiting(chat)
    if call is None:
        return ""
    if call.my_state != "asked":
        return _shown(chat, call)
    reason = short(chat.asked.text, people.REASON_LENGTH)
    people.decline(actor=chat.actor, code=call.code, reason=reason, at=chat.at)
    if reason:
        chat.forget("question")
        return _mark(call) + say("dispatch.chat.declined") + steps("mine")
    chat.remember("question", about=WHY, code=call.code)
    word = said("cancel_because")
    taps = [tap(f"{word}:{each}", each) for each in entry("dispatch.said.reasons")]
    return _mark(call) + "\n".join([say("dispatch.chat.declined"), "", say("dispatch.chat.why", word=word), *taps])


def why(chat: Chat, question: dict[str, Any]) -> str:
    """不能来 在外地: the reason of a no that he has just said."""
    reason = short(chat.asked.text, people.REASON_LENGTH)
    people.decline(actor=chat.actor, code=question["code"], reason=reason, at=chat.at)
    chat.forget("question")
    return say("dispatch.chat.told_why", reason=reason) + steps("mine")


def _waiting(chat: Chat) -> Asked | None:
    """The newest call that asks him himself; else one that asks his team."""
    if not chat.bound:
        return None
    found = mine.listed(actor=chat.actor, at=chat.at)
    own = [each for each in found if each.my_state == "asked" and not each.full]
    led = [each for each in found if any(team.state in ("asked", "silent") for team in each.led)]
    return next(iter([*own, *led]), None)


def _shown(chat: Chat, call: Asked) -> str:
    facts = _facts(chat, call)
    if any(team.state in ("asked", "silent") for team in call.led):
        link = _link(chat, call, "leader_link")
        return _mark(call) + say(
            "dispatch.chat.ask_leader", wanted=call.asked_for, link=link, **facts,
            lacking=say("dispatch.chat.lacking", what=call.lacking) if call.lacking else say("dispatch.chat.enough"),
        )
    if call.my_state == "asked" and not call.full:
        text = say("dispatch.chat.ask_member", risks=short(call.risks, RISKS), **facts)
        taps = [tap(said("yes"), say("dispatch.chat.yes")), tap(said("cancel_signup"), say("dispatch.chat.no"))]
        return _mark(call) + "\n".join([text, "", *taps])
    return _mark(call) + say("dispatch.chat.standing", link=_link(chat, call, "link"), **facts)


def _mark(call: Asked) -> str:
    return say("dispatch.chat.drill") if call.drill else ""


def _facts(chat: Chat, call: Asked) -> dict[str, str]:
    return {
        "title": short(call.title, TITLE), "when": when(call.starts_at, chat.at), "place": short(call.place, PLACE),
    }  # fmt: skip


def _link(chat: Chat, call: Asked, key: str) -> str:
    return page(f"{chat.parts.public_url}/m/dispatch/{call.code}", say(f"dispatch.chat.{key}"))
