"""Whole sentences in the chat: hours and points by period and team, 2号那个, 不去了, and what leaves a question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Signup, Team, store
from tests.bot.chat import Phone, WeChat
from tests.bot.test_events import invited
from tests.rights import matrix
from tests.services.bookkeeping.test_spans import put
from tests.support.world import COUNTY, World, join, make_activity, make_team, sign_up

Of = Callable[[Any], Phone]


@pytest.fixture
def preachers(cast: World, at: datetime) -> Team:
    """A county's team for red lectures, in which 小博 served 200 minutes in May and 60 last year."""
    name = "霍邱县退役军人“红耀江淮”红色宣讲志愿服务队"
    team = store.write(lambda: make_team(at, cast.centre, name, COUNTY, short_name="霍邱宣讲队"))
    store.write(lambda: join(at, team, cast.xiaobo))
    put(cast, at, "2026-05-12", 200, team=team)
    put(cast, at, "2025-11-02", 60, team=team)
    put(cast, at, "2026-05-03", 90, source="supplement")
    put(cast, at, "2026-03-31", 45)
    return team


def first_part(text: str) -> list[str]:
    return text.split("\n\n")[0].splitlines()


def test_hours_of_last_month_with_a_team(phone: Of, cast: World, preachers: Team) -> None:
    text = phone(cast.xiaobo).says("我上个月在红色宣讲队干了几个小时")
    assert first_part(text) == [
        "王小博，上个月（2026年5月），在“霍邱宣讲队”您服务了 3 小时 20 分钟。", "累计 6 小时 35 分钟",
    ]  # fmt: skip


def test_hours_of_a_period_name_every_team_and_what_was_made_up(phone: Of, cast: World, preachers: Team) -> None:
    text = phone(cast.xiaobo).says("俺上个月弄了几个钟头")
    assert first_part(text) == [
        "王小博，上个月（2026年5月）您服务了 4 小时 50 分钟。", "其中补录的 1 小时 30 分钟", "· 霍邱宣讲队 3 小时 20 分钟", "· 东湖服务队 1 小时 30 分钟",
        "累计 6 小时 35 分钟",
    ]  # fmt: skip


def test_month_without_a_year_is_the_last_one_past(phone: Of, cast: World, preachers: Team) -> None:
    text = phone(cast.xiaobo).says("三月份的时长")
    assert first_part(text)[0] == "王小博，2026年3月您服务了 45 分钟。"
    assert first_part(phone(cast.xiaobo).says("11月的时长"))[0] == "王小博，2025年11月您服务了 1 小时。"


def test_points_of_last_year(phone: Of, cast: World, preachers: Team) -> None:
    text = phone(cast.xiaobo).says("去年积分")
    assert first_part(text) == ["去年（2025年）您得了 1 分积分。", "现在一共有 7 分。"]


def test_period_without_hours_says_so(phone: Of, cast: World, preachers: Team) -> None:
    text = phone(cast.xiaobo).says("前天的时长")
    assert first_part(text)[0] == "王小博，前天（6月8日）您还没有入账的时长。"


def test_several_teams_that_fit_are_asked_about_and_one_is_tapped(
    phone: Of, cast: World, preachers: Team, at: datetime
) -> None:
    put(cast, at, "2026-05-20", 30, team=cast.other_team)
    person = phone(cast.xiaobo)
    assert person.says("上个月在湖社区服务队的时长").startswith("您说的“湖社区服务队”有几支，是哪一支？请点：")
    label = next(label for _, _, label in person.last.lines if "西湖" in label)
    assert first_part(person.taps(label))[0] == "王小博，上个月（2026年5月），在“西湖服务队”您服务了 30 分钟。"


def test_number_that_is_typed_answers_the_question_which_team(
    phone: Of, cast: World, preachers: Team, at: datetime
) -> None:
    put(cast, at, "2026-05-20", 30, team=cast.other_team)
    person = phone(cast.xiaobo)
    person.says("活动")
    person.says("湖社区服务队的积分")
    assert first_part(person.says("2"))[0] == "到现在为止，在“西湖服务队”您得了 1 分积分。"
    assert "安全提示" in person.says("1")


def test_team_in_which_he_never_served_offers_his_own(phone: Of, cast: World, preachers: Team) -> None:
    person = phone(cast.xiaobo)
    text = person.says("我在法律服务队干了几个小时")
    assert text.startswith("您没有在“法律服务队”服务过。要看哪一支？请点：")
    assert len(person.last.lines) == 3


def test_stranger_is_told_how_to_register_whatever_he_asks(wechat: WeChat, cast: World) -> None:
    new = wechat.phone("o-new")
    for words in ("上个月在红色宣讲队干了几个小时", "去年积分", "帮我报2号那个", "明天的活动我不去了"):
        assert new.says(words).startswith("您还没有登记为志愿者。")


def test_activities_of_a_day(phone: Of, cast: World, at: datetime) -> None:
    store.write(lambda: make_activity(at, cast.team, starts_in=timedelta(days=1), title="看望老兵"))
    person = phone(cast.xiaobo)
    assert person.says("明天有啥活动").startswith("明天（6月11日）的活动：\n1. 看望老兵\n明天 09:00")
    assert [label for _, _, label in person.last.lines] == ["报名 1"]
    assert "看望老兵" in person.says("1")
    assert person.says("后天有活动吗").startswith("后天（6月12日）没有您可以报名的活动。")


def test_activities_of_a_team(phone: Of, cast: World, at: datetime) -> None:
    store.write(lambda: make_activity(at, cast.other_team, starts_in=timedelta(days=30), title="国防课"))
    text = phone(cast.xiaobo).says("西湖服务队有什么活动")
    assert text.startswith("最近“西湖服务队”的活动：\n1. 国防课")
    assert cast.activity.title not in text


@pytest.fixture
def second_on_july_2(cast: World, at: datetime) -> World:
    """Behind the first activity, of today, one on 2 July and one on 3 July; all three within one list of July."""
    for days, title in ((22, "七月二号的活动"), (23, "三号的")):
        store.write(lambda d=days, t=title: make_activity(at, cast.team, starts_in=timedelta(days=d), title=t))
    return cast


def test_the_second_is_number_two_of_the_list_that_was_shown(phone: Of, cast: World, at: datetime) -> None:
    store.write(lambda: make_activity(at, cast.team, starts_in=timedelta(days=1), title="看望老兵"))
    person = phone(cast.xiaobo)
    person.says("活动")
    assert person.says("帮我报2号那个").startswith("看望老兵\n明天 09:00")


def test_the_second_is_a_day_where_the_list_is_too_short(phone: Of, second_on_july_2: World) -> None:
    person = phone(second_on_july_2.xiaobo)
    person.says("活动")
    assert person.says("帮我报2号那个").startswith("七月二号的活动\n7月2日周四 09:00")


def test_number_and_day_that_fit_two_are_asked_about(phone: Of, second_on_july_2: World) -> None:
    person = phone(second_on_july_2.xiaobo)
    assert "1. 七月二号的活动" in person.says("七月有什么活动")
    text = person.says("帮我报2号那个")
    assert text.startswith("您说的是哪一个？请点：")
    assert [label for _, _, label in person.last.lines] == ["2. 三号的", "1. 七月二号的活动"]
    assert person.taps("1. 七月二号的活动").startswith("七月二号的活动")


def test_activity_is_found_by_its_name_and_by_its_day(phone: Of, cast: World, at: datetime) -> None:
    store.write(lambda: make_activity(at, cast.team, starts_in=timedelta(days=3), title="看望老兵"))
    person = phone(cast.xiaobo)
    assert person.says("看望老兵那个给我报个名").startswith("看望老兵\n6月13日周六")
    assert person.says("确认").startswith("报名成功：看望老兵")
    assert person.says("礼拜六的活动我要参加").startswith("这个活动您报过了：")
    assert person.says("我要参加合唱排练").startswith("没有找到“合唱排练”可以报名的活动。\n您附近的活动：")


def test_not_going_names_the_day_and_shows_that_one_alone(phone: Of, cast: World, at: datetime) -> None:
    shift = store.write(lambda: make_activity(at, cast.team, starts_in=timedelta(days=1), title="看望老兵"))[1]
    store.write(lambda: [sign_up(at, cast.shift, cast.xiaobo), sign_up(at, shift, cast.xiaobo)])
    person = phone(cast.xiaobo)
    text = person.says("今天下大雨了明天那个我就不去了")
    assert "1. 看望老兵" in text
    assert cast.activity.title not in text
    assert person.taps("取消 1").startswith("已取消报名：看望老兵")
    assert Signup.get(Signup.shift == shift).state == "cancelled"
    assert person.says("后天的我不去了").startswith("“后天（6月12日）”您没有报名活动。您报的是：")
    assert "1. " + cast.activity.title in person.says("不去了")


def test_second_of_the_own_list_is_cancelled_by_number_or_day(phone: Of, cast: World, at: datetime) -> None:
    later = store.write(lambda: make_activity(at, cast.team, starts_in=timedelta(days=22), title="七月二号的"))[1]
    store.write(lambda: [sign_up(at, cast.shift, cast.xiaobo), sign_up(at, later, cast.xiaobo)])
    person = phone(cast.xiaobo)
    person.says("我的活动")
    assert person.says("2号那个我不去了").startswith("已取消报名：七月二号的")


QUESTIONS = [
    ("xiaobo", ("活动", "报名 1"), "好的，先不办了。"), ("ali", ("通知 明早八点集合",), "好，不发了。"),
    ("xiaobo", ("申请加入 西湖",), ""), ("xiaobo", ("我在法律服务队干了几个小时",), "好的，先不办了。"),
]  # fmt: skip


@pytest.mark.parametrize("word", ["取消", "算了", "不用了", "取 消 。"])
@pytest.mark.parametrize(("who", "words", "answer"), QUESTIONS)
def test_cancel_always_leaves_a_question(
    phone: Of, cast: World, who: str, words: tuple[str, ...], answer: str, word: str
) -> None:
    person = phone(getattr(cast, who))
    for each in words:
        person.says(each)
    assert person.says(word).startswith(answer)
    assert person.says("确认").startswith("现在没有等您确认的事。")
    assert Signup.select().count() == 0


def test_cancel_leaves_an_invitation_that_can_be_scanned_again(wechat: WeChat, cast: World, at: datetime) -> None:
    token, new = invited(cast, at), wechat.phone("o-new")
    assert "点“是我”" in new.event("SCAN", EventKey=f"b.{token}", Ticket="t1")
    assert new.says("取消").startswith("好的，先不办了。")
    assert new.says("是我").startswith("现在没有等您回答的邀请。")
    assert "点“是我”" in new.event("SCAN", EventKey=f"b.{token}", Ticket="t2")


def test_recognised_voice_is_understood_like_words(phone: Of, cast: World, preachers: Team) -> None:
    person = phone(cast.xiaobo)
    heard = "那个我想问一下我上个月在宣讲队一共干了几个小时啊。"
    assert "3 小时 20 分钟" in person.message("voice", MediaId="m", Format="amr", Recognition=heard)


HINTS = {
    "image": "照片请发给队长", "video": "视频请发给队长", "shortvideo": "视频请发给队长", "location": "发位置不算签到", "link": "小心不认识的链接",
    "file": "文件请交给队长",
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(HINTS))
def test_what_is_no_text_gets_a_hint_of_its_own(phone: Of, cast: World, kind: str) -> None:
    person = phone(cast.xiaobo)
    assert HINTS[kind] in person.message(kind, MediaId="m")
    assert [label for _, _, label in person.last.lines] == ["我的时长", "活动", "签到", "帮助"]


PAGES = {
    "我的码": "/m/code", "服务证明": "/m/certificates", "积分兑换": "/m/points", "注销": "/m/me/data",
    "发布活动": "/console/activities/new", "停止群发": "/console/notices",
}  # fmt: skip


@pytest.mark.parametrize("word", sorted(PAGES))
def test_what_is_done_on_a_page_leads_there(phone: Of, cast: World, word: str) -> None:
    assert f'<a href="http://localhost:8000{PAGES[word]}">' in phone(cast.ali).says(word)
    assert f"GET {PAGES[word]}" in matrix.read()


@pytest.mark.parametrize("word", ["服务证明"])
def test_what_is_done_at_the_station_names_its_telephone(phone: Of, cast: World, word: str) -> None:
    assert "霍邱县退役军人服务中心：0564-6000000" in phone(cast.xiaobo).says(word)


@pytest.mark.parametrize("word", ["确认时长", "发布活动", "停止群发", "谁没来"])
def test_who_leads_nothing_gets_no_door_of_leaders(phone: Of, cast: World, word: str) -> None:
    text = phone(cast.xiaobo).says(word)
    assert "队长" in text
    assert "/console" not in text
    assert "/m/lead" not in text


def test_roster_of_the_day_that_was_asked_for(phone: Of, cast: World, later: Callable[[datetime], None]) -> None:
    ali, start = phone(cast.ali), cast.shift.starts_at
    assert ali.says("昨天谁没来").startswith("昨天（6月9日），您的队没有活动。")
    assert ali.says("今天谁没来").startswith(cast.activity.title)
    next_day = store.write(lambda: make_activity(start, cast.team, starts_in=timedelta(days=1))[1])
    store.write(lambda: [sign_up(start, shift, cast.chali) for shift in (cast.shift, next_day)])
    assert ali.says("明天的名单").split("\n\n")[0].splitlines()[1:] == ["报名 1 人，说了会来 0 人。", "还没说：赵查理"]
    later(start + timedelta(days=1))
    lines = ali.says("昨天谁没来").splitlines()
    assert (lines[0].startswith(f"{cast.activity.title}（6月10日（周三）"), lines[1]) == (True, "没有签到 1 人：赵查理")


def test_star_is_told_with_the_way_to_the_next(phone: Of, cast: World) -> None:
    assert phone(cast.xiaobo).says("我几星").startswith("王小博，再服务 100 小时，时长就够一星。")


def test_day_that_no_calendar_has_is_left_out(phone: Of, cast: World) -> None:
    assert phone(cast.xiaobo).says("2月30号的时长").startswith("王小博，您的服务时长：")


def test_several_periods_in_one_sentence_get_a_line_each(phone: Of, cast: World, preachers: Team) -> None:
    lines = first_part(phone(cast.xiaobo).says("三月和五月干了几个小时"))
    assert lines[:3] == ["王小博，您服务了：", "2026年3月：45 分钟", "2026年5月：4 小时 50 分钟"]
    assert first_part(phone(cast.xiaobo).says("去年跟今年的积分"))[0] == "去年（2025年）：得了 1 分"


def test_day_that_was_said_as_it_is_written_is_not_said_twice(phone: Of, cast: World) -> None:
    assert phone(cast.xiaobo).says("6月12号有什么活动").startswith("6月12日没有您可以报名的活动。")
