"""Knocking at the running house: the answer within a second, its shape, and the rows an act could touch."""

from __future__ import annotations

import hashlib
import sqlite3
from datetime import datetime, timedelta
from typing import Any

import requests

import clock
from settings import load
from tests.support.stack import Stack
from tests.support.watch import Watch

SCANS = "/api/v1/attendance/scans"
TABLES = (
    "volunteer", "wechat_identity", "consent", "signup", "service_record", "minute_entry", "point_entry",
    "notice", "delivery", "scan_ticket", "digits", "history",
)  # fmt: skip
SECONDS = 1.0
SETTINGS = load(demo=True)


def ask(house: Stack, query: str, *values: Any) -> list[Any]:
    """Rows of the running house's database."""
    with sqlite3.connect(f"file:{house.folder / 'story.db'}?mode=ro", uri=True) as database:
        return database.execute(query, values).fetchall()


def counts(house: Stack) -> dict[str, int]:
    """Rows of what an act could touch."""
    return {name: ask(house, f"SELECT COUNT(*) FROM {name}")[0][0] for name in TABLES}


def now(house: Stack) -> datetime:
    """What the house's clock shows."""
    return clock.now() + timedelta(seconds=int((house.folder / "clock").read_text()))


def timed(method: str, url: str, **more: Any) -> requests.Response:
    """The answer, which must come within a second."""
    with Watch() as watch:
        answer = requests.request(method, url, timeout=10, allow_redirects=False, **more)
    assert watch.seconds < SECONDS
    return answer


def said(answer: requests.Response) -> tuple[int, str]:
    """Status and code of a refusal in our shape."""
    document = answer.json()
    assert set(document) == {"code", "message", "facts"}, document
    return answer.status_code, document["code"]


def sign(*parts: str) -> str:
    """WeChat's signature under the house's token."""
    token = SETTINGS.wechat_token.get_secret_value()
    return hashlib.sha1("".join(sorted((token, *parts))).encode()).hexdigest()


def push(
    house: Stack, sealed: str, *, signature: str | None = None, stamp: str | None = None
) -> requests.Response:
    """A push to the official account's door."""
    stamp = stamp or str(int(now(house).timestamp()))
    query = {
        "timestamp": stamp, "nonce": "n", "encrypt_type": "aes", "signature": sign(stamp, "n"),
        "msg_signature": sign(stamp, "n", sealed) if signature is None else signature,
    }  # fmt: skip
    body = f"<xml><ToUserName>gh</ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()
    return requests.post(f"{house.app}/wechat/callback", params=query, data=body, timeout=10)
