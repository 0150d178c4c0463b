"""The platform and our tokens, over HTTP and over the shared store: refused for ever, or killed by somebody else.

The numbers in the names are those of the list of fault cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from threading import Barrier
from typing import Any

import pytest

from models import ApiPause, store
from services.accounts.vault import Vault
from services.conversation.wechat_tokens import DatabaseTokenStore
from services.messaging import outbox
from services.operation import alarms, health
from tests.services.messaging.outbox_cases import queue
from tests.support.fakes import OA, FakeGateway, make_parts
from tests.support.world import make_identity, make_volunteer
from tests.wechat.calls import gateway_to, send
from tests.wechat.platform import TOKEN, Platform, say
from wechat.gateway import WechatFailure
from wechat.live import LiveGateway
from wechat.tokens import MemoryTokenStore, TokenStore

Figure = Callable[[str], None]
SEND = "/cgi-bin/message/template/send"
REFUSED = {"errcode": 40001, "errmsg": "invalid credential, access_token is invalid or not latest"}
WORKERS, EACH = 8, 5


@pytest.fixture
def platform() -> Iterator[Platform]:
    platform = Platform()
    yield platform
    platform.close()


def test_case_17_token_refused_for_ever_rests_the_queue_and_tells_the_operator(
    db: Any, cast: Any, at: datetime, platform: Platform, figure: Figure
) -> None:
    platform.will(SEND, REFUSED)
    people = store.write(lambda: [make_volunteer(at) for _ in range(10)])
    for person in people:
        store.write(lambda person=person: make_identity(at, person, "oa", appid=OA))
        queue(cast, at, person, dedupe_key=f"t{person.id}")
    parts = make_parts(gateway_to(platform.base))  # type: ignore[arg-type]
    for seconds in range(0, 60, 10):
        outbox.deliver_due(parts=parts, owner="w1", at=at + timedelta(seconds=seconds), limit=20)
    figure(f"{platform.count(TOKEN)} tokens fetched, {platform.count(SEND)} sends in the first minute of ten messages")
    assert (platform.count(TOKEN), platform.count(SEND)) == (2, 2)
    assert [(row.api, round((row.until - at).total_seconds())) for row in ApiPause.select()] == [("oa", 60)]
    health.note_run(name="heartbeat", started_at=at, ended_at=at, outcome="ok")
    assert alarms.tell_operator(parts=make_parts(FakeGateway(), operator_openid="o-boss"), at=at) == 1


def storm(platform: Platform, tokens: Callable[[], TokenStore]) -> tuple[int, int]:
    """Eight workers send at once with a token that somebody else's refresh has killed; (tokens fetched, messages sent).

    The platform takes the newest token alone, as it does when an account's token is renewed.
    """

    def newest_only(handler: BaseHTTPRequestHandler) -> None:
        fine = f"access_token=token-{platform.tokens}" in handler.path.split("&")[0]
        say(handler, b'{"errcode":0}' if fine else b'{"errcode":40001,"errmsg":"not latest"}')

    platform.will(SEND, newest_only)
    gateways = [gateway_to(platform.base, tokens()) for _ in range(WORKERS)]  # type: ignore[arg-type]
    for each in gateways:
        send(each)  # everybody has a token
    platform.tokens += 100  # the foreign refresh
    after, gate = platform.tokens, Barrier(WORKERS)

    def work(gateway: LiveGateway) -> int:
        taken = 0
        gate.wait(10)
        with store.session():
            for _ in range(EACH):
                with suppress(WechatFailure):
                    taken += send(gateway) is not None
        return taken

    with ThreadPoolExecutor(WORKERS) as workers:
        taken = sum(workers.map(work, gateways))
    return platform.tokens - after, taken


def test_case_18_token_killed_by_another_is_fetched_once_and_every_message_goes(
    db: Any, at: datetime, platform: Platform, figure: Figure
) -> None:
    vault = Vault({"k1": b"1" * 32}, b"i" * 32)
    fetched, taken = storm(platform, lambda: DatabaseTokenStore(vault=vault, now=lambda: at))
    figure(f"{db.dialect}: {fetched} refresh, {taken} of {WORKERS * EACH} messages taken")
    assert (fetched, taken) == (1, WORKERS * EACH)


def test_case_18_control_tokens_that_nobody_shares_are_fetched_again_and_again(
    db: Any, at: datetime, platform: Platform, figure: Figure
) -> None:
    """Each has its own store, and each refresh kills everybody else's token."""
    fetched, taken = storm(platform, lambda: MemoryTokenStore(lambda: at))
    figure(f"{fetched} refreshes, {taken} taken where nobody shares")
    assert fetched > 1
