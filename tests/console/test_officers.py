"""Officers in the console: who has not come, the code, the hand-over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from models import AuditEntry, BindInvite, RoleGrant, Volunteer, store
from services.access import people_list
from services.errors import Refusal, RefusalCode
from tests.console.conftest import Desk, read_qr
from tests.support import world
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import TOWN, World


def _invited(cast: World, at: datetime) -> str:
    def act() -> str:
        person = world.make_volunteer(at, "韩干部", state="invited", region_code=TOWN)
        BindInvite.create(
            token="token-1", volunteer=person, role="station_officer", region_code=TOWN, created_by=cast.officer.id,
            created_at=at, expires_at=at.replace(year=at.year + 1),
        )  # fmt: skip
        return "/console/officers/token-1"

    return store.write(act)


def test_who_has_not_come_is_listed_and_his_code_shown(
    cast: World, at: datetime, desk: Callable[..., Desk]
) -> None:
    path = _invited(cast, at)
    officer = desk(cast.officer)
    assert path in officer.get("/console/officers").text
    text = officer.get(path).text
    assert read_qr(text.split('class="qr" src="')[1].split('"')[0])


def test_new_code_is_made(cast: World, at: datetime, desk: Callable[..., Desk]) -> None:
    answer = desk(cast.officer).post(_invited(cast, at))
    assert answer.status_code == 303
    assert "token-1" not in answer.location


def test_code_is_nothing_for_a_team_leader(cast: World, at: datetime, desk: Callable[..., Desk]) -> None:
    assert desk(cast.ali).get(_invited(cast, at)).status_code == 404


def test_post_is_handed_over(cast: World, desk: Callable[..., Desk]) -> None:
    given = RoleGrant.get(RoleGrant.volunteer == cast.ali, RoleGrant.role == "team_leader")
    officer = desk(cast.officer)
    path = f"/console/roles/{given.id}/handover"
    assert "谁来接任" in officer.get(path).text
    assert f'href="{path}?person={cast.xiaobo.public_no}"' in officer.get(f"{path}?q=王小").text
    assert "王小博" in officer.get(f"{path}?person={cast.xiaobo.public_no}").text
    wrong = officer.post(path, {"person": cast.ali.public_no, "reason": "换届"})
    assert (wrong.status_code, 'id="wrong-person"' in wrong.text) == (409, True)
    assert officer.post(path, {"person": cast.xiaobo.public_no, "reason": "换届"}).status_code == 303
    assert RoleGrant.get_by_id(given.id).until is not None


def test_seats_are_ticked_and_go_over(cast: World, at: datetime, desk: Callable[..., Desk]) -> None:
    post = store.write(lambda: world.grant(at, cast.ali, "director", region="341522"))
    seat = RoleGrant.get(RoleGrant.volunteer == cast.ali, RoleGrant.role == "team_leader").id
    officer, path = desk(cast.officer), f"/console/roles/{post.id}/handover"
    assert f'name="seat" value="{seat}" checked' in officer.get(f"{path}?person={cast.xiaobo.public_no}").text
    facts = {"person": cast.xiaobo.public_no, "reason": "换届"}
    assert officer.post(path, {**facts, "seat": str(seat)}).status_code == 303
    assert RoleGrant.get_by_id(seat).until is not None


def test_stand_in_is_asked_for_with_days(
    cast: World, frozen: Any, at: datetime, desk: Callable[..., Desk]
) -> None:
    frozen(at)
    given = RoleGrant.get(RoleGrant.volunteer == cast.ali, RoleGrant.role == "team_leader")
    leader, path = desk(cast.ali), f"/console/roles/{given.id}/stand-in"
    assert f'href="{path}"' in leader.get(f"/console/roles/{given.id}/revoke").text
    assert f'href="{path}?person={cast.xiaobo.public_no}"' in leader.get(f"{path}?q=王小").text
    facts = {"person": cast.xiaobo.public_no, "reason": "住院", "since": "2026-06-15"}
    wrong = leader.post(path, {**facts, "until": "2026-06-01"})
    assert wrong.status_code == 400
    assert ('id="wrong-until"' in wrong.text, 'value="2026-06-15"' in wrong.text) == (True, True)
    assert leader.post(path, {**facts, "until": "2026-06-20"}).status_code == 303
    assert "代 李阿丽" in leader.get("/console/roles").text


def _outsider(at: datetime) -> Volunteer:
    """Somebody of another county."""

    def act() -> Volunteer:
        world.make_region("341523", "舒城县")
        return world.make_volunteer(at, "钱远方", region_code="341523")

    return store.write(act)


def test_successor_from_outside_is_found_by_his_whole_number(
    cast: World, at: datetime, desk: Callable[..., Desk]
) -> None:
    given = RoleGrant.get(RoleGrant.volunteer == cast.ali, RoleGrant.role == "team_leader")
    far, officer, path = _outsider(at), desk(cast.officer), f"/console/roles/{given.id}/handover"
    link = f'href="{path}?person={far.public_no}"'
    assert [link in officer.get(f"{path}?q={text}").text for text in ("钱远方", far.public_no[:-1])] == [
        False
    ] * 2
    page = officer.get(f"{path}?q={far.public_no.upper()}").text
    assert (link in page, "别的地区" in page) == (True, True)
    assert "钱远方" in officer.get(f"{path}?person={far.public_no}").text
    looks = AuditEntry.select().where(AuditEntry.verb == "person.find", AuditEntry.actor == cast.officer)
    assert [row.detail["found"] for row in looks.order_by(AuditEntry.id)] == [0, 1, 1]
    assert officer.post(path, {"person": far.public_no, "reason": "换届"}).status_code == 303
    assert RoleGrant.get(RoleGrant.volunteer == far).role == "team_leader"


def test_successor_by_number_needs_a_right_and_is_not_tried_out(
    cast: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = _outsider(at)

    def no(who: Volunteer, number: str) -> RefusalCode:
        with pytest.raises(Refusal) as refused:
            people_list.successor(
                parts=make_parts(FakeGateway()), actor=cast.actor(who), public_no=number, at=at
            )
        return refused.value.code

    assert no(cast.chali, far.public_no) is RefusalCode.NOT_ALLOWED
    assert no(cast.officer, "nobody99") is RefusalCode.NOT_FOUND
    monkeypatch.setattr(people_list, "LOOKUPS", 1)
    assert no(cast.officer, far.public_no) is RefusalCode.TOO_MANY_TRIES
