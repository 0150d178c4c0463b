"""The ways to a person: subscription message, template message, customer-service text, SMS; the inbox has all.

A channel is tried only where it can work: a credit is left, the account is followed, the window is open.
What a failure says about the person (credit gone, unfollowed, window closed) is written back here, so that
the next message does not try in vain.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from clock import from_millis, to_millis
from frozen import dataclass
from models import ApiPause, SubscriptionCredit, Volunteer, WechatIdentity
from queries import outbox as sql
from services import mini_pages
from services.messaging import cards
from services.parts import Parts
from sms.gateway import SmsFailure, Trouble
from wechat.errcodes import Kind
from wechat.gateway import Sent, WechatFailure
from wording import say

SUB, TPL, CS, SMS = "sub", "tpl", "cs", "sms"
#: The order in which a message looks for its way (issue 2, point 9).
ORDER = (SUB, TPL, CS)
#: Pauses everything.
ALL = "all"
#: The account whose token a channel uses; a pause on it rests both of its channels.
ACCOUNT = {SUB: "mp", TPL: "oa", CS: "oa", SMS: "sms"}
NOT_FOLLOWING = 43004
#: Turned off by the person in WeChat's settings; for the official account's templates no event says so.
REFUSED = 43101
#: The platform has banned a template, not the account; looked at again after so long.
BANNED, BAN_LASTS = frozenset({43107, 43116}), timedelta(hours=1)
BAD_OPENID = frozenset({40003, 43104, 49003})
MAX_TEXT_BYTES = 1800
#: Of a text with its link; WeChat takes no longer one.
MOST_BYTES = 2048
#: Characters: two parts of a long text.
MOST_IN_SMS = 134
_TROUBLES = {Trouble.RETRY: Kind.RETRY, Trouble.REFUSED: Kind.PERMANENT, Trouble.UNKNOWN: Kind.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Door:
    """One way to one person: channel, identity, and the template to use ("" for a text)."""

    channel: str
    identity_id: int
    openid: str
    template_id: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent, ready for the wire. `values` already keep the platform's value rules; `card`: as the mini-program's
    card, which only the chat can show."""

    delivery_id: int
    title: str
    body: str
    url: str
    values: dict[str, str]
    card: bool = False


#: No way left.
NO_DOOR = Door("", 0, "", "")


def client_msg_id(delivery_id: int) -> str:
    """The platform's own guard against doubles: the same for every try of a delivery (design §6.10)."""
    return hashlib.sha256(f"delivery:{delivery_id}".encode()).hexdigest()[:32]


def doors(
    *, parts: Parts, volunteer_id: int, form: str, at: datetime, order: Iterable[str] = ORDER,
    identity_id: int | None = None,
) -> Iterator[Door]:  # fmt: skip
    """The channels that can work for a person now, in `order`. `form` names the template in the settings.

    With `identity_id` only those of that WeChat: one that is not his any more is told so.
    """
    whose, one = (sql.DOORS, volunteer_id) if identity_id is None else (sql.DOORS_OF_ONE, identity_id)
    found = sql.rows(whose, (f"sub_{form}", form, one, parts.mp_appid, parts.oa_appid))
    templates = {SUB: parts.templates.get(f"sub_{form}", ""), TPL: parts.templates.get(form, ""), CS: ""}
    for channel in order:
        for identity_id, kind, openid, following, until, left, credits_left in found:
            open_ways = {
                SUB: kind == "mp" and bool(templates[SUB]) and credits_left > 0,
                TPL: kind == "oa" and bool(templates[TPL]) and bool(following) and credits_left != 0,
                CS: kind == "oa" and bool(following) and left > 0 and until is not None and until > to_millis(at),
            }
            if open_ways.get(channel):
                yield Door(channel, identity_id, openid, templates[channel])
        if channel == SMS and whose is sql.DOORS and (phone := _telephone(parts, volunteer_id)):
            yield Door(SMS, 0, phone, "")


def _telephone(parts: Parts, volunteer_id: int) -> str:
    """His number where there is a gateway and somebody has proved the number; else ""."""
    if parts.sms is None:
        return ""
    person = Volunteer.get_by_id(volunteer_id)
    if person.phone_sealed is None or person.phone_proof == "none":
        return ""
    return parts.vault.open(person.phone_sealed, f"volunteer.phone:{person.public_no}")


def send(*, parts: Parts, door: Door, letter: Letter) -> Sent:
    """Send `letter` through `door`; raises WechatFailure. HTTP: never inside a transaction."""
    link = parts.public_url + letter.url if letter.url.startswith("/") else letter.url
    page = mini_pages.page_of(parts=parts, url=link)
    if door.channel == SUB:
        return parts.gateway.send_subscribe(door.openid, door.template_id, letter.values, page=page)
    if door.channel == TPL:
        return parts.gateway.send_template(
            door.openid,
            door.template_id,
            letter.values,
            url=link or None,
            page=page,
            client_msg_id=client_msg_id(letter.delivery_id),
        )
    if door.channel == SMS:
        return _text_message(parts, door, letter)
    if letter.card and page:
        return cards.send(parts=parts, openid=door.openid, title=letter.title, page=page)
    text = mini_pages.with_pages(parts=parts, text=chat_text(letter, link), most=MOST_BYTES)
    return parts.gateway.send_text(door.openid, text)


def _text_message(parts: Parts, door: Door, letter: Letter) -> Sent:
    """By the operator's gateway; its failures in the words of the others."""
    assert parts.sms is not None
    text = say("templates.sms.text", brand=parts.brand, title=letter.title, body=letter.body)[:MOST_IN_SMS]
    try:
        done = parts.sms.send(to=door.openid, text=text, reference=f"d-{letter.delivery_id}")
    except SmsFailure as failure:
        raise WechatFailure("sms", errmsg=failure.why, kind=_TROUBLES[failure.trouble]) from None
    return Sent(f"sms-{done.id}" if done.id else None)


def chat_text(letter: Letter, link: str) -> str:
    """A letter as a text in the chat: title, words (shortened to what a text may hold), link.

    What people wrote themselves cannot become a link: the phone would open it as ours.
    """
    title, body = (each.replace("<", "〈").replace(">", "〉") for each in (letter.title, letter.body))
    body = body.encode()[:MAX_TEXT_BYTES].decode("utf-8", "ignore")
    key = "templates.chat.with_link" if link else "templates.chat.plain"
    return say(key, title=title, body=body, link=link)


def spent(*, door: Door, form: str) -> None:
    """After a success: one credit or one message of the window is gone. Inside a write."""
    if door.channel == SUB:
        SubscriptionCredit.update(remaining=SubscriptionCredit.remaining - 1).where(
            SubscriptionCredit.identity == door.identity_id,
            SubscriptionCredit.template == f"sub_{form}",
            SubscriptionCredit.remaining > 0,
        ).execute()
    elif door.channel == CS:
        WechatIdentity.update(window_left=WechatIdentity.window_left - 1).where(
            WechatIdentity.id == door.identity_id, WechatIdentity.window_left > 0
        ).execute()


def closed(*, door: Door, errcode: int | None, form: str) -> None:
    """After USER_STATE: keep what it says about the person. Inside a write."""
    if door.channel == SUB:
        SubscriptionCredit.update(remaining=0).where(
            SubscriptionCredit.identity == door.identity_id, SubscriptionCredit.template == f"sub_{form}"
        ).execute()
    elif door.channel == TPL and errcode == REFUSED:
        _refuse(door.identity_id, form)
    elif errcode == NOT_FOLLOWING or errcode in BAD_OPENID:
        WechatIdentity.update(following=False, window_left=0, window_until=None).where(
            WechatIdentity.id == door.identity_id
        ).execute()
    elif door.channel == CS:
        WechatIdentity.update(window_left=0, window_until=None).where(
            WechatIdentity.id == door.identity_id
        ).execute()


def blocked(*, volunteer_id: int, form: str) -> None:
    """He blocks the account's messages, as the platform reports after a send (user block). Inside a write."""
    mine = WechatIdentity.select(WechatIdentity.id).where(
        WechatIdentity.volunteer == volunteer_id, WechatIdentity.kind == "oa", WechatIdentity.following == True  # noqa: E712
    )  # fmt: skip
    for row in list(mine):
        _refuse(row.id, form)


def _refuse(identity_id: int, form: str) -> None:
    """This template is not tried again for him until he follows again or says 重新打开提醒."""
    SubscriptionCredit.insert(identity=identity_id, template=form, remaining=0).on_conflict(
        conflict_target=[SubscriptionCredit.identity, SubscriptionCredit.template], update={"remaining": 0}
    ).execute()


@dataclass(frozen=True, slots=True)
class Rest:
    """Until when a channel has to rest (None: it may be used); `banned`: its template may not."""

    until: datetime | None
    banned: bool


def rests(*, channel: str, form: str, at: datetime) -> Rest:
    """Whether a channel, its account or its template rests at `at`."""
    template = f"{channel}:{form}"
    found: dict[str, int] = dict(sql.rows(sql.PAUSED, (ALL, ACCOUNT[channel], channel, template, to_millis(at))))
    banned = found.pop(template, None) is not None
    return Rest(moment(max(found.values(), default=None)), banned)


def ban(*, channel: str, form: str, errcode: int | None, at: datetime) -> None:
    """WeChat banned one template: its messages go other ways meanwhile, nothing else rests. Inside a write."""
    pause(api=f"{channel}:{form}", until=at + BAN_LASTS, reason=f"banned {errcode}")


def pause(*, api: str, until: datetime, reason: str) -> None:
    """Let `api` (a channel, an account or `all`) rest; an earlier end never shortens a running pause."""
    insert = ApiPause.insert(api=api, until=until, reason=reason)
    insert.on_conflict(
        conflict_target=[ApiPause.api],
        update={"until": to_millis(until), "reason": reason},
        where=(ApiPause.until < until),
    ).execute()


def form_of(data: str) -> tuple[str, dict[str, str]]:
    """(template name, values) of a delivery's stored data."""
    stored = json.loads(data)
    return str(stored["form"]), dict(stored["values"])


def moment(millis: int | None) -> datetime | None:
    """A stored moment as an aware datetime."""
    return None if millis is None else from_millis(millis)


def only_to(data: str) -> int | None:
    """The one WeChat that a delivery is for; None for all of the person's."""
    found = json.loads(data).get("to")
    return None if found is None else int(found)
