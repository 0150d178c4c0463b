"""The station gives somebody a new WeChat in the console: form, list, taking back; every "no" on its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from models import Recovery, store
from services.lives import recovery
from tests.console.conftest import Desk
from tests.support.world import make_identity

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)

Make = Callable[..., Desk]


def test_the_station_asks_and_takes_back(cast: Any, desk: Make, at: Any) -> None:
    new = store.write(lambda: make_identity(at, None, "oa"))
    digits = recovery.show_digits(identity_id=new.id, at=at)
    officer, path = desk(cast.officer), f"/console/people/{cast.xiaobo.public_no}/recovery"
    assert path in officer.get(f"/console/people/{cast.xiaobo.public_no}").text
    assert "新微信上的六个数字" in officer.get(path).text
    bare = officer.post(path, {"digits": digits, "reason": ""})
    assert (bare.status_code, 'id="wrong-reason"' in bare.text, digits in bare.text) == (400, True, True)
    guess = officer.post(path, {"digits": "000000", "reason": "当面"})
    assert (guess.status_code, 'id="wrong-digits"' in guess.text) == (400, True)
    assert officer.post(path, {"digits": digits, "reason": "当面"}).status_code == 303
    again = officer.post(path, {"digits": digits, "reason": "当面"})
    assert (again.status_code, "正在办理" in again.text) == (409, True)
    page = officer.get("/console/recoveries?state=waiting").text
    assert "王小博" in page
    assert "等待生效" in page
    code = Recovery.get().code
    refused = officer.post(f"/console/recoveries/{code}/refuse", {"reason": ""})
    assert (refused.status_code, f'id="wrong-{code}"' in refused.text) == (400, True)
    assert officer.post(f"/console/recoveries/{code}/refuse", {"reason": "弄错了"}).status_code == 303
    assert Recovery.get().state == "refused"
    assert officer.get("/console/recoveries?format=xlsx").status_code == 200


def test_others_do_not_come_in(cast: Any, desk: Make) -> None:
    path = f"/console/people/{cast.xiaobo.public_no}/recovery"
    assert desk(cast.ali).get(path).status_code == 403
    assert desk(cast.ali).get("/console/recoveries").status_code == 403
    assert desk(cast.officer).get("/console/people/nobody/recovery").status_code == 404
