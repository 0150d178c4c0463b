"""The desk and what comes back: handed over once, never to oneself; cancelled, refunded, returned when nobody came."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Delivery, PointDebt, PointEntry, Redemption, Reward, Volunteer, store
from services.bookkeeping import books, expiry
from services.errors import RefusalCode
from services.lives import merging
from services.mall import handing, redeeming, slips, views
from tests.services.mall.test_redeeming import refused
from tests.services.mall.world import give, offer, open_mall, sums, take
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import VILLAGE2, World, grant, make_volunteer

C = RefusalCode
PARTS = make_parts(FakeGateway())
DAY = timedelta(days=1)
#: Where no statement is in question that one database might read otherwise.
ONE = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def got(cast: World, at: datetime) -> Redemption:
    """小博 has redeemed 60 of 100 points."""
    open_mall(at)
    give(cast.xiaobo, 100, at)
    return take(cast.xiaobo, offer(cast, at), at)


def state(got: Redemption) -> str:
    return str(Redemption.get_by_id(got.id).state)


def test_code_and_digits_find_it_and_it_is_handed_over_once(cast: World, at: datetime, got: Redemption) -> None:
    officer = cast.actor(cast.officer, "console")
    code = handing.pick_code(parts=PARTS, code=got.code)
    for shown in (code, f"{PARTS.public_url}/g/{code}", f"{got.digits[:4]} {got.digits[4:]}"):
        assert handing.found(parts=PARTS, actor=officer, shown=shown, at=at) == (got.code, False)
    assert handing.found(parts=PARTS, actor=cast.actor(cast.xiaobo), shown=code, at=at) == (got.code, True)
    no = refused(lambda: handing.found(parts=PARTS, actor=cast.actor(cast.chali), shown=code, at=at))
    assert no.code is C.NOT_FOUND
    forged = code[:-1] + ("a" if code[-1] != "a" else "b")
    assert refused(lambda: handing.found(parts=PARTS, actor=officer, shown=forged, at=at)).code is C.CODE_FORGED
    assert refused(lambda: handing.found(parts=PARTS, actor=officer, shown="00000000", at=at)).code is C.NOT_FOUND
    handing.hand(actor=officer, code=got.code, at=at)
    no = refused(lambda: handing.hand(actor=officer, code=got.code, at=at))
    assert (no.code, no.facts["word"]) == (C.REDEMPTION_STATE, "已领取")
    assert Redemption.get_by_id(got.id).handed_by_id == cast.officer.id
    assert Delivery.select().where(Delivery.kind == "redemption_handed").count() == 1


@ONE
def test_another_station_and_the_one_who_gets_it_do_not_hand_over(cast: World, at: datetime, got: Redemption) -> None:
    def act() -> Volunteer:
        grant(at, cast.xiaobo, "region_admin", region="341522")
        stranger = make_volunteer(at, "别站")
        grant(at, stranger, "station_officer", region=VILLAGE2)
        return stranger

    other = store.write(act)
    assert refused(lambda: handing.hand(actor=cast.actor(cast.xiaobo), code=got.code, at=at)).code is C.OWN_RECORD
    assert refused(lambda: handing.hand(actor=cast.actor(other), code=got.code, at=at)).code is C.NOT_FOUND
    assert state(got) == "waiting"


def test_what_is_cancelled_gives_points_and_piece_back_once(cast: World, at: datetime, got: Redemption) -> None:
    mine = cast.actor(cast.xiaobo)
    assert refused(lambda: handing.cancel(actor=cast.actor(cast.chali), code=got.code, at=at)).code is C.NOT_FOUND
    handing.cancel(actor=mine, code=got.code, at=at)
    assert refused(lambda: handing.cancel(actor=mine, code=got.code, at=at)).code is C.REDEMPTION_STATE
    spent, back = PointEntry.select().where(PointEntry.redemption_id == got.id).order_by(PointEntry.id)
    assert (back.kind, back.amount, back.reverses_id) == ("refund", 60, spent.id)
    assert (sums(cast.xiaobo), Reward.get().stock, books.verify()) == ((100, 100), 10, [])


def test_eight_who_cancel_hand_and_take_back_at_once_leave_one_end(
    cast: World, at: datetime, got: Redemption
) -> None:
    officer, mine = cast.actor(cast.officer), cast.actor(cast.xiaobo)
    acts: list[Callable[[], Any]] = [
        lambda: handing.cancel(actor=mine, code=got.code, at=at),
        lambda: handing.take_back(actor=officer, code=got.code, reason="缺货", restock=True, at=at),
    ] * 4

    def one(act: Callable[[], Any]) -> str:
        with store.session():
            try:
                act()
            except Exception as no:
                return str(no)
        return "done"

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(one, acts)) == ["done"] + ["redemption_state"] * 7
    assert (sums(cast.xiaobo), Reward.get().stock, books.verify()) == ((100, 100), 10, [])


@ONE
def test_thing_that_was_broken_is_taken_back_with_a_reason(cast: World, at: datetime, got: Redemption) -> None:
    officer = cast.actor(cast.officer)
    handing.hand(actor=officer, code=got.code, at=at)
    facts: dict[str, Any] = {"actor": officer, "code": got.code, "restock": False, "at": at}
    assert refused(lambda: handing.take_back(**facts, reason=" ")).code is C.REASON_REQUIRED
    handing.take_back(**facts, reason="米袋破了")
    assert (state(got), sums(cast.xiaobo), Reward.get().stock) == ("refunded", (100, 100), 9)
    assert books.verify() == []


def test_nobody_came_so_it_is_told_before_and_returned(cast: World, at: datetime, got: Redemption) -> None:
    assert handing.remind_due(at=at) == 0
    assert [handing.remind_due(at=at + 26 * DAY) for _ in range(2)] == [1, 0]
    assert (handing.return_due(at=at + 30 * DAY), state(got)) == (0, "waiting")
    assert [handing.return_due(at=at + 31 * DAY) for _ in range(2)] == [1, 0]
    assert (state(got), sums(cast.xiaobo), Reward.get().stock) == ("returned", (100, 100), 10)
    told = Delivery.get(Delivery.kind == "redemption_returned")
    assert "60分已经退回" in told.body


def test_what_comes_back_after_its_points_were_over_is_over_too(cast: World, at: datetime) -> None:
    """Redeeming and cancelling renews nothing: what comes back is as old as it was."""
    open_mall(at)
    give(cast.xiaobo, 100, at, day="2023-06-01")  # good until the end of June
    got = take(cast.xiaobo, offer(cast, at), at)
    assert expiry.expire_due(at=at + 25 * DAY) == 1
    assert sums(cast.xiaobo) == (0, 0)
    handing.cancel(actor=cast.actor(cast.xiaobo), code=got.code, at=at + 26 * DAY)
    assert sums(cast.xiaobo) == (60, 60)
    assert [expiry.expire_due(at=at + 26 * DAY) for _ in range(2)] == [1, 0]
    assert (sums(cast.xiaobo), books.verify()) == ((0, 0), [])


def test_what_the_station_takes_back_is_good_until_the_end_of_the_next_month(cast: World, at: datetime) -> None:
    open_mall(at)
    give(cast.xiaobo, 100, at, day="2023-06-01")  # good until the end of June
    got = take(cast.xiaobo, offer(cast, at), at)
    july = at + 25 * DAY
    assert expiry.expire_due(at=july) == 1
    handing.take_back(actor=cast.actor(cast.officer), code=got.code, reason="缺货", restock=True, at=july)
    left = []
    for days in (1, 50, 60):  # until 31 August
        expiry.expire_due(at=july + days * DAY)
        left.append(sums(cast.xiaobo))
    assert (left, books.verify()) == ([(60, 60), (60, 60), (0, 0)], [])


@ONE
def test_officer_redeems_for_one_without_a_phone_and_prints_the_slip(cast: World, at: datetime) -> None:
    open_mall(at)
    reward, officer = offer(cast, at), cast.actor(cast.officer, "console")
    give(cast.chali, 60, at)
    give(cast.officer, 60, at)
    facts: dict[str, Any] = {"reward_code": reward.code, "price": 60, "key": "f1", "at": at}

    def for_(person: Volunteer, actor: Any = officer) -> str:
        return redeeming.redeem_for(actor=actor, public_no=person.public_no, **facts)

    assert refused(lambda: for_(cast.officer)).code is C.PROXY_GAINS
    assert refused(lambda: for_(cast.chali, cast.actor(cast.ali))).code is C.NOT_FOUND
    code = for_(cast.chali)
    assert code == for_(cast.chali)
    got = Redemption.get(Redemption.code == code)
    assert (got.paper, got.made_by_id, got.volunteer_id) == (True, cast.officer.id, cast.chali.id)
    assert slips.slip(parts=PARTS, actor=officer, code=code, at=at).startswith(b"%PDF")
    assert views.desk(parts=PARTS, actor=officer, code=code, at=at).may


def test_merged_entry_takes_its_redemption_along_and_it_is_refunded_there(
    cast: World, at: datetime, got: Redemption
) -> None:
    kept = store.write(lambda: make_volunteer(at, "王小博", region_code=cast.xiaobo.region_code))
    give(kept, 5, at)
    officer = cast.actor(cast.officer)
    both = {"kept_no": kept.public_no, "dropped_no": cast.xiaobo.public_no}
    for again in (False, True):  # merged, undone, merged again
        number = merging.merge(parts=PARTS, actor=officer, **both, reason="同一个人", at=at)
        assert (sums(kept), sums(cast.xiaobo), books.verify()) == ((45, 45), (0, 0), [])
        if not again:
            merging.undo(parts=PARTS, actor=officer, merge_id=number, reason="认错了", at=at)
            assert (sums(kept), sums(cast.xiaobo), books.verify()) == ((5, 5), (40, 40), [])
            assert Redemption.get_by_id(got.id).volunteer_id == cast.xiaobo.id
    handing.take_back(actor=cast.actor(cast.officer), code=got.code, reason="缺货", restock=True, at=at)
    assert (sums(kept), sums(cast.xiaobo), books.verify()) == ((105, 105), (0, 0), [])
    assert PointDebt.select().count() == 0
