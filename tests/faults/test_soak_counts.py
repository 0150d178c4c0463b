"""How the soak counts pushes: by what the platform has, never by what our own rows say of themselves."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from models import Delivery
from services.messaging.channels import client_msg_id
from tests.faults.crowd import Verdict
from tests.faults.soak import Soaked, at_the_platform, count
from tests.services.messaging.outbox_cases import deliver, queue
from tests.support.fakes import FakeGateway
from tests.support.world import World

PUSHES = 6


class Killed(BaseException):
    """kill -9, as far as one process can suffer it."""


class Here:
    """The part of a ground that is counted: this test's database and what its gateway took."""

    def __init__(self, gateway: FakeGateway) -> None:
        self.gateway = gateway

    def ask(self, query: str) -> list[Any]:
        return list(Delivery.raw(query).tuples())

    def taken(self) -> list[dict[str, Any]]:
        calls = self.gateway.named("send_template")
        return [{"client_msg_id": each["client_msg_id"], "msgid": f"m{n}"} for n, each in enumerate(calls)]


def counted(gateway: FakeGateway) -> Soaked:
    ground: Any = Here(gateway)
    return count(ground, Verdict(0, 0, 0, [], []), 1, PUSHES, Counter(), at_the_platform(ground))


def called_out(cast: World, at: datetime) -> list[int]:
    return [queue(cast, at, kind="emergency") for _ in range(PUSHES)]


@pytest.mark.case(2)
def test_pushes_that_the_platform_took_are_there(cast: World, at: datetime) -> None:
    called_out(cast, at)
    gateway = FakeGateway()
    deliver(gateway, at)
    done = counted(gateway)
    assert (done.fine, done.states) == (True, {"sent": PUSHES})


@pytest.mark.case(2)
def test_rows_that_say_sent_do_not_stand_for_a_platform_that_has_nothing(cast: World, at: datetime) -> None:
    called_out(cast, at)
    Delivery.update(state="sent").execute()
    done = counted(FakeGateway())
    assert (done.fine, done.lost_pushes) == (False, PUSHES)


@pytest.mark.case(2)
def test_control_worker_that_marks_before_it_sends_and_is_killed_has_lost_one(
    cast: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    idents = called_out(cast, at)
    gateway = FakeGateway()
    send, dies = gateway.send_template, client_msg_id(idents[2])

    def marked_first(openid: str, *rest: Any, **more: Any) -> Any:
        ident = next(each for each in idents if client_msg_id(each) == more["client_msg_id"])
        Delivery.update(state="sent").where(Delivery.id == ident).execute()
        if more["client_msg_id"] == dies:
            raise Killed
        return send(openid, *rest, **more)

    monkeypatch.setattr(gateway, "send_template", marked_first)
    with pytest.raises(Killed):
        deliver(gateway, at, limit=PUSHES)
    Delivery.update(state="queued", lease_owner="", lease_until=None).where(Delivery.state == "inflight").execute()
    deliver(gateway, at, owner="w2")
    done = counted(gateway)
    assert (done.lost_pushes, done.states) == (1, {"sent": PUSHES})
