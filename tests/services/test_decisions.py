"""Who decides: a manager who is no party to the matter; where posts coincide, one centre up."""

from __future__ import annotations

from datetime import datetime

import pytest

from models import store
from services import decisions
from services.actors import WORKER
from services.errors import Refusal, RefusalCode
from tests.support import world
from tests.support.world import COUNTY, TOWN, VILLAGE, World


def _town_officer(cast: World, at: datetime) -> None:
    store.write(lambda: world.grant(at, cast.chali, "station_officer", region=TOWN))


def test_manager_of_the_division_decides(cast: World, at: datetime) -> None:
    _town_officer(cast, at)
    decisions.require_decider(
        actor=cast.actor(cast.chali), region_code=VILLAGE, parties=[cast.ali.id, cast.xiaobo.id], at=at
    )


def test_manager_who_is_a_party_does_not_decide(cast: World, at: datetime) -> None:
    _town_officer(cast, at)
    with pytest.raises(Refusal) as no:
        decisions.require_decider(
            actor=cast.actor(cast.chali), region_code=VILLAGE, parties=[cast.chali.id], at=at
        )
    assert no.value.code is RefusalCode.OWN_RECORD


def test_stranger_is_told_nothing_about_the_matter(cast: World, at: datetime) -> None:
    with pytest.raises(Refusal) as no:
        decisions.require_decider(actor=cast.actor(cast.chali), region_code=VILLAGE, parties=[], at=at)
    assert no.value.code is RefusalCode.NOT_FOUND


def test_worker_decides_nothing(cast: World, at: datetime) -> None:
    assert not decisions.may_decide(actor=WORKER, region_code=VILLAGE, parties=[], at=at)


def test_matter_of_the_only_officer_goes_one_centre_up(cast: World, at: datetime) -> None:
    _town_officer(cast, at)
    assert decisions.deciding_region(region_code=TOWN, parties=[cast.xiaobo.id], at=at) == TOWN
    assert decisions.deciding_region(region_code=TOWN, parties=[cast.chali.id], at=at) == COUNTY
    assert decisions.deciders(region_code=TOWN, parties=[cast.chali.id], at=at) == {cast.officer.id}


def test_matter_without_any_officer_left_waits_for_the_operator(cast: World, at: datetime) -> None:
    assert decisions.deciding_region(region_code=TOWN, parties=[cast.officer.id], at=at) == ""
