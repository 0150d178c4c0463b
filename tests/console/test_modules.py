"""What a division has switched off is not there: no link, no page, no act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from models import store
from services.actors import OPERATOR
from services.policy import numbers
from tests.console.conftest import Desk
from tests.support import world
from tests.support.world import COUNTY, PROVINCE, World

Desks = Callable[..., Desk]
PAGES = {
    "recruitment": "/console/applications", "imports": "/console/imports", "national": "/console/national",
}  # fmt: skip


def switch(module: str, on: bool, at: datetime, region: str = COUNTY) -> None:
    numbers.set_number(
        actor=OPERATOR, region_code=region, kind="modules", name=module, value=on, lock=False, reason="试行", at=at
    )


@pytest.mark.parametrize("module", PAGES)
def test_module_that_is_off_has_neither_link_nor_page(
    cast: World, desk: Desks, at: datetime, module: str
) -> None:
    browser, path = desk(cast.officer), PAGES[module]
    assert browser.get(path).status_code == 200
    assert f'href="{path}"' in browser.get("/console/manage").text
    switch(module, False, at)
    assert browser.get(path).status_code == 404
    assert f'href="{path}"' not in browser.get("/console/manage").text


def test_pages_below_a_module_that_is_off_are_not_there(cast: World, desk: Desks, at: datetime) -> None:
    for module in PAGES:
        switch(module, False, at)
    browser = desk(cast.officer)
    for path in ("/console/imports/new", "/console/national/entries", f"/console/teams/{cast.team.code}/recommend"):
        assert browser.get(path).status_code == 404


def test_team_offers_no_recommending_where_nobody_recruits(cast: World, desk: Desks, at: datetime) -> None:
    browser, page = desk(cast.ali), f"/console/teams/{cast.team.code}"
    assert "/recommend" in browser.get(page).text
    switch("recruitment", False, at)
    assert "/recommend" not in browser.get(page).text
    assert browser.get(f"{page}/recommend").status_code == 404


def test_who_has_a_right_where_it_is_on_still_sees_it(cast: World, desk: Desks, at: datetime) -> None:
    switch("imports", False, at)
    store.write(lambda: world.grant(at, cast.chali, "region_admin", region=PROVINCE))
    assert desk(cast.chali).get("/console/imports").status_code == 200
    assert desk(cast.officer).get("/console/imports").status_code == 404


def test_module_switched_on_again_is_there_at_once(cast: World, desk: Desks, at: datetime) -> None:
    switch("imports", False, at)
    switch("imports", True, at)
    assert desk(cast.officer).get("/console/imports").status_code == 200
