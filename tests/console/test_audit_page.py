"""The page of the audit: log-ins and what the operator did, each in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from models import store
from services.accounts import console_login
from services.operation import escrow
from tests.architecture.rules import ROOT
from tests.console.conftest import Desk
from tests.support import world
from tests.support.world import PROVINCE, World
from wording import entry


def told(desk: Desk, query: str = "") -> str:
    """The text of the page, without its tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", desk.get(f"/console/audit{query}").text).split())


def test_log_ins_and_what_the_operator_did_are_shown_in_words(
    cast: World, at: datetime, desk: Callable[..., Desk]
) -> None:
    token = console_login.grant_link(volunteer_id=cast.officer.id, at=at)
    console_login.use_grant(token=token, device="台式机", at=at)
    escrow.note_printed(of_keys="ab12", at=at)
    store.write(lambda: world.grant(at, cast.chali, "region_admin", region=PROVINCE))
    said = told(desk(cast.chali))
    assert "运维人员 做一次性登录链接 孙主任" in said
    assert "孙主任 登录后台 后台 方式：一次性链接；电脑：台式机" in said
    assert "运维人员 打印密钥保管单 密钥 校验：ab12" in said
    of_the_house = told(desk(cast.chali), "?subject=house")
    assert ("电脑：台式机" in of_the_house, "做一次性登录链接 孙主任" in of_the_house) == (True, False)


def test_officer_reads_who_logged_in_in_his_county(cast: World, at: datetime, desk: Callable[..., Desk]) -> None:
    console_login.use_grant(
        token=console_login.grant_link(volunteer_id=cast.officer.id, at=at), device="台式机", at=at
    )
    assert "孙主任 登录后台" in told(desk(cast.officer))


def test_every_act_that_the_audit_is_told_of_has_its_word() -> None:
    files = [*(ROOT / "services").rglob("*.py"), *(ROOT / "handlers").rglob("*.py"), *ROOT.glob("commands*.py")]
    texts = [path.read_text(encoding="utf-8") for path in files]
    verbs = {verb for text in texts for verb in re.findall(r'audit\.note\([^)]*?verb="([a-z_.]+)"', text)}
    assert {"login.in", "login.link", "database.copied", "codes.tried", "keys.rotated"} <= verbs
    assert sorted(verbs - entry("access.verbs").keys()) == []
