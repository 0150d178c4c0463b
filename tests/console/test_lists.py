"""Every list of the console is a `Sheet`: it can be searched, read page by page and taken along as Excel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from apiflask import APIFlask

from handlers.console.lists import XLSX
from models import RoleGrant, store
from tests.console.conftest import Desk
from tests.support.world import World

#: Forms to fill in.
FORMS = ("/new", "/find", "/wide")
#: Pages without an object in their address that list nothing one would page through, and what they are.
NO_LISTS = {
    "/console": "the desk: today's activities and what waits",
    "/console/assessment/teams": "how far the few teams are that one leads",
    "/console/certificates/team": "a form for one team",
    "/console/honours/compare": "a form; its sheet is an Excel file once a reason is given",
    "/console/manage": "links",
    "/console/mass": "the four mass sends of a month with their form",
    "/console/practice": "the practice area's door",
    "/console/needs/door": "a code to print",
    "/console/policy": "every number of one division",
    "/console/specialities": "the open list of specialities with its form",
}


def test_every_list_of_the_console_is_a_sheet(
    cast: World, at: datetime, app: APIFlask, desk: Callable[..., Desk]
) -> None:
    store.write(
        lambda: RoleGrant.create(volunteer=cast.officer, role="region_admin", region_code="34", from_at=at)
    )
    browser, left = desk(cast.officer), set()
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/console") or "GET" not in (rule.methods or ()) or rule.arguments:
            continue
        answer = browser.get(f"{rule.rule}?format=xlsx")
        if answer.status_code == 200 and answer.mimetype != XLSX and not rule.rule.endswith(FORMS):
            left.add(rule.rule)
    assert left == set(NO_LISTS)
