"""A number in full takes a yes on the phone within ten minutes: a console left open opens none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Session, Volunteer, store
from services.access import reveal
from services.accounts import console_login, sessions
from services.actors import Actor
from services.privacy import correcting
from tests.console.conftest import Desk
from tests.console.test_login import shown
from tests.services.accounts.test_documents import with_check
from tests.support.fakes import make_parts

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)

Make = Callable[..., Desk]
PHONE, RIGHT = "13856401234", with_check("34152219600511003")


@pytest.fixture
def later(cast: Any, desk: Make, frozen: Any, at: datetime) -> tuple[Desk, datetime]:
    """The officer's desk, eleven minutes after he logged in; there is a number to be read."""
    sealed, _ = make_parts().vault.seal(PHONE, f"volunteer.phone:{cast.xiaobo.public_no}")
    store.write(Volunteer.update(phone_sealed=sealed).where(Volunteer.id == cast.xiaobo.id).execute)
    officer, now = desk(cast.officer), at + reveal.FRESH + timedelta(minutes=1)
    frozen(now)
    return officer, now


def say_yes(cast: Any, officer: Desk, path: str, now: datetime) -> Any:
    """Open the code, confirm it on the phone, come in again."""
    page = officer.get(f"/console/login?again=1&next={path}").text
    assert "请用手机再确认一次" in page
    assert f'<a href="{path.removesuffix("/reveal")}">不看了' in page
    token, _ = shown(page)
    me = cast.actor(cast.officer, "pages")
    console_login.approve(token=token, actor=me, identity_id=me.identity_id, at=now)
    return officer.post("/console/login", {"token": token, "next": path, "again": "1"})


def test_number_waits_for_a_yes_and_is_then_read(cast: Any, later: tuple[Desk, datetime]) -> None:
    officer, now = later
    path = f"/console/people/{cast.xiaobo.public_no}/reveal"
    asked = officer.get(path)
    assert (asked.status_code, asked.location) == (303, f"/console/login?again=1&next={path}")
    typed = officer.post(path, {"what": "phone", "reason": "通知集合"})
    assert (typed.status_code, typed.location) == (303, f"/console/login?again=1&next={path}")
    assert officer.get("/console").status_code == 200  # the rest of the console asks for nothing
    came = say_yes(cast, officer, path, now)
    assert (came.status_code, came.location) == (303, path)
    assert PHONE in officer.post(path, {"what": "phone", "reason": "通知集合"}).text


def test_new_session_takes_the_place_of_the_old_one_and_forms_of_before_go_on(
    cast: Any, later: tuple[Desk, datetime]
) -> None:
    officer, now = later
    before = officer.csrf
    say_yes(cast, officer, "/console", now)
    living = Session.select().where(Session.kind == "console", Session.revoked_at.is_null())
    assert [row.csrf for row in living] == [before]


def test_code_that_is_not_confirmed_lets_nobody_further(cast: Any, later: tuple[Desk, datetime]) -> None:
    officer, _ = later
    path = f"/console/people/{cast.xiaobo.public_no}/reveal"
    token, _ = shown(officer.get(f"/console/login?again=1&next={path}").text)
    waiting = officer.post("/console/login", {"token": token, "next": path, "again": "1"})
    assert (waiting.status_code, waiting.location) == (303, f"/console/login?again=1&next={path}")
    assert officer.get(path).status_code == 303


def test_yes_of_somebody_else_gives_him_no_form_of_the_first(cast: Any, at: datetime) -> None:
    mine, his = (
        sessions.open_session(kind="console", at=at, volunteer_id=person.id) for person in (cast.officer, cast.ali)
    )
    sessions.take_over(old=mine.token, new=his.token, at=at)
    assert sessions.authenticate(token=mine.token, kind="console", at=at) is None
    now = sessions.authenticate(token=his.token, kind="console", at=at)
    assert now is not None
    assert (now.volunteer_id, now.csrf) == (cast.ali.id, his.csrf)


def test_request_with_a_number_is_opened_after_a_yes(cast: Any, later: tuple[Desk, datetime]) -> None:
    officer, now = later
    code = correcting.ask(
        parts=make_parts(), actor=Actor("api", cast.xiaobo.id), document=RIGHT, at=now
    ).code
    path = f"/console/corrections/{code}"
    page = officer.get(path).text
    assert (f"/console/login?again=1&amp;next={path}" in page, RIGHT in page) == (True, False)
    assert say_yes(cast, officer, path, now).location == path
    assert RIGHT in officer.get(path).text
