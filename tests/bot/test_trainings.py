"""培训 in the chat, and what the account's own code of a recruitment drive says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from models import Application, DriveScan, RecruitmentDrive, Signup, store
from services.recruitment import drives
from services.recruitment.drives import DriveDraft
from tests.bot.chat import Phone, WeChat
from tests.services.training.world import make_session
from tests.support.world import COUNTY, World, make_identity

Of = Callable[..., Phone]


def test_training_names_my_hours_and_what_is_open_and_signs_up(phone: Of, cast: World, at: datetime) -> None:
    text = phone(cast.chali).says("培训")
    assert ("您今年有 0 学时，一年要 8 学时" in text, "现在没有能报名的培训" in text) == (True, True)
    activity, _ = make_session(cast, at)
    text = phone(cast.chali).says("培训")
    assert ("1. 心肺复苏\n今天 13:00" in text, "/m/trainings" in text) == (True, True)
    assert "安全提示" in phone(cast.chali).says("报名 1")
    phone(cast.chali).says("确认报名")
    assert Signup.get(Signup.volunteer == cast.chali).activity_id == activity.id


def test_code_of_a_drive_leads_to_the_team_and_the_application_says_so(
    phone: Of, wechat: WeChat, cast: World, at: datetime
) -> None:
    code = drives.create(
        actor=cast.actor(cast.officer), region_code=COUNTY, at=at,
        draft=DriveDraft("适应性培训", "2026-06-10", "2026-06-12", team=cast.team.code),
    )  # fmt: skip
    person = phone(cast.chali)
    text = person.event("SCAN", EventKey=f"r.{code}", Ticket="t")
    assert ("欢迎！您扫的是：适应性培训" in text, cast.team.name in text) == (True, True)
    person.says("确认")
    assert DriveScan.select().count() == 1
    assert [(row.source, row.drive_id) for row in Application.select()] == [("drive", RecruitmentDrive.get().id)]
    store.write(lambda: make_identity(at, None, "oa", openid="o-new"))
    text = wechat.phone("o-new").event("subscribe", EventKey=f"qrscene_r.{code}", Ticket="t")
    assert ("欢迎！" in text, "登记" in text) == (True, True)
    drives.close(actor=cast.actor(cast.officer), code=code, at=at)
    assert "已经结束了" in phone(cast.officer).event("SCAN", EventKey=f"r.{code}", Ticket="t")
