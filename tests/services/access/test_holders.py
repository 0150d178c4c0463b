"""The list of who holds which right, for who appoints there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models import store
from services.access import oversight
from services.listing import Wanted
from tests.support import world
from tests.support.world import World


def test_officer_may_end_the_rights_below_him_and_his_own(cast: World, at: datetime) -> None:
    found = oversight.holders(actor=cast.actor(cast.officer, "console"), wanted=Wanted(), at=at).rows
    assert {(each.name, each.may_end) for each in found} == {("李阿丽", True), ("孙主任", True)}
    [own] = oversight.holders(actor=cast.actor(cast.ali, "console"), wanted=Wanted(), at=at).rows
    assert (own.name, own.may_end) == ("李阿丽", True)


def test_rights_of_many_teams_cost_as_many_statements_as_of_one(
    cast: World, at: datetime, count_statements: Any
) -> None:
    def cost() -> int:
        with count_statements() as seen:
            oversight.holders(actor=cast.actor(cast.officer, "console"), wanted=Wanted(), at=at)
        return len(seen)

    of_one = cost()
    store.write(lambda: world.grant(at, cast.xiaobo, "deputy", team=cast.other_team))
    assert cost() == of_one
