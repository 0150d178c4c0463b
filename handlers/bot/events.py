"""What people do without typing: follow, leave, scan one of our codes, tap the menu."""

from __future__ import annotations

from datetime import UTC, datetime

from handlers.bot import commands, scenes  # noqa: F401 (scenes fills the registry)
from handlers.bot.context import Chat
from handlers.bot.registry import COMMANDS, meet, on_event, run
from handlers.bot.saying import steps
from handlers.bot.scanning import scanned
from handlers.bot.words import Asked
from services import guessing
from services.accounts import following
from services.participation import attendance
from services.parts import Parts
from wechat.inbound import Inbound
from wording import say


def note_following(*, parts: Parts, inbound: Inbound, at: datetime) -> None:
    """Keep whether this person follows us. Events overtake each other, so WeChat's own time decides."""
    if inbound.event not in ("subscribe", "unsubscribe"):
        return
    applied = following.followed if inbound.event == "subscribe" else following.unfollowed
    event_at = datetime.fromtimestamp(inbound.created_at, UTC)
    applied(appid=parts.oa_appid, openid=inbound.openid, event_at=event_at, at=at)


@on_event("subscribe")
def follows(chat: Chat) -> str:
    """A new follower, maybe through a code of ours that says what he came for; or one who comes back."""
    key = chat.inbound.event_key if chat.inbound.scanned_follow else ""
    back = commands.coming_back.ask(chat, key)
    if back:
        return back
    scene = meet(chat, key) if key else ""
    if scene:
        return scene
    if chat.bound:
        return say("bot.welcome.back", name=chat.speaker.name) + steps("hours", "activities", "help")
    return say("bot.welcome.stranger", brand=chat.parts.brand) + "\n\n" + commands.register.how(chat)


@on_event("unsubscribe")
def leaves(chat: Chat) -> str:
    """Nothing of his is lost (users.md); nobody reads an answer."""
    return ""


@on_event("scan")
def scans(chat: Chat) -> str:
    """A follower scanned an official-account code."""
    return meet(chat, chat.inbound.event_key) or commands.help.show(chat)


def tapped(inbound: Inbound) -> Asked:
    """A menu button: the same commands as in words; the key of an old menu gets help."""
    return Asked(inbound.event_key if inbound.event_key in COMMANDS else "help")


@on_event("click")
def taps_menu(chat: Chat) -> str:
    """What a menu button asks for."""
    return run(chat, tapped(chat.inbound))


@on_event("scancode_waitmsg")
def scans_from_menu(chat: Chat) -> str:
    """A code read by the menu's scanner, which leaves what to do to us: check in right here."""
    info = chat.inbound.raw.get("ScanCodeInfo")
    found = info.get("ScanResult", "") if isinstance(info, dict) else ""
    code = found if isinstance(found, str) else ""
    with guessing.watched(account=str(chat.speaker.identity_id), door="bot", at=chat.at):
        return scanned(chat, attendance.scan(actor=chat.actor, code=code, at=chat.at))


@on_event("scancode_push", "view", "view_miniprogram", "location")
def needs_no_answer(chat: Chat) -> str:
    """The phone already does what was asked."""
    return ""
