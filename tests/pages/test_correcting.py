"""更正 on the phone: a new number, a request for name and ID number, its answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models import Correction
from services.actors import Actor
from services.privacy import correcting_desk
from tests.services.accounts.test_documents import with_check
from tests.services.certificates.world import PARTS
from tests.services.privacy.people import NUMBER, full
from tests.support.world import World

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
RIGHT = with_check("34152219600511003")


@pytest.fixture
def mine(cast: World, phone: Any, at: datetime) -> Any:
    return phone(full(cast, PARTS, at))


def test_phone_is_changed_on_the_page(mine: Any) -> None:
    assert "/m/me/correct" in mine.get("/m/me").text
    wrong = mine.post("/m/me/phone", {"phone": "12345"})
    assert (wrong.status_code, 'id="phone-error"' in wrong.text, "12345" in wrong.text) == (400, True, True)
    assert mine.post("/m/me/phone", {"phone": "139 0000 5678"}).headers["Location"] == "/m/me/correct?done=phone"
    page = mine.get("/m/me/correct?done=phone").text
    assert ("139****5678" in page, "改好了" in page) == (True, True)


def test_name_and_number_are_asked_for_and_the_answer_stands_there(cast: World, mine: Any, at: datetime) -> None:
    same = mine.post("/m/me/correct", {"name": "", "document": NUMBER})
    assert (same.status_code, "不用更正" in same.text) == (400, True)
    wrong = mine.post("/m/me/correct", {"name": "王晓博", "document": "3415"})
    assert (wrong.status_code, 'id="document-error"' in wrong.text, "王晓博" in wrong.text) == (400, True, True)
    assert mine.post("/m/me/correct", {"name": "王晓博", "document": RIGHT}).headers["Location"].endswith("done=asked")
    page = mine.get("/m/me/correct?done=asked").text
    assert ("姓名、身份证号码" in page, "撤回" in page, "王晓博" in page) == (True, True, False)
    again = mine.post("/m/me/correct", {"name": "王小波"})
    assert (again.status_code, "等核对。要改内容" in again.text) == (409, True)
    correcting_desk.decide(
        parts=PARTS, actor=Actor("console", cast.officer.id), code=Correction.get().code, good=False,
        reason="证件上还是原来的", at=at,
    )  # fmt: skip
    page = mine.get("/m/me/correct").text
    assert ("没有同意" in page, "证件上还是原来的" in page, "申请更正</button>" in page) == (True, True, True)


def test_request_is_taken_back(mine: Any) -> None:
    mine.post("/m/me/correct", {"name": "王晓博"})
    assert mine.post("/m/me/correct/withdraw").headers["Location"] == "/m/me/correct?done=taken_back"
    assert "登记没有变" in mine.get("/m/me/correct?done=taken_back").text
    assert mine.post("/m/me/correct/withdraw").status_code == 404
