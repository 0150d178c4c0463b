"""What WeChat reports after it had taken a message: arrived, blocked, and sometimes before its own answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import DeliveryTry
from services.messaging import choices, outbox
from tests.services.messaging.outbox_cases import deliver, queue, state
from tests.support.fakes import FakeGateway


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


def test_report_of_success_is_kept(db: Any, cast: Any, at: datetime, gateway: FakeGateway) -> None:
    ident = queue(cast, at)
    deliver(gateway, at)
    assert outbox.result_event(msgid=DeliveryTry.get().msgid, status="success", at=at) is True
    assert (state(ident), DeliveryTry.get().outcome) == (("sent", "tpl"), "delivered")


def test_report_of_a_block_means_not_reached(db: Any, cast: Any, at: datetime, gateway: FakeGateway) -> None:
    ident = queue(cast, at)
    deliver(gateway, at)
    outbox.result_event(msgid=DeliveryTry.get().msgid, status="failed:user block", at=at)
    deliver(gateway, at)
    assert (state(ident), len(gateway.calls)) == (("inbox", ""), 1)


def test_report_of_a_block_is_remembered_until_he_opens_it_again(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    queue(cast, at)
    deliver(gateway, at)
    outbox.result_event(msgid=DeliveryTry.get().msgid, status="failed:user block", at=at)
    second = queue(cast, at)
    deliver(gateway, at)
    assert (state(second)[0], len(gateway.calls)) == ("inbox", 1)
    choices.reopen(actor=cast.actor(cast.xiaobo), at=at)
    third = queue(cast, at)
    deliver(gateway, at)
    assert state(third) == ("sent", "tpl")


def test_report_that_overtakes_the_answer_counts(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    ident = queue(cast, at)
    assert outbox.result_event(msgid="1", status="failed:user block", at=at) is False
    deliver(gateway, at)
    deliver(gateway, at + timedelta(seconds=1))
    assert (state(ident), len(gateway.calls)) == (("inbox", ""), 1)
