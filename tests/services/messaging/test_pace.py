"""Broadcasts go out at so many a minute and a day: for an hour, after a standstill, two at once, until the platform's
day is over, and beside a reminder at noon; nobody is told twice."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Broadcast, Delivery, DeliveryTry, Team, WechatIdentity, store
from models.dialect import Database
from services.messaging import broadcasts, outbox, pacing
from services.messaging.broadcasts import Choice, sending
from services.parts import Parts
from tests.services.messaging.outbox_cases import reminder
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
def restless(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker's rests between two parts are real time and no moment of these tests."""
    monkeypatch.setattr(sending, "RESTS", 0)


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


# The platform's day ------------------------------------------------------------------------------------------

A_DAY, SHARE, PEOPLE = 125, 100, 160
FIVE = timedelta(minutes=5)


def through_the_day(parts: Parts, begin: datetime, end: datetime, step: timedelta = FIVE) -> None:
    """What the worker does, looked at from time to time."""
    while begin <= end:
        pass_time(parts, begin, STEP / timedelta(minutes=1))
        begin += step


def remind(cast: World, at: datetime) -> str:
    """A reminder to 小博 of the shift he signed up for; his openid."""
    reminder(cast, at)
    return str(WechatIdentity.get(WechatIdentity.volunteer == cast.xiaobo, WechatIdentity.kind == "oa").openid)


def test_broadcast_larger_than_the_days_share_leaves_the_reminder_its_turn_and_goes_on_next_day(
    cast: World, at: datetime
) -> None:
    followers(cast, at, PEOPLE)
    platform = Platform(a_day=A_DAY)
    parts = make_parts(platform, broadcast_a_minute=60, templates_a_day=A_DAY)
    notice_id = confirmed(cast, at)
    noon = at + timedelta(hours=3)
    through_the_day(parts, at, noon)
    told_by_noon = len(platform.told)
    reminded = remind(cast, noon + FIVE)
    through_the_day(parts, noon + FIVE, at + timedelta(hours=15))
    first_day = [openid for openid, _ in platform.told]
    assert (reminded in first_day, platform.told[told_by_noon : told_by_noon + 2].count((reminded, noon + FIVE))) == (
        True, 1,
    )  # fmt: skip
    assert SHARE * 0.98 <= len(first_day) - 1 <= SHARE
    assert told_by_noon == pytest.approx(SHARE * 3 / 12.5, abs=2)  # spread until the quiet hours, not all at once
    until = broadcasts.progress(actor=cast.actor(cast.officer, "console"), notice_id=notice_id, at=noon).until
    platform.left = A_DAY
    through_the_day(parts, at + timedelta(hours=22), at + timedelta(hours=36), 2 * FIVE)
    counts = Counter(openid for openid, _ in platform.told)
    assert (len(counts), max(counts.values())) == (PEOPLE + 1, 1)
    assert until is not None
    assert abs(platform.told[-1][1] - until) <= timedelta(minutes=20)
    assert DeliveryTry.select().where(DeliveryTry.outcome == "quota").count() == 0


def test_without_the_days_share_the_reminder_at_noon_waits_for_midnight(
    cast: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the one before."""
    monkeypatch.setattr(pacing, "share", lambda a_day: 10**9)
    followers(cast, at, PEOPLE)
    platform = Platform(a_day=A_DAY)
    parts = make_parts(platform, broadcast_a_minute=60, templates_a_day=A_DAY)
    confirmed(cast, at)
    pass_time(parts, at, 5)
    noon = at + timedelta(hours=3)
    reminded = remind(cast, noon)
    through_the_day(parts, noon, noon + FIVE)
    assert (len(platform.told), reminded in [openid for openid, _ in platform.told]) == (A_DAY, False)


def test_two_broadcasts_that_each_fit_share_the_day_and_the_rest_goes_out_on_the_next(
    cast: World, at: datetime
) -> None:
    followers(cast, at, 70)
    platform = Platform()
    parts = make_parts(platform, broadcast_a_minute=60, templates_a_day=A_DAY)
    for text in ("明早七点值守", "带上手电"):
        confirmed(cast, at, text)
    pass_time(parts, at, 4)
    assert len(platform.told) == SHARE
    morning = at + timedelta(hours=22.5)  # 07:30
    through_the_day(parts, morning - FIVE, morning + timedelta(hours=8), 6 * FIVE)
    assert set(Counter(openid for openid, _ in platform.told).values()) == {2}
    assert min(moment for _, moment in platform.told[SHARE:]) >= morning


def test_who_does_not_follow_takes_no_turn_of_the_day(cast: World, at: datetime) -> None:
    followers(cast, at, SHARE - 10)
    store.write(lambda: [join(at, Team.get(Team.code == "pace"), make_volunteer(at)) for _ in range(60)])
    confirmed(cast, at)
    parts = make_parts(Platform(), broadcast_a_minute=60, templates_a_day=A_DAY)
    sending.work(parts=parts, at=at, seconds=60)
    last = max(row.due_at for row in Delivery.select())
    assert (Delivery.select().count(), last <= at + timedelta(hours=12.5)) == (SHARE + 50, True)


def test_day_of_the_platform_ends_at_midnight_in_shanghai(db: Database, at: datetime) -> None:
    hours = {"quiet_from": "21:30", "quiet_until": "07:30"}
    midnight = at.replace(hour=16)

    def turn(moment: datetime) -> datetime | None:
        return store.write(lambda: pacing.day_turn(a_day=5, hours=hours, at=moment))

    last = midnight - timedelta(minutes=1)
    morning = midnight + timedelta(hours=7.5)
    assert [turn(last) for _ in range(4)] == [None] * 4
    assert [turn(last) for _ in range(5)] == [
        *(morning + timedelta(hours=3.5 * place) for place in range(4)), morning + timedelta(days=1),
    ]  # fmt: skip
    assert [turn(midnight) for _ in range(5)] == [None] * 4 + [morning + timedelta(days=1)]
    # A worker whose clock is a little behind still counts in the day that runs.
    assert turn(last) == morning + timedelta(days=1, hours=-20.5)
