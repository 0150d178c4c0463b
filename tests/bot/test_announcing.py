"""What a leader types behind 发布活动 is taken apart: when, where, what, how many, whose team."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.bot.understanding.announcing import read

#: Wednesday 2026-06-10, nine o'clock in Shanghai.
AT = datetime(2026, 6, 10, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "starts", "ends", "place", "title", "quota"),
    [
        ("周六上午八点到十点 东湖公园 清理河岸 20人", "13T08:00", "10:00", "东湖公园", "清理河岸", 20),
        ("周六上午八点到十点东湖公园清理河岸20人", "13T08:00", "10:00", "东湖公园", "清理河岸", 20),
        ("週六上午８點到１０點　東湖社區　清理河岸　２０人", "13T08:00", "10:00", "东湖社区", "清理河岸", 20),
        ("明天下午2点到4点在村部义诊,要10个人", "11T14:00", "16:00", "村部", "义诊", 10),
        ("6月20日 8:30-11:30 敬老院 看望老人 十五人", "20T08:30", "11:30", "敬老院", "看望老人", 15),
        ("后天早上七点开始两小时 在大堤巡逻 5名", "12T07:00", "09:00", "大堤", "巡逻", 5),
        ("周六晚上7点到9点，西湖小区，夜巡，8人", "13T19:00", "21:00", "西湖小区", "夜巡", 8),
        ("15号下午三点到五点到中心小学护学 6人", "15T15:00", "17:00", "中心小学", "护学", 6),
        ("时间：周日上午九点到十一点半\n地点：烈士陵园\n内容：祭扫烈士墓\n人数：30人", "14T09:00", "11:30", "烈士陵园", "祭扫烈士墓", 30),
        ("12月6号上午8点到11点在东湖大堤闸口清理垃圾20人", "2026-12-06T08:00", "11:00", "东湖大堤闸口", "清理垃圾", 20),
        ("周六（6月13日）上午九点到十一点 村部 义诊 8人", "13T09:00", "11:00", "村部", "义诊", 8),
        ("端午上午九点到十一点到王大妈家包粽子 八个人", "19T09:00", "11:00", "王大妈家", "包粽子", 8),
        ("周日早上六点到八点西门大桥捡垃圾12人", "14T06:00", "08:00", "西门大桥", "捡垃圾", 12),
        ("明早七点到九点 敬老院 看望老人 5人", "11T07:00", "09:00", "敬老院", "看望老人", 5),
        ("明天上午九点到下午一点半 村部 大扫除 一百人", "11T09:00", "13:30", "村部", "大扫除", 100),
    ],
)  # fmt: skip
def test_sentence_is_taken_apart(text: str, starts: str, ends: str, place: str, title: str, quota: int) -> None:
    found = read(text, AT)
    begins = datetime.fromisoformat(f"{starts if len(starts) > 8 else '2026-06-' + starts}:00+08:00")
    over = datetime.fromisoformat(f"{begins:%Y-%m-%d}T{ends}:00+08:00")
    assert (found.starts_at, found.ends_at) == (begins, over)
    assert (found.place, found.title, found.quota) == (place, title, quota)


def test_team_at_the_beginning_is_no_part_of_the_activity() -> None:
    found = read("东湖服务队：周六上午八点到十点 公园 扫地 3人", AT)
    assert (found.team, found.place, found.title) == ("东湖服务队", "公园", "扫地")


@pytest.mark.parametrize("text", ["八点到十点 公园 扫地 3人", "周六 公园 扫地 3人", "上周 八点到九点 公园 扫地 3人", "周六25点到26点 公园 扫地 3人"])
def test_time_that_was_not_said_is_not_guessed(text: str) -> None:
    assert read(text, AT).starts_at is None


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("周六周日上午八点到十点 东湖公园 清理河岸 20人", 2), ("明天上午八点到十点,公园,扫地,20人,后天也去", 2),
        ("12月12号（12月12日）上午九点到十一点 村部 义诊 8人", 1), ("6月15号到17号上午八点到十点 大堤 巡堤 5人", 3),
    ],
)  # fmt: skip
def test_of_several_days_none_is_taken(text: str, days: int) -> None:
    found = read(text, AT)
    assert found.days == days
    assert (found.starts_at is None) == (days > 1)


@pytest.mark.parametrize("text", ["周六八点 公园 扫地 3人", "周六晚上十点到两点 公园 扫地 3人"])
def test_end_that_was_not_said_is_not_guessed(text: str) -> None:
    found = read(text, AT)
    assert (found.starts_at is not None, found.ends_at) == (True, None)


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet="周六上午下晚八点到十半:-0123456789人名在东湖公园清理河岸 ,;\n时间地点内容", max_size=60))
def test_whatever_is_typed_is_taken_apart_without_breaking(text: str) -> None:
    found = read(text, AT)
    assert found.ends_at is None or (found.starts_at is not None and found.ends_at > found.starts_at)
    assert found.ends_at is None or found.ends_at - (found.starts_at or AT) < timedelta(days=5)
    assert found.quota is None or found.quota > 0
