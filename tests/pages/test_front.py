"""The programme's face: the home page, a team, without an account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models import Activity, Centre, ServiceMonth, store
from services.publicity import figures
from services.statistics import tally
from services.stories import consents, review, writing
from services.stories.writing import StoryDraft
from tests.support.world import COUNTY, VILLAGE, VILLAGE2, make_activity, make_region


def _counted(cast: Any, at: Any) -> None:
    tally.refresh(at=at)

    def months() -> None:
        shared = {
            "region_code": VILLAGE, "team_id": cast.team.id, "domain": "D3", "kind": "grassroots", "speciality": "x",
            "activities": 1, "attendances": 9, "supplement": 0, "transferred": 0,
        }  # fmt: skip
        for month, minutes, served in (("2026", 600, 30), ("2026-05", 600, 30), ("2025", 60_000, 1_200)):
            ServiceMonth.create(month=month, minutes=minutes, served=served, **shared)

    store.write(months)
    figures.refresh(at=at)


def test_home_counts_what_the_statistics_counted(cast: Any, phone: Any, at: Any, count_statements: Any) -> None:
    browser = phone(wechat=False)
    assert "正在统计" in browser.get("/").text
    _counted(cast, at)
    found = figures.of(VILLAGE)
    assert found == figures.of(COUNTY)
    assert (found.volunteers, found.teams, found.hours, found.served, found.year_hours, found.year_served) == (
        4, 2, 1010, 1230, 10, 30,
    )  # fmt: skip
    with count_statements() as seen:
        page = browser.get(f"/?region={VILLAGE}").text
    assert ("1,010 <small>小时" in page, "1,230 <small>人次" in page) == (True, True)
    assert not [text for text in seen if any(name in text for name in ("service_month", "region_tally", "minute_"))]


def test_home_leads_from_the_province_to_a_team_and_its_station(cast: Any, phone: Any) -> None:
    store.write(lambda: make_region("341522100203", "南湖社区居委会"))
    browser = phone(wechat=False)
    top = browser.get("/?region=990000").text
    assert ("六安市" in top, cast.team.name in top, "0564-6000000" in top) == (True, False, False)
    own = browser.get(f"/?region={VILLAGE}").text
    assert (cast.team.name in own, cast.other_team.name in own, "0564-6000000" in own) == (True, False, True)
    beside = browser.get("/?region=341522100203").text
    assert ("离得最近的是" in beside, cast.team.name in beside, cast.other_team.name in beside) == (True,) * 3
    assert f"/?region={VILLAGE2}#near" in browser.get("/?q=西湖").text
    assert cast.ali.name not in own


def test_team_page_names_nobody_and_hides_what_is_confidential(cast: Any, phone: Any, at: Any) -> None:
    def more() -> None:
        make_activity(at, cast.team, domain="D4", sub_domain="visits", title="看望张大爷")
        make_activity(at, cast.team, starts_in=timedelta(hours=2), private_home=True, title="李奶奶家")
        make_activity(at, cast.team, starts_in=timedelta(hours=3), title="义剪")
        make_activity(at, cast.team, starts_in=timedelta(minutes=-30), title="巡夜")
        Activity.update(title="捡垃圾").where(Activity.id == cast.activity.id).execute()
        Centre.update(phone="").execute()

    store.write(more)
    page = phone(wechat=False).get(f"/teams/{cast.team.code}").text
    shown = [word in page for word in ("捡垃圾", f"/m/join/{cast.team.code}", "看望", "李奶奶", "李阿丽", "电话")]
    assert shown == [True, True, False, False, False, False]
    assert phone(wechat=False).get("/teams/nosuchteam").status_code == 404
    home = phone(wechat=False).get("/").text  # what is on already is not told as coming
    assert [word in home for word in ("义剪", "巡夜", "张大爷", "李奶奶")] == [True, False, False, False]


def test_story_is_agreed_to_on_the_phone_and_read_by_everybody(cast: Any, phone: Any, at: Any, app: Any) -> None:
    parts, ali = app.extensions["parts"], cast.actor(cast.ali, "console")
    draft = StoryDraft("守堤三天", "王小博守了三天三夜。\n<b>真的</b>", "D3", "flood")
    code = writing.create(actor=ali, team_code=cast.team.code, region_code="", draft=draft, at=at)
    writing.put_person(actor=ali, code=code, public_no=cast.xiaobo.public_no, shows="name", at=at)
    mine = phone(cast.xiaobo)
    assert mine.get(f"/m/stories/{code}").status_code == 404  # nobody asked him yet
    consents.submit(parts=parts, actor=ali, code=code, nobody_else=False, at=at)
    assert "等您回答" in mine.get("/m/stories").text
    assert "随时可以收回" in mine.get(f"/m/stories/{code}").text
    assert mine.post(f"/m/stories/{code}", {"yes": "1"}).location == f"/m/stories/{code}?done=saved"
    stranger = phone(wechat=False)
    assert stranger.get(f"/stories/{code}").status_code == 404
    review.decide(actor=cast.actor(cast.officer, "console"), code=code, publishes=True, reason="", at=at)
    page = stranger.get(f"/stories/{code}").text
    shown = [word in page for word in ("文中的志愿者：王小博", 'property="og:title"', "&lt;b&gt;真的", "<b>真的")]
    assert shown == [True, True, True, False]
    assert (code in stranger.get("/stories").text, "守堤三天" in stranger.get("/").text) == (True, True)
    mine.post(f"/m/stories/{code}", {"back": "1"})
    assert (stranger.get(f"/stories/{code}").status_code, code in stranger.get("/stories").text) == (404, False)
