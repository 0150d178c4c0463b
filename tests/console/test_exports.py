"""A list taken away as Excel says where it ends, and a long one is taken away, too."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from handlers.console import lists
from models import AuditEntry, store
from services import listing, taking_out
from services.access import oversight
from tests.console.conftest import Desk
from tests.support import world
from tests.support.world import COUNTY, World

Desks = Callable[..., Desk]


def lines(body: bytes) -> list[Any]:
    sheet = openpyxl.load_workbook(io.BytesIO(body)).active
    assert sheet is not None
    return [row[0].value for row in sheet.iter_rows()]


def test_file_that_was_cut_off_says_so(cast: World, desk: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = desk(cast.officer)
    for module in (lists, listing):
        monkeypatch.setattr(module, "MOST", 2)
    told = lines(browser.get("/console/regions?q=社区&format=xlsx").data)
    assert (len(told), told[-1]) == (4, "只列出前 2 行。其余的，请按地区筛选以后再导出。")


def test_whole_file_ends_with_its_last_row(cast: World, desk: Desks) -> None:
    assert "只列出" not in str(lines(desk(cast.officer).get("/console/regions?format=xlsx").data)[-1])


def test_names_of_a_long_audit_are_looked_up_in_parts(
    cast: World, desk: Desks, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oversight, "CHUNK", 3)
    rows = [
        {"actor": cast.officer.id, "verb": "reveal", "subject": f"volunteer:{cast.ali.id}", "detail": {}, "at": at,
         "region_code": COUNTY}
        for _ in range(7)
    ]  # fmt: skip
    store.write(lambda: world.grant(at, cast.officer, "auditor", region=COUNTY))
    store.write(lambda: AuditEntry.insert_many(rows).execute())
    answer = desk(cast.officer).get("/console/audit?format=xlsx")
    assert answer.status_code == 200
    assert answer.data.count(b"PK") > 0
    assert len(lines(answer.data)) >= 8


def test_account_that_takes_files_without_end_waits_and_goes_on_reading_as_do_others(
    cast: World, desk: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_out, "MOST", 2)
    officer, leader = desk(cast.officer), desk(cast.ali)
    file = "/console/regions?format=xlsx"
    assert [officer.get(file).status_code for _ in range(3)] == [200, 200, 429]
    told = officer.get(file)
    assert (told.headers["Retry-After"], "试的次数太多了。请过10分钟再来。" in told.text) == ("600", True)
    assert officer.get("/console/regions").status_code == 200
    assert leader.get(f"/console/activities/{cast.activity.code}/places.xlsx").status_code == 200


def test_every_list_and_folder_that_goes_out_as_a_file_is_counted(
    app: Any, cast: World, desk: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_out, "MOST", 0)
    officer = desk(cast.officer)
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/console/") and rule.endpoint]
    files = [re.sub(r"<int:\w+>", "2026", re.sub(r"<\w+>", "x", rule.rule)) for rule in rules]
    files = [path for path in files if path.endswith((".xlsx", ".docx"))]
    assert len(files) >= 9
    assert {path: officer.get(path).status_code for path in files} == dict.fromkeys(files, 429)
