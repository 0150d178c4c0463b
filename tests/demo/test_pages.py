"""Whoever follows the links of the demo, in each post, comes to a page, and no page asks once for each of its rows.

That no request asks too often is watched in every test (`tests/support/budgets.py`, with its control); here the lists
are as long as a county's.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException

import settings
from app import create_app
from models import RoleGrant, Volunteer, WechatIdentity, store
from services.accounts import sessions
from tests.demo.test_world import AT, build
from tests.support.fakes import FakeGateway

#: Who follows: (role, signs of his division's code; 0 for a team's).
POSTS = [("region_admin", 6), ("director", 6), ("station_officer", 9), ("liaison", 0), ("team_leader", 0)]
#: Of pages that differ in one code only, so many are opened.
ALIKE = 2
LINK = re.compile(r'href="(/[^"#]*)"')


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application over the demo's world, which stays for all tests here."""
    folder = tmp_path_factory.mktemp("demo-pages")
    build(folder / "world.db", AT)
    keys = {"data_keys": "demo:" + base64.b64encode(b"1" * 32).decode(),
            "index_key": base64.b64encode(b"2" * 32).decode()}  # fmt: skip
    config = settings.load(demo=True, clock_file="", files_dir=str(folder / "files"), **keys)
    yield create_app(config, FakeGateway(), TESTING=True).open_all()
    store.release()


def _identity(role: str, signs: int) -> int:
    """Somebody in that post whom WeChat reaches."""
    reached = WechatIdentity.select(WechatIdentity.volunteer)
    if role == "member":
        posts = RoleGrant.select(RoleGrant.volunteer)
        person = Volunteer.get(Volunteer.id.in_(reached), Volunteer.id.not_in(posts), Volunteer.state == "active").id
    else:
        held = RoleGrant.select().where(RoleGrant.role == role, RoleGrant.volunteer.in_(reached))
        person = next(each.volunteer_id for each in held if len(each.region_code or "") == signs)
    return int(WechatIdentity.get(WechatIdentity.volunteer == person).id)


def follow(house: Flask, kind: str, identity_id: int) -> tuple[int, list[str]]:
    """Everything that links lead to from the pages without a code: (pages, what is wrong with some)."""
    with store.session():
        token = sessions.open_session(kind=kind, identity_id=identity_id, at=AT).token
    client, adapter = house.test_client(), house.url_map.bind("localhost")
    for name in (kind, f"__Host-{kind}"):
        client.set_cookie(name, token)
    begin = "/console" if kind == "console" else "/m/"
    rules = [rule for rule in house.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    todo = [(str(rule), "") for rule in rules if str(rule).startswith(begin)]
    alike, done, wrong, pages = Counter[str](), set[str](), list[str](), 0
    while todo:
        path, source = todo.pop(0)
        if path in done:
            continue
        done.add(path)
        answer = client.get(path)
        if answer.status_code >= 500 or (source and answer.status_code == 404):
            wrong.append(f"{source} leads to {path}: {answer.status_code}")
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        pages += 1
        for href in sorted(set(LINK.findall(answer.text)) - done):
            try:
                rule = str(adapter.match(href.partition("?")[0], return_rule=True)[0])
            except HTTPException:
                wrong.append(f"{path} leads nowhere: {href}")
                continue
            alike[rule] += 1
            if alike[rule] <= ALIKE and "?" not in href:
                todo.append((href, path))
    return pages, wrong


@pytest.mark.parametrize(
    ("role", "signs", "kind"),
    [*((*post, kind) for post in POSTS for kind in ("console", "h5")), ("member", 0, "h5")],
)
def test_every_link_leads_to_a_page_that_asks_little(
    house: Flask, frozen: Any, role: str, signs: int, kind: str
) -> None:
    frozen(AT)
    with store.session():
        identity = _identity(role, signs)
    pages, wrong = follow(house, kind, identity)
    assert wrong == []
    assert pages > 5
