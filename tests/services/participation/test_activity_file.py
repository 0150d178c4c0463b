"""The one-page file of an activity, and how often it was opened."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models import (
    Activity,
    ActivityPartner,
    ActivityReport,
    ActivityView,
    Approval,
    Insurance,
    Need,
    Partner,
    ServiceRecord,
    store,
)
from services.errors import Refusal, RefusalCode
from services.participation import activities, activity_file, views
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import COUNTY, VILLAGE, World

HOUR = timedelta(hours=1)


def _texts(cast: World, at: datetime, who: str = "ali") -> tuple[dict[str, str], dict[str, str]]:
    shown = activity_file.facts(actor=cast.actor(getattr(cast, who)), code=cast.activity.code, at=at)
    return dict(shown.before), dict(shown.after)


def test_file_says_what_the_standard_asks_and_what_moved(cast: World, at: datetime) -> None:
    before, after = _texts(cast, at)
    assert {"时间", "地点", "内容", "参加条件", "岗位和人数", "怎么报名", "可能的风险", "保障", "负责人"} <= set(before)
    assert (before["审核"], after) == ("不用审核", {})
    activities.edit(actor=cast.actor(cast.ali), code=cast.activity.code, changes={"place": "文化广场"}, at=at)
    before, _ = _texts(cast, at)
    assert f"“{cast.activity.place}”改为“文化广场”" in before["时间地点改动"]
    assert "文化广场" in before["地点"]


def test_file_names_approval_insurance_and_the_need(cast: World, at: datetime) -> None:
    def make() -> None:
        need = Need.create(
            code="need0009", kind="public", region_code=VILLAGE, station_region=COUNTY, title="清理河岸", domain="D3",
            sub_domain="ecology", content="脏", state="claimed", answer_due_at=at, created_at=at, updated_at=at,
        )  # fmt: skip
        Activity.update(need_id=need.id).where(Activity.id == cast.activity.id).execute()
        Approval.create(
            activity=cast.activity, state="approved", region_code=COUNTY, due_at=at, asked_at=at, decided_at=at,
            decided_by=cast.officer, answer="注意安全",
        )  # fmt: skip
        for code, policy, days in (("cover001", "P1", 9), ("cover002", "P2", -1)):
            Insurance.create(
                code=code, region_code=COUNTY, insurer="人保", product="意外险", policy_no=policy,
                covers_from=at - 48 * HOUR, covers_until=at + days * 24 * HOUR, created_at=at,
            )  # fmt: skip

    store.write(make)
    before, _ = _texts(cast, at)
    assert before["属于"] == "清理河岸"
    assert before["审核"].endswith("同意：注意安全")
    assert cast.officer.name in before["审核"]
    assert before["保险"] == "人保 意外险 P1"


def _ended(cast: World, at: datetime, **changes: str) -> datetime:
    """Over, with one who served, a report and a partner's help; a moment after the end."""

    def make() -> None:
        Activity.update(**{"state": "ended"} | changes).where(Activity.id == cast.activity.id).execute()
        ServiceRecord.create(
            shift=cast.shift, activity=cast.activity, team=cast.team, volunteer=cast.xiaobo, region_code=VILLAGE,
            local_day=cast.activity.local_day, in_at=at, out_at=at, minutes=90, state="confirmed",
            rule_set=cast.hours_rule, created_at=at, updated_at=at,
        )  # fmt: skip
        ActivityReport.create(activity=cast.activity, served=30, summary="清理三公里", at=at, updated_at=at)
        helper = Partner.create(
            code="part0009", region_code=VILLAGE, name="超市", kind="goods", from_on="2026-01-01", created_at=at
        )
        ActivityPartner.create(activity=cast.activity, partner=helper, gave="饮水")

    store.write(make)
    return cast.activity.ends_at + HOUR


def test_file_tells_the_result_once_it_is_over(cast: World, at: datetime) -> None:
    views.opened(code=cast.activity.code, at=at)
    _, after = _texts(cast, _ended(cast, at))
    assert after["参加情况"].endswith("到场 1 人，服务时长共 1小时30分钟")
    assert after["成效"] == "服务群众 30 人，活动页面打开 1 次"
    assert (after["合作方"], after["小结"]) == ("超市 饮水", "清理三公里")
    assert after["评价"] == "志愿者 还没有人评，服务对象 还没有人评"


def test_result_of_a_visit_is_not_for_those_who_only_look(cast: World, at: datetime) -> None:
    later = _ended(cast, at, domain="D4", sub_domain="visits")
    assert _texts(cast, later, "ali")[1]["小结"] == "清理三公里"
    assert _texts(cast, later, "officer")[1]["小结"] == "清理三公里"


def test_cancelled_activity_has_no_result(cast: World, at: datetime) -> None:
    store.write(lambda: Activity.update(state="cancelled").where(Activity.id == cast.activity.id).execute())
    assert _texts(cast, at)[1] == {"参加情况": "活动取消，没有举行。"}


def test_strangers_get_no_file(cast: World, at: datetime) -> None:
    with pytest.raises(Refusal) as no:
        _texts(cast, at, "chali")
    assert no.value.code in (RefusalCode.NOT_FOUND, RefusalCode.NOT_ALLOWED)


def test_long_words_stay_on_one_page(cast: World, at: datetime) -> None:
    long = dict.fromkeys(("content", "conditions", "risk_notice", "safeguards", "how_to_join"), "很长的话。" * 400)
    later, parts = _ended(cast, at, **long), make_parts(FakeGateway())
    body = activity_file.paper(parts=parts, actor=cast.actor(cast.ali), code=cast.activity.code, at=later)
    assert (body[:5], body.count(b"/Type /Page\n")) == (b"%PDF-", 1)


def test_openings_are_counted_by_day_and_kept_of_nobody(cast: World, at: datetime) -> None:
    for moment in (at, at, at + 24 * HOUR):
        views.opened(code=cast.activity.code, at=moment)
    views.opened(code="nosuchac", at=at)
    assert [(row.local_day, row.views) for row in ActivityView.select().order_by(ActivityView.local_day)] == [
        ("2026-06-10", 2), ("2026-06-11", 1),
    ]  # fmt: skip
    assert views.opened_times(code=cast.activity.code) == 3
