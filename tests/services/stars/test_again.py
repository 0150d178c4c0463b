"""The worker's turn over stars again: where nothing changed no row is written, a change writes that person's alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from models import StarAward
from services import codes
from services.stars import ladder, proposing
from tests.services.stars.world import alive, put
from tests.support.world import World
from tests.support.written import mark


def test_second_turn_with_nothing_changed_writes_no_row(cast: World, county: Any, at: datetime) -> None:
    for person, whole in ((cast.xiaobo, 600), (cast.officer, 100), (cast.ali, 99)):
        put(person, whole)
    assert proposing.work(at=at) == 3
    before = mark()
    assert (proposing.work(at=at + timedelta(days=1)), mark()) == (0, before)
    put(cast.ali, 100)
    after = mark()
    assert (proposing.work(at=at + timedelta(days=2)), mark() != after) == (1, True)


def test_star_proposed_in_sql_has_a_code_as_every_other_thing(cast: World, county: Any, at: datetime) -> None:
    for person in (cast.xiaobo, cast.officer, cast.ali, cast.chali):
        put(person, 1500)
    proposing.work(at=at)
    made = [row.code for row in StarAward.select()]
    assert (len(made), len(set(made)), {len(code) for code in made}) == (12, 12, {10})
    assert set("".join(made)) <= set(codes.ALPHABET)
    assert sorted(alive(cast.xiaobo)) == [2, 4, 5]


@given(st.lists(st.integers(1, 5), min_size=5, max_size=5), st.integers(0, 60 * 1600))
def test_steps_as_minutes_are_those_that_the_ladder_wants(levels: list[int], minutes: int) -> None:
    numbers = {
        "hours": [100, 300, 600, 1000, 1500], **{f"level_{star}": level for star, level in enumerate(levels, 1)},
        "merits_from": 3, "evaluation": 3, "evaluation_high": 4, "months": 12, "no_fail": True, "notice_days": 5,
        "again_days": 30,
    }  # fmt: skip
    steps = ladder.read(1, numbers)
    rung = proposing.rung_of(steps, with_brought=True)
    assert [step.star for step in rung.steps if step.at_least <= minutes < step.below] == steps.wanted(minutes)
