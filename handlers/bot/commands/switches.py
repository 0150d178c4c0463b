"""消息设置, 退订活动提醒, 少发点, 重新打开提醒: what is pushed to him, and what to tap to change it."""

from __future__ import annotations

from handlers.bot.commands import register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import page, steps, tap
from handlers.bot.understanding import plain
from services.messaging import catalogue, choices, credits
from wording import entry, say


@command("switches")
def switches(chat: Chat) -> str:
    """Do what he said: one group off or on, fewer, or all again; nothing of it: how it stands, with lines to tap."""
    if not chat.bound:
        return register.how(chat)
    said = plain(chat.inbound.content)
    if _names(said, "again"):
        choices.reopen(actor=chat.actor, at=chat.at)
        return say("switches.answers.kept_again") + warning(chat) + steps("switches")
    if _names(said, "fewer"):
        choices.fewer(actor=chat.actor, on=True, at=chat.at)
        return say("switches.answers.kept_fewer") + steps("switches")
    off, on = _names(said, "off"), _names(said, "on")
    group = next((name for name, words in entry("switches.groups").items() if any(each in said for each in words)), "")
    if not group or off == on:
        return shown(chat)
    choices.switch(actor=chat.actor, group=group, on=on, at=chat.at)
    label = catalogue.groups()[group]["label"]
    return say(f"switches.answers.kept_{'on' if on else 'off'}", label=label) + steps("switches")


def shown(chat: Chat) -> str:
    """How it stands, and a line to tap for each change."""
    mine = choices.choices(volunteer_id=chat.volunteer_id)
    free = [each for each in mine.groups if not each.fixed]
    told = [say(f"switches.answers.{'on' if each.on else 'off'}", label=each.label) for each in free]
    if mine.fewer:
        told.append(say("switches.answers.fewer"))
    taps = [tap(say(f"switches.lines.{'off' if each.on else 'on'}", label=each.label)) for each in free]
    taps.append(tap(say(f"switches.lines.{'again' if mine.fewer else 'fewer'}")))
    lines = [say("switches.answers.head"), *told, say("switches.answers.tail"), *taps]
    return "\n".join(lines) + warning(chat)


def warning(chat: Chat) -> str:
    """Where a reminder may not reach him: how to open it."""
    if credits.standing(parts=chat.parts, volunteer_id=chat.volunteer_id, at=chat.at).reached:
        return ""
    link = page(f"{chat.parts.public_url}/m/me/messages", say("switches.answers.may_miss_line"))
    return f"\n\n{say('switches.answers.may_miss')}\n{link}"


def _names(said: str, what: str) -> bool:
    return any(plain(word) in said for word in entry(f"switches.words.{what}"))
