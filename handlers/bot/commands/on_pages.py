"""What is done on a page or with somebody at the station: the chat says where, and whom to telephone."""

from __future__ import annotations

from handlers.bot.commands import activities, register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import page, steps, when
from services.organisation import centres
from services.participation import venue
from services.privacy import closing
from services.training import views
from wording import say

#: Sessions that an answer names; the page has them all.
TRAININGS = 4


@command("my_code", tells=True)
def my_code(chat: Chat) -> str:
    """His code is a page: it changes, so it is never sent as a picture. Until when it is good, and what it is for."""
    if not chat.bound:
        return register.how(chat)
    personal = venue.person_code(parts=chat.parts, volunteer_id=chat.volunteer_id, at=chat.at)
    link = page(f"{chat.parts.public_url}/m/code", say("bot.on_pages.my_code_link"))
    until = when(personal.expires_at, chat.at)
    return say("bot.on_pages.my_code", link=link, until=until, number=personal.public_no) + steps("checkin", "mine")


@command("leave", tells=True)
def leave(chat: Chat) -> str:
    """The page with his data and the end of his account; where he asked for it, until when he may change his mind."""
    if not chat.bound:
        return register.how(chat)
    asked = closing.look(volunteer_id=chat.volunteer_id, at=chat.at)
    url = chat.parts.public_url
    if asked.due_at is not None:
        link = page(f"{url}/m/me/closing", say("bot.on_pages.leave_undo"))
        facts = {"day": when(asked.due_at, chat.at), "link": link}
        return say("bot.on_pages.leave_asked", phone=office_phone(chat), **facts) + steps("liaison", "help")
    link = page(f"{url}/m/me/data", say("bot.on_pages.leave_link"))
    consents = page(f"{url}/m/me/consents", say("bot.on_pages.leave_consents"))
    return say("bot.on_pages.leave", link=link, consents=consents, phone=office_phone(chat)) + steps("liaison", "help")


def redemption(chat: Chat) -> str:
    """Where a division does not use the mall: his points, and whom to ask."""
    return _page(chat, "redemption", "/m/points", "points", "hours")


@command("training", tells=True)
def training(chat: Chat) -> str:
    """The class hours he has, what is open to him, numbered for 报名 1, and the page with all of it."""
    if not chat.bound:
        return register.how(chat)
    me = chat.volunteer_id
    mine = views.mine(volunteer_id=me, at=chat.at)
    found = views.open_ones(volunteer_id=me, at=chat.at)
    near = found[:TRAININGS]
    stamp = activities.keep(chat, near) if near else 0
    lines = [activities.item(chat, number, each, stamp) for number, each in enumerate(near, 1)]
    link = page(f"{chat.parts.public_url}/m/trainings", say("bot.on_pages.training_link"))
    head = say("bot.on_pages.training", hours=mine.year, aim=mine.aim)
    open_now = "\n".join([say("bot.on_pages.training_open"), *lines]) if lines else say("bot.on_pages.training_none")
    return "\n".join([head, open_now, link]) + steps("activities", "help")


def _page(chat: Chat, key: str, path: str, *further: str) -> str:
    if not chat.bound:
        return register.how(chat)
    link = page(f"{chat.parts.public_url}{path}", say(f"bot.on_pages.{key}_link"))
    return say(f"bot.on_pages.{key}", link=link, phone=office_phone(chat)) + steps(*further)


def _ask_there(chat: Chat, key: str, *further: str) -> str:
    return say(f"bot.on_pages.{key}", phone=office_phone(chat)) + steps(*further)


def office_phone(chat: Chat) -> str:
    """The nearest centre that has a telephone, as half a sentence."""
    found = centres.helpline(volunteer_id=chat.speaker.volunteer_id)
    if found is None:
        return say("bot.on_pages.station")
    return say("bot.on_pages.station_phone", name=found.name, phone=found.phone)
