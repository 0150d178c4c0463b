"""Redeeming: one write, exact under a crowd, one redemption for one key; refused with the reason, and nothing moved."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Delivery, Honour, PointEntry, Redemption, Reward, Volunteer, store
from queries import points as sql
from services.actors import OPERATOR
from services.bookkeeping import books, points
from services.errors import Refusal, RefusalCode
from services.mall import catalogue, rewards
from services.mall.rewards import RewardDraft
from services.policy import numbers
from tests.services.mall.world import give, offer, open_mall, sums, take
from tests.support.world import COUNTY, World, make_volunteer

C = RefusalCode
#: As many as the reliability cases ask for (26); where it is about the guard alone, a few are enough.
RIVALS, FEW = 50, 8
DAY = timedelta(days=1)
#: Where no statement is in question that one database might read otherwise.
ONE = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def mall(cast: World, at: datetime) -> None:
    open_mall(at)


def refused(act: Callable[[], Any]) -> Refusal:
    with pytest.raises(Refusal) as raised:
        act()
    return raised.value


def at_once(act: Callable[[int], Any], rivals: int = FEW) -> list[str]:
    """So many let go together; "won" or the refusal of each."""
    gate = threading.Barrier(rivals)

    def one(number: int) -> str:
        gate.wait(timeout=20)
        try:
            with store.session():
                act(number)
        except Refusal as refusal:
            return refusal.code.value
        return "won"

    with ThreadPoolExecutor(rivals) as threads:
        return sorted(threads.map(one, range(rivals)))


@pytest.fixture
def wide(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    if db.dialect == "postgres":
        monkeypatch.setattr(db, "_wait_timeout", 30)


def test_points_go_for_a_thing_and_the_person_is_told(cast: World, at: datetime) -> None:
    give(cast.xiaobo, 100, at)
    reward = offer(cast, at)
    got = take(cast.xiaobo, reward, at)
    assert (got.state, got.price, got.due_on, got.paper) == ("waiting", 60, "2026-07-10", False)
    assert Reward.get_by_id(reward.id).stock == 9
    assert sums(cast.xiaobo) == (40, 40)
    entry = PointEntry.get(PointEntry.kind == "redemption")
    assert (entry.amount, entry.redemption_id, entry.note, entry.expires_on) == (-60, got.id, "兑换“大米 5 公斤”", None)
    told = Delivery.get(Delivery.kind == "redeemed")
    assert f"{got.digits[:4]} {got.digits[4:]}" in told.body
    assert "还剩40分" in told.body
    assert books.verify() == []


@pytest.mark.case(26)
def test_fifty_of_sixty_from_a_hundred_have_one_winner(wide: None, cast: World, at: datetime) -> None:
    give(cast.xiaobo, 100, at)
    reward = offer(cast, at)
    answers = at_once(lambda number: take(cast.xiaobo, reward, at, key=f"tap{number}"), RIVALS)
    assert answers == ["points_short"] * (RIVALS - 1) + ["won"]
    assert (sums(cast.xiaobo), Redemption.select().count()) == ((40, 40), 1)
    assert (Reward.get_by_id(reward.id).stock, books.verify()) == (9, [])


@pytest.mark.case(26)
def test_control_without_the_guard_more_is_spent_than_there_was(
    wide: None, cast: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same taps, each by what it saw first. If one won here, the test above would prove nothing."""
    give(cast.xiaobo, 100, at)
    reward = offer(cast, at)
    seen = points.balance(cast.xiaobo.id)
    with monkeypatch.context() as without:
        without.setattr(points, "balance", lambda _: seen)
        without.setattr(sql, "hold", lambda _: seen)
        without.setattr(sql, "SPEND", sql.SPEND.replace("AND points >=", "AND 0 <"))
        answers = at_once(lambda number: take(cast.xiaobo, reward, at, key=f"tap{number}"))
    assert answers.count("won") > 1
    assert sums(cast.xiaobo)[0] < 0


def test_last_piece_goes_to_one_of_many(wide: None, cast: World, at: datetime) -> None:
    reward = offer(cast, at, stock=1, price=1)

    people: list[Volunteer] = store.write(lambda: [make_volunteer(at) for _ in range(FEW)])
    for each in people:
        give(each, 1, at)
    answers = at_once(lambda number: take(people[number], reward, at))
    assert answers == ["reward_gone"] * (FEW - 1) + ["won"]
    assert sum(points.balance(each.id) for each in people) == FEW - 1
    assert books.verify() == []


def test_limit_for_one_person_holds_under_a_crowd(wide: None, cast: World, at: datetime) -> None:
    give(cast.xiaobo, 1000, at)
    reward = offer(cast, at, price=10, per_person=2)
    answers = at_once(lambda number: take(cast.xiaobo, reward, at))
    assert answers == ["reward_limit"] * (FEW - 2) + ["won"] * 2
    assert sums(cast.xiaobo) == (980, 980)


def test_one_key_is_one_redemption(wide: None, cast: World, at: datetime) -> None:
    give(cast.xiaobo, 1000, at)
    reward = offer(cast, at)
    assert at_once(lambda _: take(cast.xiaobo, reward, at, key="one form")) == ["won"] * FEW
    assert (Redemption.select().count(), sums(cast.xiaobo)) == (1, (940, 940))


def test_price_that_changed_is_told_and_nothing_is_spent(cast: World, at: datetime) -> None:
    give(cast.xiaobo, 100, at)
    reward = offer(cast, at)
    draft = RewardDraft("大米 5 公斤", 80, 0, "县中心一楼", COUNTY, "2026-06-01")
    rewards.change(actor=cast.actor(cast.officer), code=reward.code, draft=draft, at=at)
    told = refused(lambda: take(cast.xiaobo, reward, at, price=60))
    assert (told.code, told.facts["price"]) == (C.REWARD_PRICE, 80)
    assert sums(cast.xiaobo) == (100, 100)
    assert take(cast.xiaobo, reward, at, price=80).price == 80


@ONE
def test_price_nobody_asked_is_refused(cast: World, at: datetime) -> None:
    give(cast.xiaobo, 100, at)
    reward = offer(cast, at)
    for price in (0, -60, 10**12):
        assert refused(lambda price=price: take(cast.xiaobo, reward, at, price=price)).code is C.REWARD_PRICE
    assert sums(cast.xiaobo) == (100, 100)


@ONE
def test_reward_that_is_not_for_him_now_says_why(cast: World, at: datetime) -> None:
    give(cast.xiaobo, 100, at)
    past = {"from_on": "2026-05-01", "to_on": "2026-06-09"}
    for more, code in (
        ({"from_on": "2026-06-11"}, C.REWARD_CLOSED), (past, C.REWARD_CLOSED), ({"stars": 1}, C.REWARD_STARS),
        ({"honour": True}, C.REWARD_HONOUR), ({"stock": 0}, C.REWARD_GONE), ({"price": 101}, C.POINTS_SHORT),
    ):  # fmt: skip
        reward = offer(cast, at, **more)
        assert refused(lambda reward=reward: take(cast.xiaobo, reward, at)).code is code
        shown = catalogue.offer(volunteer_id=cast.xiaobo.id, code=reward.code, at=at)
        assert shown.obstacle is not None
        assert shown.obstacle.code is code
    assert (sums(cast.xiaobo), Redemption.select().count()) == ((100, 100), 0)


@ONE
def test_honour_opens_what_asks_for_one(cast: World, at: datetime) -> None:
    give(cast.xiaobo, 100, at)
    reward = offer(cast, at, honour=True)
    store.write(
        lambda: Honour.create(
            volunteer=cast.xiaobo, kind="assessment", name="优秀", year="2025", region_code=COUNTY, source="t:1", at=at
        )
    )
    assert take(cast.xiaobo, reward, at).state == "waiting"


@ONE
def test_closed_reward_and_another_countys_are_not_had(cast: World, at: datetime) -> None:
    give(cast.xiaobo, 100, at)
    reward = offer(cast, at)
    rewards.set_state(actor=cast.actor(cast.officer), code=reward.code, state="closed", at=at)
    assert refused(lambda: take(cast.xiaobo, reward, at)).code is C.REWARD_CLOSED
    store.write(lambda: Reward.update(state="open", region_code="341523").where(Reward.id == reward.id).execute())
    assert refused(lambda: take(cast.xiaobo, reward, at)).code is C.NOT_FOUND


@ONE
def test_without_the_module_there_is_no_mall(cast: World, at: datetime) -> None:
    reward = offer(cast, at)
    facts: dict[str, Any] = {"actor": OPERATOR, "region_code": COUNTY, "kind": "modules", "name": "mall"}
    numbers.set_number(**facts, value=False, lock=False, reason="关", at=at)
    assert refused(lambda: catalogue.shelf(volunteer_id=cast.xiaobo.id, at=at)).code is C.MODULE_OFF
    assert refused(lambda: take(cast.xiaobo, reward, at)).code is C.MODULE_OFF
    assert refused(lambda: offer(cast, at)).code is C.MODULE_OFF


def test_points_that_are_over_are_not_spent_though_the_worker_slept(cast: World, at: datetime) -> None:
    give(cast.xiaobo, 90, at, day="2023-05-20")  # good until 2026-05-31
    give(cast.xiaobo, 20, at)
    assert refused(lambda: take(cast.xiaobo, offer(cast, at), at)).code is C.POINTS_SHORT
    assert take(cast.xiaobo, offer(cast, at, price=20), at).price == 20
    assert (sums(cast.xiaobo), books.verify()) == ((0, 0), [])


@ONE
def test_reward_with_impossible_numbers_or_that_would_be_pay_is_not_put_in(cast: World, at: datetime) -> None:
    for more, field in (
        ({"price": 0}, "price"), ({"price": -5}, "price"), ({"price": 10**9}, "price"), ({"stock": -1}, "stock"),
        ({"title": " "}, "title"), ({"stars": 6}, "stars"), ({"per_person": -1}, "per_person"),
        ({"from_on": "6月1日"}, "from_on"), ({"to_on": "2026-05-01"}, "to_on"), ({"partner": "nobody"}, "partner"),
        ({"place_region": "34"}, "place_region"),
    ):  # fmt: skip
        no = refused(lambda more=more: offer(cast, at, **more))
        assert (no.code, no.facts["field"]) == (C.FIELD_WRONG, field)
    for title in ("现金 50 元", "超市购物卡", "话费 30 元"):
        assert refused(lambda title=title: offer(cast, at, title=title)).code is C.REWARD_CASH


def test_fewer_are_taken_out_only_as_far_as_nobody_has_them(cast: World, at: datetime) -> None:
    give(cast.xiaobo, 100, at)
    reward = offer(cast, at, stock=2)
    take(cast.xiaobo, reward, at)
    draft = RewardDraft("大米 5 公斤", 60, 0, "县中心一楼", COUNTY, "2026-06-01")
    facts: dict[str, Any] = {"actor": cast.actor(cast.officer), "code": reward.code, "draft": draft, "at": at}
    assert refused(lambda: rewards.change(**facts, more=-2)).code is C.REWARD_GONE
    rewards.change(**facts, more=-1)
    now = Reward.get_by_id(reward.id)
    assert (now.stock, now.supply) == (0, 1)
    assert refused(lambda: rewards.change(**{**facts, "actor": cast.actor(cast.ali)})).code is C.NOT_FOUND
