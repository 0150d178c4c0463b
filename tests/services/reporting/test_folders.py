"""An activity's folder and a team's year as Word files that open again."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
from docx import Document

from models import ActivityReport, AuditEntry, ServiceRecord, store
from services.errors import Refusal, RefusalCode
from services.reporting import folders
from tests.support import world
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import World


def _texts(body: bytes) -> tuple[list[str], list[list[str]]]:
    paper = Document(io.BytesIO(body))
    rows = [[cell.text for cell in row.cells] for table in paper.tables for row in table.rows]
    return [each.text for each in paper.paragraphs], rows


def test_folder_and_binder_hold_notice_list_sheet_and_summary(cast: World, at: datetime) -> None:
    def held() -> str:
        for days in (30, 10):
            made, shift = world.make_activity(at, cast.team, starts_in=-timedelta(days=days), title=f"清河岸{days}")
            world.sign_up(at, shift, cast.xiaobo)
            ServiceRecord.create(
                shift=shift, activity=made, team=cast.team, volunteer=cast.xiaobo, region_code=made.region_code,
                local_day=made.local_day, in_at=made.starts_at, out_at=made.ends_at, minutes=120, state="confirmed",
                rule_set=cast.hours_rule, created_at=at, updated_at=at,
            )  # fmt: skip
            ActivityReport.create(activity=made, served=9, summary="清了三公里", at=at, updated_at=at)
        return str(made.code)

    code = store.write(held)
    actor, parts = cast.actor(cast.ali), make_parts(FakeGateway())
    name, body = folders.activity(parts=parts, actor=actor, code=code, at=at)
    lines, rows = _texts(body)
    assert [each for each in lines if each[:2] in ("一、", "二、", "三、", "四、")] == [
        "一、活动公告", "二、报名名单", "三、签到表", "四、活动总结",
    ]  # fmt: skip
    assert ["1", cast.xiaobo.name, "清洁员"] in rows
    assert ["1", cast.xiaobo.name, "09:00", "11:00", "2小时", "扫码", ""] in rows
    assert any("清了三公里" in text for row in rows for text in row)
    assert "清河岸10" in name
    _, rows = _texts(folders.binder(actor=actor, team_code=cast.team.code, year=2026, at=at)[1])
    assert [row[2] for row in rows if len(row) == 4][1:] == ["清河岸30", "清河岸10"]
    assert AuditEntry.select().where(AuditEntry.verb == "export").count() == 2
    for act in (
        lambda: folders.activity(parts=parts, actor=cast.actor(cast.chali), code=code, at=at),
        lambda: folders.binder(actor=cast.actor(cast.chali), team_code=cast.team.code, year=2026, at=at),
    ):
        with pytest.raises(Refusal) as no:
            act()
        assert no.value.code is RefusalCode.NOT_FOUND
