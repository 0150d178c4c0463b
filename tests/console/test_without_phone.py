"""The console for people without a smartphone: an act with a signed form, a card, the monthly sheet."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask

from models import (
    Application,
    BindInvite,
    CodeRevocation,
    PersonCard,
    ProxyAct,
    Qualification,
    Signup,
    Volunteer,
    store,
)
from services import codes
from services.lives.proxy_acts import ACTS
from storage.disk import Disk
from tests.console.conftest import Desk
from tests.services.lives.test_files import SVG, picture
from tests.support import world
from tests.support.world import World
from wording import entry, known

Desks = Callable[..., Desk]


@pytest.fixture(autouse=True)
def own_folder(app: APIFlask, tmp_path: Path) -> None:
    app.extensions["parts"] = replace(app.extensions["parts"], storage=Disk(tmp_path / "files"))


def _photo(body: bytes | None = None, name: str = "单子.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(picture() if body is None else body), name


def test_sign_up_on_paper(cast: World, desk: Desks) -> None:
    leader, path = desk(cast.ali), f"/console/people/{cast.xiaobo.public_no}"
    assert f"{path}/proxy?act=sign_up" in leader.get(f"{path}/proxy").text
    page = leader.get(f"{path}/proxy?act=sign_up")
    assert (page.status_code, f'value="{cast.shift.code}"' in page.text) == (200, True)
    answer = leader.post(f"{path}/proxy", {"act": "sign_up", "subject": cast.shift.code, "photo": _photo()})
    assert (answer.status_code, answer.location) == (303, f"{path}?done=noted#proxies")
    assert Signup.get(Signup.volunteer == cast.xiaobo).state == "confirmed"
    shown = leader.get(path).text
    number = ProxyAct.get().id
    assert "替他报名" in shown
    form = leader.get(f"/console/people/forms/{number}")
    assert (form.content_type, form.headers["X-Content-Type-Options"], form.data[:2]) == (
        "image/jpeg", "nosniff", b"\xff\xd8",
    )  # fmt: skip
    assert desk(cast.chali).get(f"/console/people/forms/{number}").status_code == 403  # no role at all


def test_application_on_paper(cast: World, desk: Desks) -> None:
    officer, path = desk(cast.officer), f"/console/people/{cast.chali.public_no}/proxy"
    assert f"{path}?act=apply" in officer.get(path).text
    page = officer.get(f"{path}?act=apply&q=西湖").text
    assert (f'value="{cast.other_team.code}"' in page, f'value="{cast.team.code}"' in page) == (True, False)
    facts = {"act": "apply", "subject": cast.other_team.code, "value": "想出力"}
    assert officer.post(path, {**facts, "photo": _photo()}).status_code == 303
    assert Application.get().state == "submitted"
    assert "申请入队" in officer.get(f"/console/people/{cast.chali.public_no}").text
    wrong = officer.post(path, {"act": "national", "value": "一", "photo": _photo()})
    assert (wrong.status_code, 'id="wrong-value"' in wrong.text) == (400, True)


def test_form_to_sign_is_printed(cast: World, desk: Desks) -> None:
    officer, path = desk(cast.officer), f"/console/people/{cast.chali.public_no}/proxy"
    assert f'href="{path}/paper"' in officer.get(path).text
    assert f'href="{path}/paper?act=apply"' in officer.get(f"{path}?act=apply").text
    plain, chosen = officer.get(f"{path}/paper"), officer.get(f"{path}/paper?act=apply")
    assert (plain.content_type, chosen.content_type) == ("application/pdf", "application/pdf")
    assert len(chosen.data) > len(plain.data)  # the pledge and the agreement stand below
    assert desk(cast.ali).get(f"{path}/paper").status_code == 404


def test_paper_is_told_for_him_with_its_last_day(cast: World, desk: Desks) -> None:
    officer, path = desk(cast.officer), f"/console/people/{cast.chali.public_no}/proxy"
    assert 'id="until"' in officer.get(f"{path}?act=paper").text
    facts = {"act": "paper", "subject": "paper:boat", "value": "船员证"}
    wrong = officer.post(path, {**facts, "until": "2020-01-01", "photo": _photo()})
    assert (wrong.status_code, 'id="wrong-until"' in wrong.text) == (400, True)
    garbled = officer.post(path, {**facts, "until": "明年", "photo": _photo()})
    assert (garbled.status_code, 'id="wrong-until"' in garbled.text) == (400, True)
    assert officer.post(path, {**facts, "until": "2030-01-31", "photo": _photo()}).status_code == 303
    assert Qualification.get().expires_on == "2030-01-31"


def test_every_act_has_its_words(cast: World) -> None:
    for act in ACTS:
        assert all(known(f"paper.{where}.{act}") for where in ("acts", "mine", "form"))
        assert f"proxy.{act}" in entry("access.verbs")


def test_refused_photo_is_said_beside_its_field_and_the_choice_stays(cast: World, desk: Desks) -> None:
    path = f"/console/people/{cast.xiaobo.public_no}/proxy"
    facts = {"act": "phone", "value": "13856499999"}
    for sent, status in ((_photo(SVG, "x.jpg"), 400), (_photo(b"", "x.jpg"), 400)):
        answer = desk(cast.ali).post(path, {**facts, "photo": sent})
        assert (answer.status_code, 'id="wrong-photo"' in answer.text) == (status, True)
        assert 'value="13856499999"' in answer.text
    wrong = desk(cast.ali).post(path, {"act": "phone", "value": "12", "photo": _photo()})
    assert 'id="wrong-value"' in wrong.text
    other = desk(cast.ali).post(path, {"act": "cancel", "subject": cast.shift.code, "photo": _photo()})
    assert (other.status_code, "flash bad" in other.text) == (409, True)


def test_body_beyond_the_limit_is_refused(cast: World, desk: Desks) -> None:
    path = f"/console/people/{cast.xiaobo.public_no}/proxy"
    answer = desk(cast.ali).post(path, {"act": "phone", "photo": _photo(b"x" * 9_000_000)})
    assert answer.status_code == 413


def test_own_matter_is_refused(cast: World, desk: Desks) -> None:
    path = f"/console/people/{cast.ali.public_no}"
    leader = desk(cast.ali)
    assert leader.get(f"{path}/proxy").status_code == 403
    assert leader.get(f"{path}/card").status_code == 403
    assert f"{path}/proxy" not in leader.get(path).text


def test_invited_person_is_enrolled_by_the_station(cast: World, at: datetime, desk: Desks) -> None:
    def make() -> Any:
        person = world.make_volunteer(at, "吴受邀", state="invited", entered_by=cast.ali.id)
        BindInvite.create(
            token="t1", volunteer=person, team_id=cast.team.id, created_by=cast.ali, created_at=at,
            expires_at=at + timedelta(days=7),
        )  # fmt: skip
        return person

    person = store.write(make)
    path = f"/console/people/{person.public_no}/proxy"
    page = desk(cast.officer).get(path).text
    assert ("act=enrol" in page, "act=sign_up" in page) == (True, False)
    assert desk(cast.ali).post(path, {"act": "enrol", "photo": _photo()}).status_code == 403
    assert desk(cast.officer).post(path, {"act": "enrol", "photo": _photo()}).status_code == 303
    assert Volunteer.get_by_id(person.id).state == "active"


def test_card_is_made_changed_printed_and_ended(cast: World, desk: Desks) -> None:
    leader, path = desk(cast.ali), f"/console/people/{cast.xiaobo.public_no}/card"
    assert leader.get(f"/console/teams/{cast.team.code}/cards").text.count("还没有卡可以打印") == 1
    assert 'id="wrong-issue-photo"' in leader.post(path, {"photo": _photo(b"")}).text
    assert leader.post(path, {"photo": _photo()}).status_code == 303
    first = PersonCard.get()
    assert first.serial in leader.get(path).text
    assert leader.get(f"{path}/photo").content_type == "image/jpeg"
    for address in (f"{path}/print", f"/console/teams/{cast.team.code}/cards"):
        paper = leader.get(address)
        assert (paper.content_type, paper.data[:5]) == ("application/pdf", b"%PDF-")
    wrong = leader.post(path, {"reason": ""})
    assert (wrong.status_code, 'id="wrong-issue-reason"' in wrong.text) == (400, True)
    assert leader.post(path, {"reason": "丢了"}).status_code == 303
    listed = leader.get("/console/cards").text
    assert (first.serial in listed, listed.count("丢了")) == (True, 1)
    assert first.serial not in leader.get("/console/cards?state=living").text
    assert leader.get("/console/cards?format=xlsx").status_code == 200
    wrong = leader.post(f"{path}/revoke", {"reason": " "})
    assert 'id="wrong-revoke-reason"' in wrong.text
    assert leader.post(f"{path}/revoke", {"reason": "不用了"}).status_code == 303
    assert PersonCard.select().where(PersonCard.revoked_at.is_null()).count() == 0


def test_leader_scans_the_card_on_his_phone(
    cast: World, at: datetime, app: APIFlask, desk: Desks, frozen: Any
) -> None:
    from tests.pages.conftest import WECHAT, Phone

    frozen(at)
    desk(cast.ali).post(f"/console/people/{cast.xiaobo.public_no}/card", {"photo": _photo()})
    store.write(
        lambda: world.make_activity(at, cast.team, starts_in=timedelta(minutes=-10), title="清洁河岸")
    )
    code = codes.card_code(sign_key=app.extensions["parts"].sign_key, serial=PersonCard.get().serial)

    def phone(person: Volunteer) -> Phone:
        made = Phone(app, WECHAT)
        made.log_in(person, at)
        return made

    leader, other = phone(cast.ali), phone(cast.chali)
    page = leader.get(f"/q/{code}").text
    assert ("王小博" in page, "data:image/jpeg;base64," in page) == (True, True)
    seen = other.get(f"/q/{code}").text
    assert ("王小博" in seen, "志愿者卡" in seen) == (False, True)
    shift = page.split('name="shift" value="')[1].split('"')[0]
    facts = {"code": code, "shift": shift, "direction": "in"}
    assert "签到好了" in leader.post("/m/person", facts).text
    assert other.post("/m/person", facts).status_code == 404
    assert leader.get("/q/k1.none.none").status_code == 404
    desk(cast.ali).post(f"/console/people/{cast.xiaobo.public_no}/card/revoke", {"reason": "丢了"})
    gone = leader.get(f"/q/{code}")
    assert (gone.status_code, "已经作废" in gone.text) == (410, True)
    assert leader.post("/m/person", {**facts, "direction": "out"}).status_code == 410


def test_codes_of_a_lost_telephone_are_taken_back_at_the_desk(cast: World, desk: Desks) -> None:
    where = f"/console/people/{cast.xiaobo.public_no}"
    browser = desk(cast.ali)
    assert "作废他的旧码" in browser.get(f"{where}/card").text
    assert browser.post(f"{where}/codes/revoke", {"reason": ""}).status_code == 400
    assert browser.post(f"{where}/codes/revoke", {"reason": "手机丢了"}).location.endswith("/card?done=recoded")
    assert (CodeRevocation.get().volunteer_id, CodeRevocation.get().actor_id) == (cast.xiaobo.id, cast.ali.id)
    assert desk(cast.chali).post(f"{where}/codes/revoke", {"reason": "试试"}).status_code in (403, 404)


def test_person_reads_what_was_done_for_him(cast: World, at: datetime, app: APIFlask, desk: Desks) -> None:
    from tests.pages.conftest import WECHAT, Phone

    path = f"/console/people/{cast.xiaobo.public_no}/proxy"
    desk(cast.ali).post(path, {"act": "sign_up", "subject": cast.shift.code, "photo": _photo()})
    number = ProxyAct.get().id
    mine, other = Phone(app, WECHAT), Phone(app, WECHAT)
    mine.log_in(cast.xiaobo, at)
    other.log_in(cast.chali, at)
    assert "李阿丽替您报了名" in mine.get("/m/proxies").text
    assert mine.get(f"/m/proxies/{number}").content_type == "image/jpeg"
    assert other.get(f"/m/proxies/{number}").status_code == 404
    assert 'href="/m/proxies"' in mine.get("/m/me").text
    assert "没有别人替您办过事" in other.get("/m/proxies").text


def test_monthly_sheet(cast: World, desk: Desks) -> None:
    leader, path = desk(cast.ali), f"/console/teams/{cast.team.code}/monthly"
    page = leader.get(f"{path}?month=2026-05")
    assert (page.status_code, 'value="2026-05"' in page.text, "王小博" in page.text) == (200, True, True)
    assert leader.get(f"{path}?month=nonsense").status_code == 200
    for address in (f"{path}/print?month=2026-06&each=1", f"/console/people/{cast.xiaobo.public_no}/monthly"):
        assert leader.get(address).content_type == "application/pdf"
    store.write(lambda: world.grant(cast.team.created_at, cast.chali, "team_leader", team=cast.other_team))
    assert desk(cast.chali).get(path).status_code == 404
