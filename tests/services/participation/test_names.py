"""A name that a phone without a network wrote down: whose it is, said once by the leader; or nobody's, and why."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from peewee import IntegrityError

from models import Attempt, History, NameVerdict, ServiceRecord, Volunteer, store
from models.dialect import Database
from services.errors import Refusal, RefusalCode
from services.participation import day, names
from tests.services.participation.offline_phone import Phone, kept, record
from tests.services.participation.test_attendance import MINUTES, refused
from tests.support.fakes import make_parts
from tests.support.world import World, grant, join, make_volunteer

HOURS = timedelta(hours=1)
C = RefusalCode


@pytest.fixture
def zhou(cast: World, at: datetime) -> list[Volunteer]:
    """Two of the team are called 周老三."""

    def make() -> list[Volunteer]:
        both = [make_volunteer(at, "周老三") for _ in range(2)]
        for each in both:
            join(at, cast.team, each)
        return both

    return store.write(make)


@pytest.fixture
def written(phone: Phone, zhou: list[Volunteer], start: datetime) -> int:
    """The phone has brought 周老三 in at the start and out an hour later; the number of the name."""
    phone.bring(
        phone.item(start, kind="name", name="周老三"), phone.item(start + HOURS, "out", kind="name", name="周老三"),
        at=start + 2 * HOURS,
    )  # fmt: skip
    return int(Attempt.select().order_by(Attempt.id).get().id)


def unknown(cast: World, at: datetime) -> list[names.Unknown]:
    return day.day(
        parts=make_parts(), actor=cast.actor(cast.ali), activity_code=cast.activity.code, at=at
    ).unknown


def assign(cast: World, number: int, person: Volunteer, at: datetime, *, by: Volunteer | None = None) -> bool:
    return names.assign(
        actor=cast.actor(by or cast.ali), activity_code=cast.activity.code, number=number,
        public_no=person.public_no, at=at,
    )  # fmt: skip


def drop(cast: World, number: int, at: datetime, reason: str = "过路人，没有登记") -> None:
    names.refuse(
        actor=cast.actor(cast.ali), activity_code=cast.activity.code, number=number, reason=reason, at=at
    )


def test_name_stands_on_the_day_with_those_it_may_mean(
    cast: World, written: int, zhou: list[Volunteer], start: datetime
) -> None:
    (seen,) = unknown(cast, start + 3 * HOURS)
    assert (seen.number, seen.name) == (written, "周老三")
    assert seen.moments == (("in", start), ("out", start + HOURS))
    assert {each.public_no for each in seen.likely} == {each.public_no for each in zhou}


def test_one_tap_makes_it_his_check_in_and_out_at_the_written_moments(
    cast: World, written: int, zhou: list[Volunteer], start: datetime
) -> None:
    assert assign(cast, written, zhou[1], start + 3 * HOURS)
    mine = record(zhou[1])
    assert (mine.in_at, mine.out_at, mine.minutes, mine.by_hand) == (start, start + HOURS, 60, True)
    assert ServiceRecord.select().count() == 1
    assert unknown(cast, start + 3 * HOURS) == []
    assert kept()[:2] == [("refused", "not_registered", "unknown")] * 2
    assert [line.changes for line in History.select().where(History.verb == "name")] == [
        {"name": ["周老三", zhou[1].public_no]}
    ] * 2


def test_slip_of_the_pen_offers_the_most_alike_first(cast: World, phone: Phone, start: datetime) -> None:
    phone.bring(phone.item(start, kind="name", name="王晓博"), at=start + HOURS)
    (seen,) = unknown(cast, start + HOURS)
    assert [each.name for each in seen.likely] == ["王小博"]


def test_name_decided_days_later_counts_as_it_came(
    cast: World, written: int, zhou: list[Volunteer], start: datetime
) -> None:
    assign(cast, written, zhou[0], start + timedelta(days=5))
    assert (record(zhou[0]).minutes, record(zhou[0]).needs_review) == (60, "")


def test_same_name_twice_is_two_people(cast: World, phone: Phone, zhou: list[Volunteer], start: datetime) -> None:
    items = [phone.item(start + n * MINUTES, kind="name", name="周老三") for n in range(2)]
    phone.bring(*items, at=start + HOURS)
    first, second = unknown(cast, start + HOURS)
    assign(cast, first.number, zhou[0], start + HOURS)
    assign(cast, second.number, zhou[1], start + HOURS)
    assert [record(each).in_at for each in zhou] == [start, start + MINUTES]


def test_check_out_alone_waits_for_its_check_in(
    cast: World, phone: Phone, zhou: list[Volunteer], start: datetime
) -> None:
    phone.bring(phone.item(start + HOURS, "out", kind="name", name="周老三"), at=start + 2 * HOURS)
    (seen,) = unknown(cast, start + 2 * HOURS)
    assert not assign(cast, seen.number, zhou[0], start + 2 * HOURS)
    assert unknown(cast, start + 2 * HOURS) == []
    phone.bring(phone.tick(zhou[0], start), at=start + 3 * HOURS)
    assert record(zhou[0]).minutes == 60


def test_nobodys_name_goes_with_the_reason(cast: World, written: int, start: datetime) -> None:
    assert refused(lambda: drop(cast, written, start + 3 * HOURS, "  ")) is C.REASON_REQUIRED
    drop(cast, written, start + 3 * HOURS)
    assert unknown(cast, start + 3 * HOURS) == []
    assert ServiceRecord.select().count() == 0
    assert {(each.volunteer_id, each.reason) for each in NameVerdict.select()} == {(None, "过路人，没有登记")}


def test_name_is_decided_once(cast: World, written: int, zhou: list[Volunteer], start: datetime) -> None:
    assign(cast, written, zhou[0], start + 3 * HOURS)
    assert refused(lambda: assign(cast, written, zhou[1], start + 3 * HOURS)) is C.RECORD_STATE
    assert refused(lambda: drop(cast, written, start + 3 * HOURS)) is C.RECORD_STATE
    assert ServiceRecord.select().count() == 1


def test_verdict_is_never_edited(cast: World, written: int, start: datetime) -> None:
    drop(cast, written, start + 3 * HOURS)
    with pytest.raises((IntegrityError, Exception), match="append-only"):
        store.write(NameVerdict.update(reason="").execute)


def test_leader_gives_nobody_elses_name_to_himself(cast: World, written: int, start: datetime) -> None:
    assert refused(lambda: assign(cast, written, cast.ali, start + 3 * HOURS)) is C.OWN_RECORD
    assert len(unknown(cast, start + 3 * HOURS)) == 1


def test_only_who_leads_decides(cast: World, written: int, zhou: list[Volunteer], start: datetime) -> None:
    when = start + 3 * HOURS
    assert refused(lambda: assign(cast, written, zhou[0], when, by=cast.chali)) is C.NOT_FOUND
    assert refused(lambda: assign(cast, written, zhou[0], when, by=cast.xiaobo)) is C.NOT_ALLOWED
    assert refused(lambda: assign(cast, written + 999, zhou[0], when)) is C.NOT_FOUND


# two leaders at once


@pytest.fixture
def met(monkeypatch: pytest.MonkeyPatch) -> Barrier:
    """Both have read the name as undecided before either decides, where nothing keeps them apart."""
    meeting = Barrier(2)
    whole = names._written

    def slow(*args: Any) -> Any:
        found = whole(*args)
        with suppress(BrokenBarrierError):
            meeting.wait(timeout=0.7)
        return found

    monkeypatch.setattr(names, "_written", slow)
    return meeting


def both(cast: World, written: int, zhou: list[Volunteer], at: datetime) -> list[Any]:
    """Leader and deputy each give the name to another one; what came of it."""
    store.write(lambda: grant(at - timedelta(days=9), cast.chali, "deputy", team=cast.team))

    def one(pair: tuple[Volunteer, Volunteer]) -> Any:
        with store.session():
            try:
                return assign(cast, written, pair[1], at, by=pair[0])
            except Refusal as refusal:
                return refusal.code

    with ThreadPoolExecutor(2) as phones:
        return list(phones.map(one, zip((cast.ali, cast.chali), zhou, strict=True)))


def test_of_two_at_once_one_decides(
    cast: World, written: int, zhou: list[Volunteer], start: datetime, met: Barrier
) -> None:
    told = both(cast, written, zhou, start + 3 * HOURS)
    assert sorted(told, key=str) == sorted([True, C.RECORD_STATE], key=str)
    assert ServiceRecord.select().count() == 1


@pytest.mark.parametrize("db", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_without_the_guard_the_name_is_two_peoples(
    db: Database, cast: World, written: int, zhou: list[Volunteer], start: datetime, met: Barrier,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The control: SQLite has one writer anyway, so it is PostgreSQL's."""
    monkeypatch.setattr(names, "_decide", lambda *_: None)
    both(cast, written, zhou, start + 3 * HOURS)
    assert ServiceRecord.select().count() == 2
