"""Whatever one person and the office do with points, in whatever order, the book proves itself."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from peewee import fn

from models import PointDebt, PointEntry, ServiceRecord, store
from services import rules
from services.actors import Actor
from services.bookkeeping import books, expiry
from services.errors import Refusal
from services.mall import handing, redeeming
from tests.services.bookkeeping.test_points import DAY, ONE, record
from tests.services.mall.world import offer, open_mall, sums
from tests.support.world import COUNTY, World, make_volunteer

_numbers = count(1)

ACTS = some.lists(
    some.one_of(
        some.tuples(some.just("serve"), some.integers(1, 3000), some.sampled_from((0, 700, 1080))),
        some.tuples(some.just("void"), some.integers(0, 9)), some.tuples(some.just("correct"), some.integers(0, 9)),
        some.tuples(some.just("redeem"), some.sampled_from((7, 30))),
        some.tuples(some.sampled_from(("cancel", "hand", "back")), some.integers(0, 9)),
        some.tuples(some.just("wait"), some.integers(1, 400)),
    ),
    max_size=14,
)  # fmt: skip


@ONE
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(acts=[("serve", 600, 1080), ("serve", 90, 0), ("wait", 60), ("void", 0), ("correct", 1)])
@given(acts=ACTS)
def test_whatever_happens_the_balance_is_the_sum_and_below_zero_only_with_a_debt(
    cast: World, at: datetime, acts: list[tuple[Any, ...]]
) -> None:
    if not rules.rule("modules", COUNTY, at).params["mall"]:
        open_mall(at)
    story = Story(cast, at)
    for act, *facts in acts:
        getattr(story, act)(*facts)
        balance, proved = sums(story.person)
        owes = PointDebt.select().where(PointDebt.volunteer == story.person, PointDebt.cleared_at.is_null()).exists()
        assert balance == proved
        assert (balance < 0) == owes
    story.wait(1)
    if not story.redeemed:
        assert sums(story.person)[0] == story.lasting()
    assert books.verify() == []


class Story:
    """One person's acts, one after the other; what cannot be done is refused and changes nothing."""

    def __init__(self, cast: World, at: datetime) -> None:
        self.cast, self.now = cast, at
        self.person = store.write(lambda: make_volunteer(at))
        self.rewards = {price: offer(cast, at, price=price, stock=1000) for price in (7, 30)}
        self.records: list[ServiceRecord] = []
        self.redeemed: list[str] = []

    def _one(self, found: list[Any], number: int) -> Any:
        return found[number % len(found)] if found else None

    def serve(self, minutes: int, ago: int) -> None:
        day = (self.now.date() - ago * DAY).isoformat()

        def act() -> ServiceRecord:
            made = record(self.cast, self.now, self.person, minutes, day)
            books.post_service(record=made, actor_id=None, at=self.now)
            return made

        self.records.append(store.write(act))

    def void(self, number: int) -> None:
        found = self._one(self.records, number)
        if found:
            store.write(lambda: ServiceRecord.update(state="void").where(ServiceRecord.id == found.id).execute())
            store.write(lambda: books.reverse(record=found, actor_id=None, at=self.now, note="错"))

    def correct(self, number: int) -> None:
        found = self._one(self.records, number)
        if found is None or ServiceRecord.get_by_id(found.id).state == "void":
            return

        def act() -> None:
            books.reverse(record=found, actor_id=None, at=self.now, note="改")
            found.minutes, found.version = max(1, found.minutes // 2), found.version + 1
            found.save(only=("minutes", "version"))
            books.post_service(record=found, actor_id=None, at=self.now)

        store.write(act)

    def redeem(self, price: int) -> None:
        facts = {"reward_code": self.rewards[price].code, "price": price, "key": str(next(_numbers)), "at": self.now}
        with contextlib.suppress(Refusal):
            self.redeemed.append(redeeming.redeem(actor=Actor("api", self.person.id), **facts))

    def _settle(self, number: int, act: Any, **facts: Any) -> None:
        code = self._one(self.redeemed, number)
        with contextlib.suppress(Refusal):
            if code:
                act(code=code, at=self.now, **facts)

    def cancel(self, number: int) -> None:
        self._settle(number, handing.cancel, actor=Actor("api", self.person.id))

    def hand(self, number: int) -> None:
        self._settle(number, handing.hand, actor=self.cast.actor(self.cast.officer))

    def back(self, number: int) -> None:
        self._settle(number, handing.take_back, actor=self.cast.actor(self.cast.officer), reason="坏了", restock=True)

    def lasting(self) -> int:
        """What stands and is not over: all that somebody has who never spent."""
        undone = PointEntry.alias()
        taken_back = undone.select(undone.reverses).where(undone.reverses == PointEntry.id)
        query = PointEntry.select(fn.COALESCE(fn.SUM(PointEntry.amount), 0)).where(
            PointEntry.volunteer == self.person, PointEntry.kind == "service", ~fn.EXISTS(taken_back),
            PointEntry.expires_on >= (self.now + timedelta(hours=8)).date().isoformat(),
        )  # fmt: skip
        return int(query.scalar())

    def wait(self, days: int) -> None:
        self.now += days * DAY
        expiry.expire_due(at=self.now)
        handing.return_due(at=self.now)
