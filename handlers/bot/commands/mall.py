"""兑换 in the chat: what there is for points, a number, a question with the price, 确认; the digits to pick it up."""

from __future__ import annotations

from typing import Any

from handlers.bot.commands import on_pages, register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import TITLE_LENGTH, fits, page, short, steps, tap
from handlers.bot.words import said
from handlers.errors import sentence
from services.codes import new_token
from services.errors import Refusal, RefusalCode
from services.mall import catalogue, redeeming, views
from services.mall.catalogue import Offer
from services.mall.saying import day_words
from wording import say

#: Rewards in one answer, things that wait.
SHOWN, WAITING = 6, 2


@command("redemption", tells=True)
def show(chat: Chat) -> str:
    """What waits for him, his points, what he may have by a number."""
    if not chat.bound:
        return register.how(chat)
    try:
        shelf = catalogue.shelf(volunteer_id=chat.volunteer_id, at=chat.at)
    except Refusal as refusal:
        if refusal.code is RefusalCode.MODULE_OFF:
            return on_pages.redemption(chat)
        raise
    mine = [each for each in views.mine(parts=chat.parts, volunteer_id=chat.volunteer_id) if each.state == "waiting"]
    waiting = [
        say("mall.chat.waiting", title=short(each.title, TITLE_LENGTH), digits=each.digits, place=short(each.place, 40),
            until=day_words(each.due_on))
        for each in mine[:WAITING]
    ]  # fmt: skip
    if waiting:
        waiting.append(page(f"{chat.parts.public_url}/m/mall/mine", say("mall.chat.mine_link")) + "\n")
    if not shelf.offers:
        return "\n".join([*waiting, say("mall.chat.nothing", balance=shelf.balance)]) + steps("points", "hours")
    offers = shelf.offers[:SHOWN]
    stamp = chat.remember("question", about="mall", codes=[each.code for each in offers])
    lines = [_line(number, each, shelf.balance, stamp) for number, each in enumerate(offers, 1)]
    head = say("mall.chat.head", balance=shelf.balance)
    link = page(f"{chat.parts.public_url}/m/mall", say("mall.chat.link"))
    text = "\n".join([*waiting, head, *lines, "", say("mall.chat.how"), link]) + steps("points")
    return text if fits(text) else "\n".join([head, *lines, link])


def _line(number: int, offer: Offer, balance: int, stamp: int) -> str:
    note = ""
    if offer.obstacle is not None:
        keys = {RefusalCode.POINTS_SHORT: "short", RefusalCode.REWARD_GONE: "gone"}
        key = keys.get(offer.obstacle.code, "not_yet")
        note = say(f"mall.chat.{key}", short=offer.price - balance)
    text = say(
        "mall.chat.line", number=number, title=short(offer.title, TITLE_LENGTH), price=offer.price, note=note
    )
    return tap(str(number), text, stamp) if offer.obstacle is None else text


def choose(chat: Chat, question: dict[str, Any]) -> str:
    """A bare number from the list: what it costs and where it is, before the yes."""
    number = chat.asked.number or 0
    if chat.outdated(question) or not 1 <= number <= len(question["codes"]):
        return show(chat)
    return _ask(chat, question["codes"][number - 1], "")


def _ask(chat: Chat, code: str, before: str) -> str:
    offer = catalogue.offer(volunteer_id=chat.volunteer_id, code=code, at=chat.at)
    if offer.obstacle is not None:
        return sentence(offer.obstacle) + steps("redemption", "points")
    balance = catalogue.balance(volunteer_id=chat.volunteer_id)
    chat.remember("question", about="redeem", code=code, price=offer.price, key=new_token())
    text = say(
        "mall.chat.ask", price=offer.price, title=short(offer.title, 40), left=balance - offer.price,
        place=short(offer.place, 60), spirit=say("mall.spirit"),
    )  # fmt: skip
    taps = [tap(said("yes"), say("mall.chat.yes")), tap(said("no"), say("mall.chat.no"))]
    return "\n\n".join([*([before] if before else []), text, "\n".join(taps)])


def settle(chat: Chat, question: dict[str, Any]) -> str:
    """The yes: redeemed at the price he was told; another price by now is told and asked again."""
    try:
        code = redeeming.redeem(
            actor=chat.actor, reward_code=question["code"], price=question["price"], key=question["key"], at=chat.at
        )
    except Refusal as refusal:
        chat.forget("question")
        if refusal.code is RefusalCode.REWARD_PRICE:
            told = say("mall.chat.price", title=short(refusal.facts["title"], 40), price=refusal.facts["price"])
            return _ask(chat, question["code"], told)
        return sentence(refusal) + steps("redemption", "points")
    chat.forget("question")
    mine = views.one_of_mine(parts=chat.parts, volunteer_id=chat.volunteer_id, code=code)
    text = say(
        "mall.chat.done", title=short(mine.title, 40), price=mine.price, digits=mine.digits,
        place=short(mine.place, 60), until=day_words(mine.due_on),
    )  # fmt: skip
    link = page(f"{chat.parts.public_url}/m/mall/mine/{code}", say("mall.chat.done_link"))
    return text + link + steps("points")
