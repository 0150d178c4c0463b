"""The sheet with the keys: complete, told apart by its mark, asked for until two people keep it."""

from __future__ import annotations

import base64
import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import AuditEntry
from services.codes import key_mark
from services.operation import alarms, escrow, health
from tests.support.fakes import FakeGateway, make_parts

KEYS = {"DATA_KEYS k1": b"1" * 32, "INDEX_KEY": b"i" * 32, "SIGN_KEY": b"s" * 32}
WEEK = timedelta(days=7)


def parts_of(gateway: FakeGateway, **more: Any) -> Any:
    public = {"https": True, "demo": False, "operator_openid": "o-boss", "key_mark": key_mark(KEYS)}
    return make_parts(gateway, **{**public, **more})


def told(gateway: FakeGateway) -> list[str]:
    return [call["data"]["thing2"] for call in gateway.named("send_template")]


def well(at: datetime) -> datetime:
    health.note_run(name="heartbeat", started_at=at, ended_at=at, outcome="ok")
    return at


def test_sheet_holds_every_key_so_that_it_can_be_typed_in_again(at: datetime) -> None:
    text = escrow.sheet(keys=KEYS, brand="红耀江淮", url="https://hy.example.cn", at=at)
    typed = [base64.b64decode(line.replace(" ", "")) for line in re.findall(r"^    ((?:\S{4} ){10}\S{4})$", text, re.M)]
    assert typed == list(KEYS.values())
    assert key_mark(KEYS) in text


def test_mark_changes_with_a_key_and_not_with_the_order() -> None:
    assert key_mark(dict(reversed(KEYS.items()))) == key_mark(KEYS)
    assert key_mark({**KEYS, "SIGN_KEY": b"t" * 32}) != key_mark(KEYS)


def test_operator_is_reminded_every_week_until_two_people_keep_the_sheet(db: Any, at: datetime) -> None:
    gateway = FakeGateway()
    parts = parts_of(gateway)
    days = [timedelta(0), timedelta(days=6), WEEK]
    assert [alarms.tell_operator(parts=parts, at=well(at + later)) for later in days] == [1, 0, 1]
    assert told(gateway) == ["密钥保管单还没有放进保险柜"] * 2
    with pytest.raises(escrow.TooFewKeepers):
        escrow.confirm(of_keys=parts.key_mark, keepers=["张三", " 张三"], where="保密室", at=at)
    escrow.confirm(of_keys=parts.key_mark, keepers=["张三", "李四"], where="保密室和档案馆", at=at)
    assert alarms.tell_operator(parts=parts, at=well(at + 2 * WEEK)) == 0
    assert AuditEntry.get(AuditEntry.verb == "keys.kept").detail["keepers"] == "张三、李四"


def test_new_keys_need_a_new_sheet(db: Any, at: datetime) -> None:
    escrow.confirm(of_keys=key_mark(KEYS), keepers=["张三", "李四"], where="保密室", at=at)
    changed = key_mark({"DATA_KEYS k2": b"2" * 32, **KEYS})
    assert alarms.tell_operator(parts=parts_of(FakeGateway(), key_mark=changed), at=well(at)) == 1


@pytest.mark.parametrize("local", [{"https": False}, {"demo": True}])
def test_nobody_is_reminded_on_a_developers_machine(db: Any, at: datetime, local: dict[str, bool]) -> None:
    assert alarms.tell_operator(parts=parts_of(FakeGateway(), **local), at=well(at)) == 0
