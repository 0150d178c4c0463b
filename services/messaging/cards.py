"""The mini-program's card behind a text in the chat that leads to one of its pages: a picture to tap.

A passive answer can hold no card, so it goes through the outbox, as a customer-service message of its own, while the
person's window is open. The text before it says everything and has the link, so nobody misses a card that cannot be
sent. Its picture is uploaded once and kept at WeChat.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from functools import cache
from html import unescape
from pathlib import Path

import clock
from clock import SHANGHAI, local_day, to_millis
from models import Notice, WechatPicture, store
from queries import outbox as sql
from services import mini_pages
from services.messaging import catalogue
from services.parts import Parts
from wechat.errcodes import Kind
from wechat.gateway import Sent, WechatFailure
from wording import say

KIND = catalogue.CARD
COVER = Path(__file__).parents[2] / "deploy" / "card_cover.jpg"
#: The kept picture was thrown away in the account's console.
GONE = 40007
#: The text comes first.
BEHIND = timedelta(seconds=1)
#: What a card's failure says of nothing but the card: its picture has a quota and a right of its own.
ALONE = frozenset({Kind.PERMANENT, Kind.QUOTA, Kind.CONFIGURATION})
_LINK = re.compile(r'<a href="([^"]+)">([^<]+)</a>')


def behind_answer(
    *, parts: Parts, text: str, card: tuple[str, str] | None, volunteer_id: int, identity_id: int, at: datetime
) -> None:
    """Queue a card for an answer of the chat that leads to one page of the mini-program alone, or is about the page of
    `card` (path and title). Inside a write."""
    if not parts.mp_linked:
        return
    if card is not None:
        _put(parts, *card, volunteer_id, identity_id, at)
        return
    found = [(unescape(href), label) for href, label in _LINK.findall(text)]
    ours = {url: label for url, label in found if mini_pages.page_of(parts=parts, url=url)}
    if len(ours) == 1:
        [(url, label)] = ours.items()
        _put(parts, url, _named(parts, url, label), volunteer_id, identity_id, at)


def behind_message(
    *, parts: Parts, kind: str, title: str, url: str, volunteer_id: int, identity_id: int, at: datetime
) -> None:
    """Queue a card for a message that went out as a text in the chat, where its kind asks for one. Inside a write."""
    if catalogue.kind(kind).card and mini_pages.page_of(parts=parts, url=url):
        _put(parts, url, title, volunteer_id, identity_id, at)


def _named(parts: Parts, url: str, label: str) -> str:
    """点这里看全部 of a link says nothing on a card: 我的时长：看全部."""
    page = mini_pages.page_of(parts=parts, url=url)
    name, label = mini_pages.name_of(page or ""), label.removeprefix(say("notices.card.tap"))
    return label if not name or name in label else say("notices.card.named", page=name, label=label)


def _put(parts: Parts, url: str, title: str, volunteer_id: int, identity_id: int, at: datetime) -> None:
    """One card an hour for one page: who asks again has it just above."""
    path, line = url.removeprefix(parts.public_url), catalogue.kind(KIND)
    values = catalogue.fitted(KIND, catalogue.values(KIND, moment=at, title=title))
    title, body = catalogue.words(KIND, title=title)
    key = f"{KIND}:{identity_id}:{path}:{at.astimezone(SHANGHAI):%Y%m%d%H}"
    sql.put((
        _notice(at), volunteer_id, KIND, key, line.priority, title, body, path,
        catalogue.packed(line.form, values, identity_id), None, None, None, to_millis(at + BEHIND),
        to_millis(at + line.lasts), to_millis(at),
    ))  # fmt: skip


def _notice(at: datetime) -> int:
    text = local_day(at).isoformat()
    found = Notice.select(Notice.id).where(Notice.kind == KIND, Notice.text == text).order_by(Notice.id).first()
    return int((found or Notice.create(kind=KIND, text=text, created_at=at)).id)


def send(*, parts: Parts, openid: str, title: str, page: str) -> Sent:
    """Send a card; raises WechatFailure. HTTP: never inside a transaction."""
    try:
        return parts.gateway.send_card(openid, title, page=page, cover=_cover(parts))
    except WechatFailure as failure:
        if failure.errcode == GONE:  # the next one brings it again
            store.write(WechatPicture.delete().where(WechatPicture.name == _name(parts)).execute)
        raise


def _cover(parts: Parts) -> str:
    row = WechatPicture.get_or_none(WechatPicture.name == _name(parts))
    if row is not None:
        return str(row.media_id)
    kept = parts.gateway.add_cover(COVER.read_bytes())
    made = WechatPicture.insert(name=_name(parts), media_id=kept, kept_at=clock.now()).on_conflict_ignore()
    store.write(made.execute)
    return kept


def _name(parts: Parts) -> str:
    return f"{parts.oa_appid}:{_digest()}"


@cache
def _digest() -> str:
    return hashlib.sha256(COVER.read_bytes()).hexdigest()[:16]
