"""Stars in few words: hours on somebody's book, his stars and how far they are, who was told."""

from __future__ import annotations

from typing import Any

import pytest

from models import Balance, Delivery, StarAward, Volunteer, store
from services.errors import Refusal, RefusalCode
from services.stars import asking


def put(person: Volunteer, whole: int) -> None:
    """His book stands at so many hours."""
    store.write(lambda: Balance.update(minutes=whole * 60).where(Balance.volunteer == person).execute())


def no(act: Any) -> RefusalCode:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code


def ways(person: Volunteer) -> list[tuple[int, str]]:
    mine = StarAward.select().where(StarAward.volunteer == person).order_by(StarAward.star, StarAward.id)
    return [(row.star, row.state) for row in mine]


def alive(person: Volunteer) -> dict[int, StarAward]:
    mine = StarAward.select().where(StarAward.volunteer == person, StarAward.state.in_(asking.ALIVE))
    return {row.star: row for row in mine}


def told(kind: str) -> set[int]:
    return {row.volunteer_id for row in Delivery.select().where(Delivery.kind == kind)}
