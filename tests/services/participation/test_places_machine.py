"""Sign-up, queue, offers and quota as a machine beside a small model: whatever happens in whatever order, the places
are exact, the queue keeps its order and no place stands free while somebody waits for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from models import Shift, Signup, Volunteer, store
from services.errors import Refusal, RefusalCode
from services.participation import activities, signups, waitlist
from tests.support.world import World, make_activity, make_volunteer

PEOPLE = 6
STEP = timedelta(minutes=7)



class Places(RuleBasedStateMachine):
    """The house on one side; on the other three lists that say what should be: who is in, to whom a place is offered
    until when, who waits in which order."""

    cast: World
    start: datetime

    def __init__(self) -> None:
        super().__init__()
        self.now = self.start
        self.quota = 2

        def make() -> tuple[Shift, list[Volunteer]]:
            shift = make_activity(self.start, self.cast.team, starts_in=timedelta(days=9), quota=self.quota)[1]
            return shift, [make_volunteer(self.start) for _ in range(PEOPLE)]

        self.shift, self.people = store.write(make)
        self.inside: list[int] = []
        self.offered: dict[int, datetime] = {}
        self.line: list[int] = []

    # the model

    def _move_up(self) -> None:
        while self.line and len(self.inside) + len(self.offered) < self.quota:
            until = waitlist.deadline(
                starts_at=self.shift.starts_at, region_code=self.cast.team.region_code, at=self.now
            ).until
            self.offered[self.line.pop(0)] = until

    def _act(self, act: Any) -> RefusalCode | str:
        self.now += STEP
        try:
            return str(act())
        except Refusal as refused:
            return refused.code

    def _yes(self, who: int, queue: bool) -> RefusalCode | str:
        return self._act(
            lambda: signups.sign_up(
                actor=self.cast.actor(self.people[who]), shift_code=self.shift.code, risk_accepted=True, channel="api",
                at=self.now, queue=queue,
            ).state
        )  # fmt: skip

    # what people do

    @rule(who=st.integers(0, PEOPLE - 1), queue=st.booleans())
    def sign_up(self, who: int, queue: bool) -> None:
        told = self._yes(who, queue)
        if who in self.inside:
            assert told == "confirmed"
        elif who in self.offered:
            if self.now >= self.offered[who]:
                assert told == RefusalCode.OFFER_OVER
            else:
                assert told == "confirmed"
                del self.offered[who]
                self.inside.append(who)
        elif who in self.line:
            assert told == "waitlisted"
        elif not self.line and len(self.inside) + len(self.offered) < self.quota:
            assert told == "confirmed"
            self.inside.append(who)
        elif queue:
            assert told == "waitlisted"
            self.line.append(who)
        else:
            assert told == RefusalCode.SHIFT_FULL

    @rule(who=st.integers(0, PEOPLE - 1))
    def leave(self, who: int) -> None:
        told = self._act(
            lambda: signups.cancel(
                actor=self.cast.actor(self.people[who]), shift_code=self.shift.code, at=self.now
            ).state
        )
        stood = Signup.select().where(Signup.volunteer == self.people[who].id).exists()
        assert told == ("cancelled" if stood else RefusalCode.NOT_SIGNED_UP)
        for group in (self.inside, self.line):
            if who in group:
                group.remove(who)
        self.offered.pop(who, None)
        self._move_up()

    @rule(quota=st.integers(1, PEOPLE))
    def change_quota(self, quota: int) -> None:
        told = self._act(
            lambda: activities.set_quota(
                actor=self.cast.actor(self.cast.ali), shift_code=self.shift.code, quota=quota, at=self.now
            )
        )
        if quota < len(self.inside) + len(self.offered):
            assert told == RefusalCode.ACTIVITY_INVALID
            return
        self.quota = quota
        self._move_up()

    @precondition(lambda self: self.offered)
    @rule()
    def time_runs_out(self) -> None:
        self.now = max(*self.offered.values(), self.now + STEP)
        waitlist.run_due(at=self.now)
        for who in [each for each, until in self.offered.items() if until <= self.now]:
            del self.offered[who]
            self._move_up()

    @rule()
    def clock_beats(self) -> None:
        self.now += STEP
        over = [each for each, until in self.offered.items() if until <= self.now]
        moved = waitlist.run_due(at=self.now)
        assert moved >= len(over)
        for who in over:
            del self.offered[who]
            self._move_up()

    # what is always true

    @invariant()
    def places_are_exact(self) -> None:
        shift = Shift.get_by_id(self.shift.id)
        assert (shift.taken, shift.quota) == (len(self.inside) + len(self.offered), self.quota)
        assert shift.taken <= shift.quota

    @invariant()
    def states_are_those_of_the_model(self) -> None:
        rows = Signup.select().where(Signup.shift == self.shift.id, Signup.state != "cancelled")
        assert {row.volunteer_id: row.state for row in rows} == (
            {self.people[who].id: "confirmed" for who in self.inside}
            | {self.people[who].id: "offered" for who in self.offered}
            | {self.people[who].id: "waitlisted" for who in self.line}
        )

    @invariant()
    def queue_keeps_its_order(self) -> None:
        rows = Signup.select().where(Signup.shift == self.shift.id, Signup.state == "waitlisted")
        ids = [row.volunteer_id for row in rows.order_by(Signup.queued_at, Signup.id)]
        assert ids == [self.people[who].id for who in self.line]

    @invariant()
    def nobody_waits_for_a_place_that_is_free(self) -> None:
        assert not self.line or len(self.inside) + len(self.offered) >= self.quota


@pytest.mark.parametrize("examples", [25])
def test_places_hold_whatever_happens(cast: World, at: datetime, examples: int) -> None:
    machine = type("Machine", (Places,), {"cast": cast, "start": at})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=20, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
