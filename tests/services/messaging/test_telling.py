"""Telling people about matters that are no activity."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models import Delivery, Notice, store
from services.messaging import telling
from tests.support.world import World


def _tell(cast: World, at: datetime, people: list[int | None], key: str = "team:1") -> int:
    return store.write(
        lambda: telling.tell(
            kind="gap_reminder",
            people=people,
            key=key,
            at=at,
            url="/console/gaps",
            place="霍邱县",
            count=3,
            level="村（社区）",
            day="2027-06-30",
        )
    )


def test_each_is_told_once_however_often_he_is_named(cast: World, at: datetime) -> None:
    assert _tell(cast, at, [cast.ali.id, None, cast.ali.id, cast.xiaobo.id]) == 2
    assert [row.volunteer_id for row in Delivery.select().order_by(Delivery.id)] == [
        cast.ali.id,
        cast.xiaobo.id,
    ]


def test_the_same_occasion_is_told_once(cast: World, at: datetime) -> None:
    _tell(cast, at, [cast.ali.id])
    assert _tell(cast, at, [cast.ali.id]) == 0
    assert (Delivery.select().count(), Notice.select().count()) == (1, 1)


def test_another_occasion_is_told_again(cast: World, at: datetime) -> None:
    _tell(cast, at, [cast.ali.id])
    assert _tell(cast, at, [cast.ali.id], key="team:2") == 1


def test_words_are_filled_in(cast: World, at: datetime) -> None:
    _tell(cast, at, [cast.ali.id])
    row: Any = Delivery.get()
    assert (row.title, row.url) == ("还有地方没有服务队", "/console/gaps")
    assert "霍邱县" in row.body


def test_nobody_to_tell_leaves_no_notice(cast: World, at: datetime) -> None:
    assert _tell(cast, at, [None]) == 0
    assert Notice.select().count() == 0


def test_words_that_are_missing_raise(cast: World, at: datetime) -> None:
    with pytest.raises(KeyError):
        store.write(lambda: telling.tell(kind="nothing_like_it", people=[cast.ali.id], key="k", at=at))
