"""Sign-up, wait-list and attendance against a small model: whatever people and leader do in whatever order.

The model is a few dictionaries. It says of every act what must come of it, and after every act the database is held
against it: who stands where, in which order they wait, how many places are taken, what the books say.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from models import MinuteEntry, ServiceRecord, Shift, Signup, store
from queries import waitlist as queue
from services.bookkeeping import books, records
from services.errors import Refusal, RefusalCode
from services.participation import activities, attendance, signups, waitlist
from tests.support.world import make_activity, make_volunteer

C = RefusalCode
QUOTA = 2
PEOPLE = 5
#: From the first moment to the start; the activity lasts two hours, and may be scanned half an hour around.
BEFORE, LASTS, AROUND = timedelta(hours=25), timedelta(hours=2), timedelta(minutes=30)
people = st.integers(0, PEOPLE - 1)


class Participation(RuleBasedStateMachine):
    """One shift with two places and five people who want them."""

    cast: Any
    begin: datetime

    @initialize(crowd=st.integers(0, PEOPLE))
    def world(self, crowd: int) -> None:
        self.now = self.begin
        cast = self.cast

        def make() -> None:
            self.activity, self.shift = make_activity(
                self.begin, cast.team, starts_in=BEFORE, hours=LASTS / timedelta(hours=1), quota=QUOTA
            )
            self.persons = [make_volunteer(self.begin) for _ in range(PEOPLE)]

        store.write(make)
        self.starts, self.ends = self.shift.starts_at, self.shift.ends_at
        self.quota = QUOTA
        self.stands: dict[int, str] = {}  # signed up or not
        self.waiting: list[int] = []  # the queue
        self.until: dict[int, datetime] = {}  # offers and how long they stand
        self.came: dict[int, datetime] = {}
        self.left: dict[int, datetime] = {}
        self.record: dict[int, str] = {}  # pending, confirmed, void
        for who in range(crowd):
            self.sign_up(who, True)

    # what the model knows

    def taken(self) -> int:
        return sum(state in ("confirmed", "offered") for state in self.stands.values())

    def move_up(self) -> None:
        """A free place goes to the first who waits, as long as it has not begun."""
        while self.now < self.starts and self.waiting and self.taken() < self.quota:
            first = self.waiting.pop(0)
            self.stands[first] = "offered"
            self.until[first] = Signup.get(
                Signup.shift == self.shift, Signup.volunteer == self.persons[first]
            ).offer_until

    def actor(self, number: int) -> Any:
        return self.cast.actor(self.persons[number])

    def expect(self, refusal: RefusalCode | None, act: Callable[[], Any]) -> None:
        if refusal is None:
            act()
            return
        with pytest.raises(Refusal) as told:
            act()
        assert told.value.code is refusal

    # what people do

    @rule(who=people, waits=st.booleans())
    def signs_up(self, who: int, waits: bool) -> None:
        self.sign_up(who, waits)

    def sign_up(self, who: int, waits: bool) -> None:
        refusal = None
        state = self.stands.get(who)
        if state == "offered":
            refusal = C.OFFER_OVER if self.now >= self.until[who] else None
            after = "confirmed"
        elif state in ("confirmed", "waitlisted"):
            after = state
        elif self.now >= self.ends:
            refusal, after = C.SIGNUP_CLOSED, ""
        elif self.taken() < self.quota:
            after = "confirmed"
        else:
            refusal, after = (None, "waitlisted") if waits else (C.SHIFT_FULL, "")
        self.expect(
            refusal,
            lambda: signups.sign_up(
                actor=self.actor(who), shift_code=self.shift.code, risk_accepted=True, channel="api", at=self.now,
                queue=waits,
            ),
        )  # fmt: skip
        if refusal is None:
            if after == "waitlisted" and state != "waitlisted":
                self.waiting.append(who)
            self.stands[who] = after

    @rule(who=people)
    def claim(self, who: int) -> None:
        state = self.stands.get(who)
        refusal = None if state == "confirmed" else C.NOT_OFFERED
        if state == "offered":
            refusal = C.OFFER_OVER if self.now >= self.until[who] else None
        self.expect(
            refusal,
            lambda: signups.claim(
                actor=self.actor(who), shift_code=self.shift.code, risk_accepted=True, at=self.now
            ),
        )
        if refusal is None:
            self.stands[who] = "confirmed"

    @rule(who=people)
    def cancel(self, who: int) -> None:
        refusal = None
        if self.record.get(who, "void") != "void":
            refusal = C.ALREADY_CHECKED_IN
        elif who not in self.stands:
            refusal = C.NOT_SIGNED_UP
        self.expect(
            refusal,
            lambda: signups.cancel(
                actor=self.actor(who), shift_code=self.shift.code, at=self.now, reason="家里有事"
            ),
        )
        if refusal is None:
            if who in self.waiting:
                self.waiting.remove(who)
            self.stands[who] = "cancelled"
            self.move_up()

    # what the leader does

    @rule(who=people)
    def tick_in(self, who: int) -> None:
        refusal = None
        if who in self.record:
            refusal = C.RECORD_STATE if self.record[who] == "void" else None
        elif self.now < self.starts - AROUND:
            refusal = C.TOO_EARLY
        elif self.now > self.ends + AROUND:
            refusal = C.TOO_LATE
        self.expect(refusal, lambda: self.tick(who, "in"))
        if refusal is None and who not in self.record:
            if who in self.waiting:
                self.waiting.remove(who)
            self.stands[who], self.record[who], self.came[who] = "confirmed", "pending", self.now

    @rule(who=people)
    def tick_out(self, who: int) -> None:
        refusal = None
        if who not in self.record:
            refusal = C.NO_CHECK_IN
        elif who not in self.left and self.record[who] != "pending":
            refusal = C.RECORD_STATE
        self.expect(refusal, lambda: self.tick(who, "out"))
        if refusal is None and who not in self.left:
            self.left[who] = self.now

    def tick(self, who: int, direction: str) -> Any:
        return attendance.tick(
            actor=self.cast.actor(self.cast.ali), shift_code=self.shift.code,
            public_no=self.persons[who].public_no, direction=direction, at=self.now,
        )  # fmt: skip

    @rule()
    def confirm(self) -> None:
        pending = [who for who, state in self.record.items() if state == "pending"]
        done = [who for who in pending if who in self.left]
        self.expect(
            None if pending else C.NOTHING_TO_CONFIRM,
            lambda: records.confirm(
                actor=self.cast.actor(self.cast.ali), activity_code=self.activity.code, at=self.now
            ),
        )
        for who in done:
            self.record[who] = "confirmed"

    @rule(who=people)
    def void(self, who: int) -> None:
        row = ServiceRecord.get_or_none(
            ServiceRecord.shift == self.shift, ServiceRecord.volunteer == self.persons[who]
        )
        assert (row is not None) == (who in self.record)
        if row is None:
            return
        self.expect(
            C.RECORD_STATE if self.record[who] == "void" else None,
            lambda: records.void(
                actor=self.cast.actor(self.cast.ali), record_id=row.id, reason="扫错了", at=self.now
            ),
        )
        self.record[who] = "void"

    @rule(quota=st.integers(1, PEOPLE))
    def change_quota(self, quota: int) -> None:
        refusal = C.ACTIVITY_INVALID if quota < self.taken() and quota != self.quota else None
        self.expect(
            refusal,
            lambda: activities.set_quota(
                actor=self.cast.actor(self.cast.ali), shift_code=self.shift.code, quota=quota, at=self.now
            ),
        )
        if refusal is None:
            self.quota = quota
            self.move_up()

    # what the clock does

    @rule(minutes=st.sampled_from((5, 40, 130, 400)))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def worker(self) -> None:
        waitlist.run_due(at=self.now)
        for who in [
            who for who, until in self.until.items() if self.stands[who] == "offered" and self.now >= until
        ]:
            self.stands[who] = "cancelled"
        if self.now >= self.starts:
            for who in self.waiting:
                self.stands[who] = "cancelled"
            self.waiting.clear()
        self.move_up()

    # what must always hold

    @invariant()
    def stands_as_the_model_says(self) -> None:
        if not hasattr(self, "persons"):
            return
        numbers = {person.id: number for number, person in enumerate(self.persons)}
        rows = list(Signup.select().where(Signup.shift == self.shift))
        assert {numbers[row.volunteer_id]: row.state for row in rows} == self.stands
        line = sorted(
            (row for row in rows if row.state == "waitlisted"), key=lambda row: (row.queued_at, row.id)
        )
        assert [numbers[row.volunteer_id] for row in line] == self.waiting
        assert Shift.get_by_id(self.shift.id).taken == self.taken()

    @invariant()
    def books_say_what_was_served(self) -> None:
        if not hasattr(self, "persons"):
            return
        for who, person in enumerate(self.persons):
            served = 0
            if self.record.get(who) == "confirmed":
                begin, end = max(self.came[who], self.starts), min(self.left[who], self.ends)
                served = max(0, (end - begin) // timedelta(minutes=1))
            entries = MinuteEntry.select().where(MinuteEntry.volunteer == person)
            assert sum(entry.amount for entry in entries) == served

    def teardown(self) -> None:
        assert books.verify() == []


def play(cast: Any, at: datetime) -> None:
    """Let the machine act, always in the same ways."""
    machine = type("Participation", (Participation,), {"cast": cast, "begin": at})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=80, stateful_step_count=30, deadline=None, derandomize=True, database=None, print_blob=False,
            phases=(Phase.generate,), suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_participation_keeps_to_the_model(db: Any, cast: Any, at: datetime) -> None:
    play(cast, at)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_model_notices_when_the_last_is_served_first(
    db: Any, cast: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = queue.FIRST.replace("ORDER BY q.queued_at, q.id", "ORDER BY q.queued_at DESC, q.id DESC")
    monkeypatch.setattr(queue, "FIRST", wrong)
    with pytest.raises((AssertionError, Refusal)):
        play(cast, at)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_model_notices_when_a_place_is_counted_twice(
    db: Any, cast: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "FREE_PLACE", "UPDATE shift SET taken = taken WHERE id = ?")
    with pytest.raises((AssertionError, Refusal)):
        play(cast, at)
