"""Broadcasts go out at so many a minute: for an hour, after a standstill, two at once, and until the platform's day is
over; nobody is told twice."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Broadcast, Delivery, DeliveryTry, store
from services.messaging import broadcasts, outbox, pacing
from services.messaging.broadcasts import Choice, sending
from services.parts import Parts
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import World, join, make_identity, make_team, make_volunteer
from wechat.gateway import Sent, WechatFailure

A_MINUTE = 6
STEP = timedelta(seconds=10)


class Platform(FakeGateway):
    """Takes so many templates on a day of its own, and remembers who was told when."""

    def __init__(self, a_day: int = 10**9) -> None:
        super().__init__()
        self.left, self.now = a_day, datetime.min
        self.told: list[tuple[str, datetime]] = []

    def send_template(self, openid: str, *args: Any, **more: Any) -> Sent:
        if not self.left:
            raise WechatFailure("/cgi-bin/message/template/send", 45009)
        self.left -= 1
        self.told.append((openid, self.now))
        return super().send_template(openid, *args, **more)


def followers(cast: World, at: datetime, count: int) -> None:
    """A team of so many who follow the account."""

    def make() -> None:
        team = make_team(at, cast.centre, "巡堤队", code="pace")
        for _ in range(count):
            person = make_volunteer(at)
            make_identity(at, person)
            join(at, team, person)

    store.write(make)


def confirmed(cast: World, at: datetime, text: str = "明早七点值守") -> int:
    """A broadcast to them that waits for the worker."""
    actor = cast.actor(cast.officer, "console")
    drafted = broadcasts.draft(actor=actor, choice=Choice("team", "pace"), text=text, at=at)
    broadcasts.confirm(actor=actor, notice_id=drafted.notice_id, at=at)
    assert Broadcast.get(Broadcast.notice == drafted.notice_id).state == "due"
    return drafted.notice_id


def pass_time(parts: Parts, begin: datetime, minutes: float, owner: str = "w1") -> None:
    """What the worker does, every ten seconds."""
    moment = begin
    while moment < begin + timedelta(minutes=minutes):
        parts.gateway.now = moment  # type: ignore[attr-defined]
        sending.work(parts=parts, at=moment)
        while outbox.deliver_due(parts=parts, owner=owner, at=moment, limit=50) == 50:
            pass
        moment += STEP


def a_minute(platform: Platform, begin: datetime) -> list[int]:
    """How many went out in each minute from `begin` to the last."""
    found = Counter(int((moment - begin).total_seconds() // 60) for _, moment in platform.told)
    return [found[number] for number in range(max(found) + 1)]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts for the worker, whatever the number."""
    monkeypatch.setattr(sending, "AT_ONCE", 1)


def test_for_an_hour_each_minute_has_as_many_as_it_may_and_nobody_is_told_twice(cast: World, at: datetime) -> None:
    followers(cast, at, A_MINUTE * 60)
    platform = Platform()
    confirmed(cast, at)
    pass_time(make_parts(platform, broadcast_a_minute=A_MINUTE), at, 61)
    assert a_minute(platform, at) == [A_MINUTE] * 60
    assert max(Counter(openid for openid, _ in platform.told).values()) == 1


def test_after_a_standstill_what_is_late_goes_out_at_the_same_pace(cast: World, at: datetime) -> None:
    """The control: without the turns all of it goes out at once."""
    followers(cast, at, A_MINUTE * 10)
    platform = Platform()
    parts = make_parts(platform, broadcast_a_minute=A_MINUTE)
    confirmed(cast, at)
    pass_time(parts, at, 2)
    later = at + timedelta(minutes=9)
    pass_time(parts, later, 9)
    assert (a_minute(platform, at)[:2], a_minute(platform, later)[-8:]) == ([A_MINUTE] * 2, [A_MINUTE] * 8)
    assert max(Counter(openid for openid, _ in platform.told).values()) == 1


def test_without_the_turns_a_standstill_ends_in_a_flood(
    cast: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    followers(cast, at, A_MINUTE * 10)
    platform = Platform()
    parts = make_parts(platform, broadcast_a_minute=A_MINUTE)
    confirmed(cast, at)
    sending.work(parts=parts, at=at)
    monkeypatch.setattr(pacing, "turn", lambda **_: None)
    later = at + timedelta(minutes=9)
    pass_time(parts, later, 1)
    assert a_minute(platform, later) == [A_MINUTE * 10]


def test_two_broadcasts_and_two_workers_share_the_minute(cast: World, at: datetime) -> None:
    followers(cast, at, A_MINUTE * 3)
    platform = Platform()
    parts = make_parts(platform, broadcast_a_minute=A_MINUTE)
    for text in ("明早七点值守", "带上手电"):
        confirmed(cast, at, text)
    moment = at
    for number in range(60):
        pass_time(parts, moment, STEP / timedelta(minutes=1), owner=f"w{number % 2}")
        moment += STEP
    assert a_minute(platform, at) == [A_MINUTE] * 6
    assert set(Counter(openid for openid, _ in platform.told).values()) == {2}


def test_worker_that_died_while_queueing_goes_on_behind_what_stands_there(cast: World, at: datetime) -> None:
    followers(cast, at, A_MINUTE * 5)
    parts = make_parts(Platform(), broadcast_a_minute=A_MINUTE)
    notice_id = confirmed(cast, at)
    writes = [0]

    def dies(act: Any) -> Any:
        writes[0] += 1
        if writes[0] == 8:
            raise RuntimeError("killed")
        return store.write(act)

    with pytest.raises(RuntimeError):
        sending.work(parts=parts, at=at, write=dies)
    there = Delivery.select().count()
    sending.work(parts=parts, at=at + timedelta(seconds=20))
    due = sorted((row.due_at - at).total_seconds() for row in Delivery.select())
    assert (0 < there < A_MINUTE * 5, due) == (True, [10 * number for number in range(A_MINUTE * 5)])
    assert Broadcast.get(Broadcast.notice == notice_id).state == "sent"


def test_when_the_platforms_day_is_used_up_the_rest_goes_out_on_the_next(cast: World, at: datetime) -> None:
    followers(cast, at, A_MINUTE * 4)
    platform = Platform(a_day=10)
    parts = make_parts(platform, broadcast_a_minute=A_MINUTE)
    confirmed(cast, at)
    pass_time(parts, at, 10)
    refused = DeliveryTry.select().where(DeliveryTry.outcome == "quota").count()
    assert (len(platform.told), refused) == (10, 1)
    platform.left = 100
    morning = at + timedelta(days=1)
    pass_time(parts, morning, 4)
    assert (len(platform.told), a_minute(platform, morning)[-3:]) == (A_MINUTE * 4, [6, 6, 2])
    assert max(Counter(openid for openid, _ in platform.told).values()) == 1
