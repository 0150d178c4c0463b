"""找回 on a phone: by number and phone at once, six digits for the station, the old WeChat stops what it was told."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from models import Recovery, Volunteer, WechatIdentity, store
from services.accounts import enrolment
from services.lives import recovery
from tests.pages.conftest import Phone
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import make_identity

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)

NUMBER, PHONE = "341522196005010032", "13856400001"
Make = Callable[..., Phone]


@pytest.fixture
def new(cast: Any, phone: Make, at: Any) -> Phone:
    """The browser of a WeChat that nobody holds; 小博 left a number and a phone."""
    parts = make_parts(FakeGateway())

    def act() -> WechatIdentity:
        Volunteer.update(document_index=parts.vault.index("id_no", NUMBER)).where(
            Volunteer.id == cast.xiaobo.id
        ).execute()
        enrolment.set_phone(parts=parts, person=cast.xiaobo, phone=PHONE, proof="none")
        return make_identity(at, None, "oa")

    made = phone()
    made.log_in(None, at, store.write(act))
    return made


def test_a_new_wechat_finds_its_owner(new: Phone) -> None:
    assert "/m/recover" in new.get("/m").text
    page = new.get("/m/recover").text
    assert "马上找回" in page
    assert "<script" not in page.split("<main")[1].split("</main>")[0]
    wrong = new.post("/m/recover", {"document": NUMBER, "phone": "13856400002"})
    assert (wrong.status_code, 'id="form-error"' in wrong.text, NUMBER in wrong.text) == (400, True, True)
    typo = new.post("/m/recover", {"document": NUMBER[:-1], "phone": PHONE})
    assert (typo.status_code, 'id="document-error"' in typo.text) == (400, True)
    assert new.post("/m/recover", {"document": NUMBER, "phone": PHONE}).location == "/m/inbox"
    assert "找回成功" in new.get("/m/inbox").text
    assert new.get("/m/recover").location == "/m"
    assert new.post("/m/recover", {"document": NUMBER, "phone": PHONE}).location == "/m"


def test_six_digits_go_to_the_station_and_the_old_wechat_stops_it(
    cast: Any, new: Phone, phone: Make, at: Any
) -> None:
    page = new.post("/m/recover/digits").text
    digits = re.search(r'class="num">(\d{6})<', page)
    assert digits is not None
    made = recovery.request(
        actor=cast.actor(cast.officer, "console"), public_no=cast.xiaobo.public_no, digits=digits[1], reason="当面",
        at=at,
    )  # fmt: skip
    assert phone(cast.chali).get(f"/m/recoveries/{made.code}").status_code == 404
    old = phone(cast.xiaobo)
    assert "不是我办的，停止" in old.get(f"/m/recoveries/{made.code}").text
    assert old.post(f"/m/recoveries/{made.code}").status_code == 303
    assert "已经停止" in old.get(f"/m/recoveries/{made.code}").text
    assert Recovery.get().state == "stopped"
    for state, words in (("done", "已换到新微信"), ("refused", "没有办成")):
        Recovery.update(state=state).execute()
        assert words in old.get(f"/m/recoveries/{made.code}").text
