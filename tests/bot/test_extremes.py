"""Four thousand characters, faces, `]]>`, control characters, names as long as they come: every reply fits and is whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.bot import dispatch
from handlers.bot.registry import COMMANDS
from handlers.bot.words import said
from models import Activity, Delivery, Notice, Position, Team, Volunteer, store
from tests.bot.chat import Phone, WeChat
from tests.support.world import World, grant, join, make_activity, make_team, sign_up
from wechat.replies import MAX_TEXT_BYTES
from wording import entry

Of = Callable[[Any], Phone]
#: What a keyboard, a spreadsheet or a joker may put into a name.
LETTERS = st.text(alphabet="长名字队“”<>&'\"/]a1😀👨‍👩‍👧 \n\t\u202e\u200b", min_size=1, max_size=60)


@pytest.fixture
def replies(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every reply as the commands made it, before anything could cut it."""
    seen: list[str] = []
    original = dispatch.reply_to

    def spy(**facts: Any) -> str:
        seen.append(original(**facts))
        return seen[-1]

    monkeypatch.setattr(dispatch, "reply_to", spy)
    return seen


@pytest.fixture
def crowded(cast: World, at: datetime) -> World:
    """阿丽 leads nine teams and 小博 is in them; a dozen activities, six of which both have signed up for."""

    def make() -> None:
        for number in range(8):
            team = make_team(at, cast.centre, f"第{number}队", short_name=f"短{number}")
            grant(at, cast.ali, "team_leader", team=team)
            for person in (cast.ali, cast.xiaobo):
                join(at, team, person)
        for number in range(12):
            shift = make_activity(at, cast.team, starts_in=timedelta(hours=5 + 20 * number))[1]
            for person in (cast.ali, cast.xiaobo) if number < 6 else ():
                sign_up(at, shift, person)

    store.write(make)
    return cast


SENTENCES = (
    "我上个月在这些队里的那支队干了几个小时", "去年积分", "短队的时长", "明天有啥活动", "帮我报2号那个", "报名 7", "看望老兵那个给我报个名", "明天的活动我不去了", "第二个我不去了",
    "通知 " + "长" * 500, "通知 别人的队:集合", "没人听得懂的一句话" * 30, "2", "确认", "取消",
)  # fmt: skip


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(person=LETTERS, team=LETTERS, short=LETTERS, title=LETTERS, place=LETTERS, risk=st.text(min_size=200, max_size=600))
def test_every_reply_to_everything_fits_whole_whatever_names_are_in_it(
    phone: Of, crowded: World, replies: list[str], person: str, team: str, short: str, title: str, place: str, risk: str
) -> None:
    clean = "".join(each for each in risk if each.isprintable())

    def rename() -> None:
        Volunteer.update(name=person * 3).execute()
        Team.update(name=team * 3, short_name=short[:10]).execute()
        Activity.update(title=title * 2, place=place * 2, risk_notice=clean).execute()
        Position.update(name=place).execute()

    store.write(rename)
    replies.clear()
    everything = [*(said(command) for command in entry("commands.commands")), *SENTENCES]
    for him in (crowded.xiaobo, crowded.ali):
        his = phone(him)
        for words in everything:
            for tail in ("", " 1"):
                assert his.says(words + tail) != ""
    assert len(replies) >= 2 * 2 * len(everything)
    assert [reply for reply in replies if len(reply.encode()) > MAX_TEXT_BYTES] == []


def test_property_speaks_to_every_command() -> None:
    assert set(entry("commands.commands")) | {"digits", "pick", "unknown"} == set(COMMANDS)


LONG = {
    "story": "我当兵那年才十八岁" * 444, "faces": "😀" * 4000, "families": "👨‍👩‍👧‍👦" * 500, "ends": "]]>" * 1333, "marks": "\u202e\u200f\ufeff" * 1300, "hours": "时长" * 2000,
    "one": "嗯" * 4000, "blanks": "　 " * 1999 + "时长", "digits": "4" * 4000, "signup": "报名" * 2000, "brackets": "<a href=" * 500,
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(LONG))
def test_four_thousand_characters_get_an_answer_at_once(phone: Of, cast: World, name: str) -> None:
    person = phone(cast.xiaobo)
    person.says("你好")
    began = datetime.now()
    text = person.says(LONG[name][:4000].replace("]]>", "]]]]><![CDATA[>"))
    assert (datetime.now() - began).total_seconds() < 1
    assert text
    assert person.last.lines


CONTROLS = "".join(chr(each) for each in range(1, 32) if each not in (9, 10, 13))


@pytest.mark.parametrize("words", [f"时{CONTROLS}长", f"{CONTROLS}我的时长{CONTROLS}", "时\u200b长", "\ufeff时长", "时\t长\r\n", "时\x00长"])
def test_control_characters_in_a_word_do_not_hide_it(wechat: WeChat, phone: Of, cast: World, words: str) -> None:
    assert phone(cast.xiaobo).says(words).startswith("王小博，您的服务时长：")


@pytest.mark.parametrize("words", ["通知 集合]]>完", "通知 <![CDATA[集合", "通知 &amp; <b>集合</b>", "通知 集合😀👨‍👩‍👧"])
def test_what_a_leader_writes_cannot_break_the_answer(phone: Of, cast: World, words: str) -> None:
    ali = phone(cast.ali)
    text = ali.says(words.replace("]]>", "]]]]><![CDATA[>"))
    assert text.startswith("发给：东湖服务队的队员")
    assert "<b>" not in text
    ElementTree.fromstring(ali.last.body)


def test_notice_of_four_thousand_characters_is_refused_or_kept_whole(phone: Of, cast: World) -> None:
    ali = phone(cast.ali)
    text = ali.says("通知 " + "长" * 3990)
    assert text
    kept = [each.body for each in Notice.select().where(Notice.kind == "broadcast")]
    assert all(len(body) == 3990 for body in kept)
    assert Delivery.select().count() == 0


@pytest.mark.parametrize("words", ["西湖服务队：明早八点集合", "西湖服务队明早八点集合", "给西湖服务队的人说明早集合"])
def test_leader_who_names_another_leaders_team_is_told_and_writes_to_his_own_alone(
    phone: Of, cast: World, words: str
) -> None:
    ali = phone(cast.ali)
    text = ali.says(f"通知 {words}")
    assert text.startswith("请注意：“西湖服务队”不是您带的队，这条只发给您自己的队。\n\n发给：东湖服务队的队员")
    ali.says("确认")
    assert [each.volunteer_id for each in Delivery.select()] == [cast.xiaobo.id]


def test_leader_of_several_names_the_one_he_means(phone: Of, cast: World, at: datetime) -> None:
    def more() -> None:
        grant(at, cast.ali, "deputy", team=cast.other_team)
        join(at, cast.other_team, cast.chali)

    store.write(more)
    text = phone(cast.ali).says("通知 西湖服务队，明早八点集合")
    assert text.startswith("发给：西湖服务队的队员\n“西湖服务队，明早八点集合")


def test_group_within_his_team_is_no_other_team(phone: Of, cast: World) -> None:
    for words in ("通知 全体队员：明早集合", "通知 各小队 带好雨衣", "通知 排队领雨衣", "通知 东湖服务队明早集合"):
        assert phone(cast.ali).says(words).startswith("发给：东湖服务队的队员")


def test_notice_of_somebody_who_leads_nothing_goes_nowhere_whatever_team_he_names(phone: Of, cast: World) -> None:
    assert phone(cast.xiaobo).says("通知 东湖服务队 明早集合").startswith("只有队长可以发通知。")
    assert Notice.select().where(Notice.kind == "broadcast").count() == 0
