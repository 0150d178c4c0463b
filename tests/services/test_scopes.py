"""How far a right reaches, as ranges of codes."""

from __future__ import annotations

from datetime import datetime

from models import Region, store
from services import scopes
from services.actors import WORKER
from tests.support import world
from tests.support.world import COUNTY, OTHER_TOWN, TOWN, VILLAGE, VILLAGE2, World


def test_tops_leave_out_what_lies_below() -> None:
    assert scopes.tops([VILLAGE, TOWN, OTHER_TOWN, TOWN]) == (TOWN, OTHER_TOWN)


def test_managed_of_a_volunteer_without_a_role_is_nothing(cast: World, at: datetime) -> None:
    assert scopes.managed(actor=cast.actor(cast.xiaobo), at=at) == ()


def test_managed_of_the_house_is_everywhere(at: datetime) -> None:
    assert scopes.managed(actor=WORKER, at=at) == ("",)


def test_leadership_view_counts_and_reads_no_names(cast: World, at: datetime) -> None:
    store.write(lambda: world.grant(at, cast.chali, "viewer", region=COUNTY))
    chali = cast.actor(cast.chali)
    assert scopes.readable(actor=chali, at=at) == ()
    assert scopes.countable(actor=chali, at=at) == (COUNTY,)


def test_within_takes_the_subtree_and_nothing_beside_it(cast: World) -> None:
    codes = [r.code for r in Region.select().where(scopes.within(Region.code, (TOWN,))).order_by(Region.code)]
    assert codes == [TOWN, VILLAGE, VILLAGE2]


def test_within_nothing_is_nothing(cast: World) -> None:
    assert Region.select().where(scopes.within(Region.code, ())).count() == 0


def test_within_everywhere_is_everything(cast: World) -> None:
    assert Region.select().where(scopes.within(Region.code, ("",))).count() == Region.select().count()
