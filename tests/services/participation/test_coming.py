"""我会来: said by whoever has a place, seen by the leader, taken back by a move and by leaving."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Signup, store
from services.errors import Refusal
from services.participation import attendance, changes, coming, roster, signups
from tests.support.world import World, make_activity, sign_up


@pytest.fixture
def places(cast: World, at: datetime) -> list[Any]:
    """小博 has a place today and one in three days, and waits in a line for tomorrow."""

    def make() -> list[Any]:
        shifts = [cast.shift, *(make_activity(at, cast.team, starts_in=timedelta(days=days))[1] for days in (3, 1))]
        for shift, state in zip(shifts, ("confirmed", "confirmed", "waitlisted"), strict=True):
            sign_up(at, shift, cast.xiaobo, state=state)
        return shifts

    return store.write(make)


def told(cast: World, at: datetime) -> list[bool]:
    """As the leader sees it."""
    shown = roster.roster(actor=cast.actor(cast.ali), activity_code=cast.activity.code, at=at)
    return [entry.coming for entry in shown.entries]


def test_word_in_the_chat_is_for_what_begins_soon_and_where_he_has_a_place(
    cast: World, places: list[Any], at: datetime
) -> None:
    assert coming.say_all(actor=cast.actor(cast.xiaobo), at=at) == [cast.activity.title]
    said = [Signup.get(Signup.shift == shift).coming_at for shift in places]
    assert (said, told(cast, at)) == ([at, None, None], [True])
    later = at + timedelta(minutes=1)
    assert coming.say_all(actor=cast.actor(cast.xiaobo), at=later) == [cast.activity.title]
    assert Signup.get(Signup.shift == cast.shift).coming_at == at
    assert coming.say_all(actor=cast.actor(cast.chali), at=at) == []


def test_word_on_the_page_is_for_ones_own_place_that_is_not_over(
    cast: World, places: list[Any], at: datetime
) -> None:
    coming.say(actor=cast.actor(cast.xiaobo), shift_code=places[1].code, at=at)
    assert Signup.get(Signup.shift == places[1]).coming_at == at
    over = cast.shift.ends_at
    for person, code, moment in (
        (cast.chali, cast.shift.code, at), (cast.xiaobo, places[2].code, at), (cast.xiaobo, cast.shift.code, over),
        (cast.xiaobo, "nowhere", at),
    ):  # fmt: skip
        with pytest.raises(Refusal) as no:
            coming.say(actor=cast.actor(person), shift_code=code, at=moment)
        assert no.value.code.value == ("not_found" if code == "nowhere" else "not_signed_up")


def test_who_is_there_says_nothing_more(cast: World, places: list[Any], at: datetime) -> None:
    actor, start = cast.actor(cast.xiaobo), cast.shift.starts_at
    leader, code = cast.actor(cast.ali), cast.shift.code
    attendance.tick(actor=leader, shift_code=code, public_no=cast.xiaobo.public_no, direction="in", at=start)
    assert coming.say_all(actor=actor, at=start) == []


def test_move_takes_the_word_back(cast: World, places: list[Any], at: datetime) -> None:
    coming.say_all(actor=cast.actor(cast.xiaobo), at=at)
    cast.activity.version = 2
    moved = {"old": {"place": "堤上"}, "new": {"place": "闸口"}}
    store.write(lambda: changes.record(activity=cast.activity, actor=cast.actor(cast.ali), at=at, **moved))
    assert told(cast, at) == [False]


def test_whoever_leaves_and_comes_again_has_said_nothing(cast: World, places: list[Any], at: datetime) -> None:
    actor, code = cast.actor(cast.xiaobo), cast.shift.code
    coming.say_all(actor=actor, at=at)
    signups.cancel(actor=actor, shift_code=code, reason="有事", at=at)
    assert Signup.get(Signup.shift == cast.shift).coming_at is None
