"""发布活动 from one sentence: nothing is written before the leader has seen the whole and said yes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from models import Activity, Position, RoleGrant, Shift, Team, store
from tests.bot.chat import Phone
from tests.support.world import World, grant

Of = Callable[[Any], Phone]
WORDS = "发布活动 周六上午八点到十点 东湖公园 清理河岸 20人"


@pytest.fixture
def founded(cast: World) -> World:
    store.write(lambda: Team.update(state="regular").where(Team.id == cast.team.id).execute())
    return cast


def new(cast: World) -> Activity | None:
    found = Activity.get_or_none(Activity.title == "清理河岸")
    assert found is None or isinstance(found, Activity)
    return found


def test_whole_activity_is_shown_and_nothing_written_before_the_yes(phone: Of, founded: World) -> None:
    ali = phone(founded.ali)
    text = ali.says(WORDS)
    assert text.startswith("“东湖服务队”要发布：\n清理河岸\n6月13日周六 08:00 到 10:00\n地点：东湖公园\n清洁员 20 人，类别：生态保护\n")
    assert "安全提示：岸边湿滑，注意安全" in text
    assert f"没有说的，照上次的“{founded.activity.title}”。" in text
    assert [label for _, _, label in ali.last.lines] == ["确认", "算了"]
    assert new(founded) is None


def test_yes_publishes_it_with_all_that_the_standard_asks(phone: Of, founded: World) -> None:
    ali = phone(founded.ali)
    ali.says(WORDS)
    assert ali.taps("确认").startswith("发布了：清理河岸\n志愿者现在就能报名。")
    row = new(founded)
    assert row is not None
    assert (row.state, row.team_id, row.place, row.risk_notice) == (
        "published", founded.team.id, "东湖公园", "岸边湿滑，注意安全",
    )  # fmt: skip
    assert row.starts_at == datetime.fromisoformat("2026-06-13T08:00:00+08:00")
    assert (Position.get(Position.activity == row).quota, Shift.get(Shift.activity == row).quota) == (20, 20)


def test_second_yes_publishes_nothing_more(phone: Of, founded: World) -> None:
    ali = phone(founded.ali)
    ali.says(WORDS)
    ali.says("确认")
    assert ali.says("确认").startswith("现在没有等您确认的事。")
    assert Activity.select().where(Activity.title == "清理河岸").count() == 1


def test_no_writes_nothing(phone: Of, founded: World) -> None:
    ali = phone(founded.ali)
    ali.says(WORDS)
    assert ali.taps("算了").startswith("好的，先不办了。")
    assert new(founded) is None


def test_team_without_a_similar_one_gets_plain_words(phone: Of, founded: World) -> None:
    ali = phone(founded.ali)
    text = ali.says("发布活动 周六上午八点到十点 烈士陵园 党史宣讲 20人")
    assert "志愿者 20 人，类别：传承红色基因\n做什么：党史宣讲，在烈士陵园集合。" in text
    assert "没有说的，是我写的。" in text


def test_what_is_no_daily_life_of_a_team_waits_for_the_centre(phone: Of, founded: World) -> None:
    ali = phone(founded.ali)
    ali.says("发布活动 周六上午八点到十点 村部 法律咨询 5人")
    assert ali.says("确认").startswith("交给服务中心（站）审核了：法律咨询")
    assert Activity.get(Activity.title == "法律咨询").approval == "waiting"


def test_what_cannot_be_published_stays_a_draft_with_the_reason(phone: Of, cast: World) -> None:
    store.write(lambda: Team.update(state="founding").where(Team.id == cast.team.id).execute())
    ali = phone(cast.ali)
    ali.says(WORDS)
    text = ali.says("确认")
    row = new(cast)
    assert row is not None
    assert (row.state, text.startswith("还不能发布："), f"/console/activities/{row.code}" in text) == ("draft", True, True)


def test_dangerous_without_insurance_stays_a_draft(phone: Of, founded: World) -> None:
    ali = phone(founded.ali)
    ali.says("发布活动 周六上午八点到十点 大堤 防汛巡堤 20人")
    assert ali.says("确认").startswith("还不能发布：")
    assert Activity.get(Activity.title == "防汛巡堤").state == "draft"


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ("发布活动 东湖公园 清理河岸 20人", "还差：哪天、几点到几点"),
        ("发布活动 周六上午八点 东湖公园 清理河岸 20人", "还差：几点结束"),
        ("发布活动 周六上午八点到十点 东湖公园 清理河岸", "还差：要多少人"),
        ("发布活动 周六上午八点到十点 清理河岸 20人", "还差：在哪里"),
        ("发布活动 周六上午", "还差：哪天、几点到几点、在哪里、做什么、要多少人"),
    ],
)
def test_what_is_missing_is_asked_for(phone: Of, founded: World, words: str, missing: str) -> None:
    assert missing in phone(founded.ali).says(words)
    assert new(founded) is None


def test_without_words_it_says_how(phone: Of, cast: World) -> None:
    text = phone(cast.ali).says("发布活动")
    assert text.startswith("一句话就能发布，比如：\n发布活动 周六上午八点到十点 东湖公园 清理河岸 20人")
    assert "/console/activities/new" in text


def test_time_that_is_past_is_refused_at_once(phone: Of, founded: World) -> None:
    ali = phone(founded.ali)
    assert "要发布" not in ali.says("发布活动 今天早上六点到七点 东湖公园 清理河岸 20人")
    assert ali.says("确认").startswith("现在没有等您确认的事。")
    assert new(founded) is None


def test_leader_of_two_teams_chooses_one(phone: Of, founded: World, at: datetime) -> None:
    store.write(lambda: grant(at, founded.ali, "deputy", team=founded.other_team))
    ali = phone(founded.ali)
    assert ali.says(WORDS).startswith("您带几个队，哪一个队办？请点：")
    assert ali.taps("2. 西湖服务队").startswith("“西湖服务队”要发布：")


def test_leader_of_two_teams_names_one(phone: Of, founded: World, at: datetime) -> None:
    store.write(lambda: grant(at, founded.ali, "deputy", team=founded.other_team))
    text = phone(founded.ali).says("发布活动 西湖服务队 周六上午八点到十点 东湖公园 清理河岸 20人")
    assert text.startswith("“西湖服务队”要发布：")


def test_somebody_elses_team_is_refused_by_name(phone: Of, founded: World) -> None:
    text = phone(founded.ali).says("发布活动 西湖服务队 周六上午八点到十点 东湖公园 清理河岸 20人")
    assert text.startswith("“西湖服务队”不是您带的队")
    assert new(founded) is None


def test_publishing_is_for_leaders(phone: Of, founded: World) -> None:
    assert phone(founded.xiaobo).says(WORDS).startswith("活动由队长发布。")
    assert new(founded) is None


def test_right_that_ended_before_the_yes_publishes_nothing(phone: Of, founded: World, at: datetime) -> None:
    ali = phone(founded.ali)
    ali.says(WORDS)
    store.write(lambda: RoleGrant.update(until=at).where(RoleGrant.volunteer == founded.ali).execute())
    assert "发布了" not in ali.says("确认")
    assert new(founded) is None


def test_preview_of_long_words_fits(phone: Of, founded: World, at: datetime) -> None:
    store.write(
        lambda: Activity.update(content="长" * 1000, risk_notice="险" * 900, safeguards="保" * 400, conditions="条" * 400)
        .where(Activity.id == founded.activity.id)
        .execute()
    )
    text = phone(founded.ali).says(WORDS)
    assert len(text.encode()) <= 2048
    assert "确认" in text
