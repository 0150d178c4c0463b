"""帮助, and what we say to words that nobody knows: the commands that look most like them."""

from __future__ import annotations

from handlers.bot.commands import liaison
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import short, steps, tap
from handlers.bot.understanding import offered
from handlers.bot.words import said
from services import leading
from wording import say

#: What nobody asks for out of the blue.
NOT_OFFERED = frozenset({
    "is_me", "not_me", "yes", "no", "pick", "digits", "death", "was_there", "was_not_there", "confirm_signup",
    "stop_recovery", "got_it", "thanks", "terms", "cancel_because", "claim_place", "there_in",
})  # fmt: skip
EVERYBODY = ("hours", "activities", "mine", "checkin", "points")


@command("help", tells=True)
def show(chat: Chat) -> str:
    """What can be asked, each as a line to tap; leaders also see theirs."""
    lines = [say("bot.help.head"), *_taps(chat), "", say("bot.help.sentences")]
    if chat.bound and leading.leads_any(actor=chat.actor, at=chat.at):
        lines += ["", say("bot.help.leader")]
    return "\n".join(lines)


@command("thanks", tells=True)
def thanks(chat: Chat) -> str:
    """People are polite to a machine; it is polite back."""
    return say("bot.thanks.answer") + steps("hours", "activities", "help")


@command("unknown", tells=True)
def unknown(chat: Chat) -> str:
    """The closest commands first; none close enough gives the plain help. Somebody who asked for his liaison a moment
    ago means him."""
    if liaison.offers(chat):
        return liaison.offer(chat, chat.asked.text)
    text = short(chat.asked.text, 12)
    near = [name for name in offered(chat.asked.text) if name not in NOT_OFFERED and name != "liaison"]
    if near:
        return "\n".join(
            [say("bot.help.unknown", text=text), *(tap(said(name)) for name in near), *_human(chat), tap(said("help"))]
        )
    return "\n".join([say("bot.help.unknown_plain", text=text), *_taps(chat), *_human(chat)])


def _human(chat: Chat) -> list[str]:
    """Whoever is not understood may ask a person."""
    return [tap(said("liaison"))] if chat.bound else []


def _taps(chat: Chat) -> list[str]:
    names = EVERYBODY if chat.bound else ("register", *EVERYBODY)
    return [tap(said(name)) for name in names]
