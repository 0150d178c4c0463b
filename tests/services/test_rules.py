"""The nearest division's newest rule holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import RuleSet, store
from services.rules import rule, rule_by_id
from tests.support.world import COUNTY, OTHER_TOWN, TOWN, VILLAGE


def add(region_code: str, version: int, valid_from: datetime, params: str = '{"per_hour": 2}') -> int:
    return store.write(
        lambda: RuleSet.create(
            kind="points", region_code=region_code, version=version, params=params, valid_from=valid_from
        )
    ).id


def test_rule_for_everywhere_holds_where_nobody_set_one(db: Any, at: datetime) -> None:
    assert rule("points", VILLAGE, at).params["per_hour"] == 1


def test_longest_prefix_wins(db: Any, at: datetime) -> None:
    add(COUNTY, 1, at)
    town = add(TOWN, 1, at, '{"per_hour": 3}')
    assert rule("points", VILLAGE, at).id == town
    assert rule("points", OTHER_TOWN, at).params["per_hour"] == 2


def test_newest_version_wins_once_it_is_valid(db: Any, at: datetime) -> None:
    first = add(COUNTY, 1, at - timedelta(days=1))
    second = add(COUNTY, 2, at + timedelta(days=1))
    assert rule("points", VILLAGE, at).id == first
    assert rule("points", VILLAGE, at + timedelta(days=1)).id == second


def test_rule_by_id_asks_the_database_once(
    db: Any, at: datetime, count_statements: Callable[[], Any]
) -> None:
    number = add(COUNTY, 1, at)
    rule_by_id(number)
    with count_statements() as seen:
        assert rule_by_id(number).params["per_hour"] == 2
    assert seen == []


def test_unknown_rule_is_our_own_mistake(db: Any, at: datetime) -> None:
    with pytest.raises(LookupError):
        rule("weather", VILLAGE, at)
    with pytest.raises(LookupError):
        rule_by_id(999_999)
