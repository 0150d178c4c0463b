"""更正 in the console: the list, one request with what should be right, the word on it; every "no" on its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from models import AuditEntry, Correction, Volunteer, store
from services.actors import Actor
from services.privacy import correcting
from tests.console.conftest import Desk
from tests.services.accounts.test_documents import with_check
from tests.support import world
from tests.support.fakes import make_parts
from tests.support.world import COUNTY

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)

Make = Callable[..., Desk]
RIGHT = with_check("34152219600511003")


def asked(person: Volunteer, at: Any, **what: str) -> str:
    return correcting.ask(parts=make_parts(), actor=Actor("api", person.id), at=at, **what).code


def test_office_reads_it_and_decides(cast: Any, desk: Make, at: Any) -> None:
    path = f"/console/corrections/{asked(cast.xiaobo, at, name='王晓博', document=RIGHT)}"
    officer = desk(cast.officer)
    assert "1</strong> 份登记更正" in officer.get("/console").text
    assert "登记更正" in officer.get("/console/manage").text
    lines = officer.get("/console/corrections?state=asked").text
    assert ("王小博" in lines, path in lines, RIGHT in lines, "王晓博" in lines) == (True, True, False, False)
    page = officer.get(path).text
    assert (RIGHT in page, "王晓博" in page, "当面看了身份证" in page) == (True, True, True)
    assert AuditEntry.select().where(AuditEntry.verb == "correction.read").count() == 1
    bare = officer.post(path, {"agree": "1", "reason": ""})
    assert (bare.status_code, 'id="wrong-reason"' in bare.text) == (400, True)
    assert officer.post(path, {"agree": "1", "reason": "当面看了身份证"}).status_code == 303
    assert Volunteer.get_by_id(cast.xiaobo.id).birth_date == "1960-05-11"
    after = officer.get(path).text
    assert ("已更正" in after, RIGHT in after) == (True, False)
    again = officer.post(path, {"refuse": "1", "reason": "看错了"})
    assert (again.status_code, "已经有了结果" in again.text) == (409, True)
    assert officer.get("/console/corrections?format=xlsx").status_code == 200
    person = officer.get(f"/console/people/{cast.xiaobo.public_no}").text
    assert ("核对证件以后更正" in person, "核对更正申请，看了号码" in person) == (True, True)


def test_number_of_somebody_else_leads_to_merging(cast: Any, desk: Make, at: Any) -> None:
    taken = Volunteer.update(document_index=make_parts().vault.index("id_no", RIGHT)).where(
        Volunteer.id == cast.chali.id
    )
    store.write(taken.execute)
    path = f"/console/corrections/{asked(cast.xiaobo, at, document=RIGHT)}"
    page = desk(cast.officer).post(path, {"agree": "1", "reason": "当面看了身份证"})
    assert (page.status_code, "合成一份" in page.text) == (409, True)
    assert desk(cast.officer).post(path, {"refuse": "1", "reason": "登记了两次"}).status_code == 303
    assert Correction.get().state == "refused"


def test_own_request_is_somebody_elses_to_decide(cast: Any, desk: Make, at: Any) -> None:
    path = f"/console/corrections/{asked(cast.officer, at, document=RIGHT)}"
    page = desk(cast.officer).get(path)
    assert (page.status_code, "由同事或者上一级" in page.text, RIGHT in page.text) == (200, True, False)
    own = desk(cast.officer).post(path, {"agree": "1", "reason": "我自己"})
    assert own.status_code == 403


def test_others_do_not_come_in(cast: Any, desk: Make, at: Any) -> None:
    path = f"/console/corrections/{asked(cast.xiaobo, at, document=RIGHT)}"
    assert desk(cast.ali).get("/console/corrections").status_code == 403
    assert desk(cast.ali).get(path).status_code == 404
    assert desk(cast.officer).get("/console/corrections/nobody").status_code == 404
    store.write(lambda: world.grant(at, cast.chali, "auditor", region=COUNTY))
    shown = desk(cast.chali).get(path)
    assert (shown.status_code, RIGHT in shown.text) == (200, False)
