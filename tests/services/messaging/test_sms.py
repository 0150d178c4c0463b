"""Text messages: for emergencies that reach nobody in WeChat, through a gateway of the operator's, off by default."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests

from models import DeliveryTry, Volunteer, store
from sandbox.config import Config
from sandbox.server import Sandbox
from services.messaging import outbox
from sms.gateway import Accepted, HttpSms, SmsFailure, Trouble
from tests.services.messaging.outbox_cases import TEMPLATE, queue, state, unfollow
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import World
from wechat.gateway import WechatFailure

PHONE = "13812340001"


class Texts:
    """The sandbox's gateway over HTTP, and what it sent."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.gateway = HttpSms(f"{url}/sms/send", "sandbox-sms")
        self.before = len(self._all())

    def _all(self) -> list[dict[str, str]]:
        return requests.get(f"{self.url}/_control/sms", timeout=10).json()["texts"]

    def sent(self) -> list[dict[str, str]]:
        return self._all()[self.before :]

    def fault(self, **facts: Any) -> None:
        body = {"api": "/sms/send", **facts}
        assert requests.post(f"{self.url}/_control/faults", json=body, timeout=10).status_code == 200


@pytest.fixture(scope="module")
def running() -> Iterator[str]:
    box = Sandbox(Config(state_file=None)).start()
    yield box.url
    box.stop()


@pytest.fixture
def texts(running: str) -> Texts:
    requests.delete(f"{running}/_control/faults", timeout=10)
    return Texts(running)


@pytest.fixture
def unreached(cast: World) -> World:
    """小博 has a proved number and follows nothing."""
    sealed, _ = make_parts().vault.seal(PHONE, f"volunteer.phone:{cast.xiaobo.public_no}")

    def act() -> None:
        Volunteer.update(phone_sealed=sealed, phone_proof="wechat").where(Volunteer.id == cast.xiaobo.id).execute()

    store.write(act)
    unfollow(cast.xiaobo)
    return cast


def deliver(texts: Texts | None, at: datetime, gateway: FakeGateway | None = None) -> None:
    parts = make_parts(gateway or FakeGateway(), sms=texts.gateway if texts else None)
    outbox.deliver_due(parts=parts, owner="w1", at=at, limit=20)


def emergency(world: World, at: datetime, **more: Any) -> int:
    return queue(
        world, at, kind="activity_cancelled", title="活动取消", body="您报名的“清洁河岸”已取消，请不要前往。",
        starts_at=at + timedelta(hours=2), **more,
    )  # fmt: skip


def tries(ident: int) -> list[tuple[str, str]]:
    rows = DeliveryTry.select().where(DeliveryTry.delivery == ident).order_by(DeliveryTry.id)
    return [(row.channel, row.outcome) for row in rows]


def test_emergency_that_reaches_nobody_goes_as_a_text(unreached: World, at: datetime, texts: Texts) -> None:
    ident = emergency(unreached, at)
    deliver(texts, at)
    assert (state(ident), tries(ident)) == (("sent", "sms"), [("sms", "sent")])
    [text] = texts.sent()
    assert (text["to"], text["text"], text["reference"]) == (
        PHONE, "【红耀江淮】活动取消。您报名的“清洁河岸”已取消，请不要前往。", f"d-{ident}",
    )  # fmt: skip


def test_text_comes_after_every_way_of_wechat(cast: World, unreached: World, at: datetime, texts: Texts) -> None:
    from models import WechatIdentity

    store.write(lambda: WechatIdentity.update(following=True).where(WechatIdentity.kind == "oa").execute())
    gateway = FakeGateway()
    gateway.fail("send_template", WechatFailure(TEMPLATE, 43004))
    first, second = emergency(unreached, at), emergency(unreached, at, person=cast.chali)
    deliver(texts, at, gateway)
    assert (tries(first), tries(second)) == ([("tpl", "user_state"), ("sms", "sent")], [("tpl", "sent")])


def test_without_a_gateway_there_is_none(unreached: World, at: datetime, texts: Texts) -> None:
    ident = emergency(unreached, at)
    deliver(None, at)
    assert (state(ident), texts.sent()) == (("inbox", ""), [])


@pytest.mark.parametrize("kind", ["merged", "broadcast", "hours_confirmed"])
def test_what_is_no_emergency_costs_no_text(unreached: World, at: datetime, texts: Texts, kind: str) -> None:
    ident = queue(unreached, at, kind=kind, activity_version=1, activity_id=unreached.activity.id)
    deliver(texts, at)
    assert (state(ident), texts.sent()) == (("inbox", ""), [])


def test_number_that_nobody_has_proved_gets_none(unreached: World, at: datetime, texts: Texts) -> None:
    store.write(lambda: Volunteer.update(phone_proof="none").execute())
    ident = emergency(unreached, at)
    deliver(texts, at)
    assert (state(ident)[0], texts.sent()) == ("inbox", [])


@pytest.mark.parametrize(
    ("fault", "after", "arrived"),
    [
        ({"kind": "html", "status": 503}, ("queued", ""), 0),
        ({"kind": "html", "status": 502}, ("unknown", "sms"), 0),
        ({"kind": "cut"}, ("unknown", "sms"), 0),
        ({"kind": "cut-after"}, ("unknown", "sms"), 1),
        ({"kind": "html", "status": 404}, ("failed", ""), 0),
    ],
    ids=["busy", "page", "cut", "cut-after", "wrong-address"],
)
def test_text_is_never_repeated_unless_it_surely_was_not_sent(
    unreached: World, at: datetime, texts: Texts, fault: dict[str, Any], after: tuple[str, str], arrived: int
) -> None:
    texts.fault(**fault)
    ident = emergency(unreached, at)
    deliver(texts, at)
    assert (state(ident), len(texts.sent())) == (after, arrived)
    deliver(texts, at + timedelta(minutes=1))
    assert len(texts.sent()) == (1 if after[0] == "queued" else arrived)


def test_number_that_the_gateway_will_not_serve_is_not_tried_again(texts: Texts) -> None:
    with pytest.raises(SmsFailure) as caught:
        texts.gateway.send(to="13800000000", text="x", reference="d-1")
    assert caught.value.trouble is Trouble.REFUSED
    assert "13800000000" not in f"{caught.value!r}{caught.value.__context__!r}"


def test_gateway_that_is_away_is_asked_again() -> None:
    with pytest.raises(SmsFailure) as caught:
        HttpSms("http://127.0.0.1:9/sms/send", "key").send(to=PHONE, text="x", reference="d-1")
    assert caught.value.trouble is Trouble.RETRY


def test_accepted_text_has_the_gateways_own_number(texts: Texts) -> None:
    made = texts.gateway.send(to=PHONE, text="x", reference="d-9")
    assert isinstance(made, Accepted)
    assert made.id.startswith("s")


def test_wrong_key_is_refused(texts: Texts) -> None:
    with pytest.raises(SmsFailure) as caught:
        HttpSms(f"{texts.url}/sms/send", "guess").send(to=PHONE, text="x", reference="d-1")
    assert (caught.value.trouble, texts.sent()) == (Trouble.REFUSED, [])
