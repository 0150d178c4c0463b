"""我的星级: the star he has, the next one, what it takes, what waits for a yes; 申请星级."""

from __future__ import annotations

from handlers.bot.commands import hours, register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import duration, number_word, page, steps
from services.bookkeeping import hours as books
from services.bookkeeping.hours import HoursSummary
from services.errors import Refusal, RefusalCode
from services.stars import asking, views
from wording import say


@command("stars", tells=True)
def show(chat: Chat) -> str:
    """His star, how far the next one is, the whole ladder, and which hours count."""
    if not chat.bound:
        return register.how(chat)
    told = books.summary(volunteer_id=chat.volunteer_id, at=chat.at)
    mine = views.mine(volunteer_id=chat.volunteer_id, at=chat.at)
    counted, ladder = mine.counted, mine.ladder
    steps_up = [
        say("bot.stars.step", star=number_word(place), hours=hours_) for place, hours_ in enumerate(ladder, 1)
    ]
    lines = [
        say("bot.on_pages.stars", name=told.name) + hours.star_line(told),
        *(say("stars.bot.way", star=number_word(each.star), says=each.says) for each in mine.open),
        say("bot.stars.counted", counted=duration(counted)),
        _pending(told),
        say("bot.stars.transferred", minutes=duration(told.total - counted)) if told.total > counted else "",
        say("bot.stars.ladder", steps=say("bot.roster.comma").join(steps_up)),
    ]  # fmt: skip
    further = ("apply_star",) if mine.can_ask else ()
    return "\n".join(line for line in lines if line) + steps(*further, "hours", "activities", "benefits")


@command("apply_star")
def apply(chat: Chat) -> str:
    """申请星级: asked for at once; what is on its way already, or takes merits, is said."""
    if not chat.bound:
        return register.how(chat)
    try:
        asking.ask(actor=chat.actor, at=chat.at)
    except Refusal as refusal:
        if refusal.code is not RefusalCode.STAR_STATE:
            raise
    mine = views.mine(volunteer_id=chat.volunteer_id, at=chat.at)
    lines = [say("stars.bot.way", star=number_word(each.star), says=each.says) for each in mine.open]
    link = page(f"{chat.parts.public_url}/m/stars", say("stars.bot.link"))
    if any(each.may_add and not each.merits for each in mine.open):
        lines.append(say("stars.bot.merits", link=link))
    elif not lines:
        lines.append(say("stars.bot.done", link=link))
    return "\n".join(lines) + steps("stars", "hours", "benefits")


def _pending(told: HoursSummary) -> str:
    """What waits, and whether it would be enough."""
    if not told.pending or told.to_next is None or told.next_star is None:
        return ""
    pending = duration(told.pending)
    if told.pending >= told.to_next:
        return say("bot.stars.enough", pending=pending, star=number_word(told.next_star))
    return say("bot.stars.waits", pending=pending, left=duration(told.to_next - told.pending))
