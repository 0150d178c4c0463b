"""What people write and say, the words we answer with, and the menu."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import handlers.bot.dispatch  # noqa: F401 (fills the registry)
from handlers.bot.registry import COMMANDS
from handlers.bot.saying import duration, numbered, short
from handlers.bot.understanding import offered, understand
from handlers.bot.words import Asked, said
from services.conversation import menus
from tests.bot import simplified
from tests.bot.chat import Phone, WeChat
from tests.bot.corpus import AT
from tests.support.world import World
from wording import entry

Of = Callable[[Any], Phone]

MENU_KEYS = sorted(
    {
        leaf["key"]
        for buttons in menus.wanted("").values()
        for button in buttons
        for leaf in button.get("sub_button", [button])
        if leaf["type"] == "click"
    }
)

ASKED = [
    ("时长", Asked("hours")), ("時長", Asked("hours")), ("我服务了几个小时啊", Asked("hours")), ("请问我的积分", Asked("points")),
    ("附近有什么活动吗？", Asked("activities")), ("報名２", Asked("signup", number=2)), ("我想报名第二个", Asked("signup", number=2)),
    ("报名2.1", Asked("signup", number=2, part=1)), ("确认报名 10", Asked("confirm_signup", number=10)),
    ("取消第1个", Asked("cancel_signup", number=1)), ("我去不了", Asked("cancel_signup")), ("３", Asked("pick", number=3)),
    ("４８２９１３", Asked("digits", digits="482913")), ("登入482913", Asked("digits", digits="482913")),
    ("群发 集合", Asked("notice", text="集合")), ("通知", Asked("notice")), ("通知进度", Asked("progress")),
    ("麻烦问一下怎么签到呢", Asked("checkin")), ("OK", Asked("yes")), ("？", Asked("help")), ("谢谢！", Asked("thanks")),
    ("我报名的活动", Asked("mine")), ("帮我查一下时长谢谢", Asked("hours")), ("积分和时长", None), ("今天天气真好", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "asked"), ASKED)
def test_words_mean_their_command(text: str, asked: Asked | None) -> None:
    assert understand(text, AT) == asked


@pytest.mark.parametrize("text", ["12345", "1234567", "48291a", "报名 482913", "报名", "报名 100"])
def test_only_six_digits_are_digits(text: str) -> None:
    found = understand(text, AT)
    assert found is None or found.command != "digits"


def test_story_with_a_key_word_in_it_is_no_command() -> None:
    assert understand("上个月我们去看望老班长的时候他跟我说起时长的事情心里很不好受", AT) is None


def test_every_command_has_words_and_every_word_a_command() -> None:
    commands = entry("commands.commands")
    assert set(commands) == set(COMMANDS) - {"digits", "pick", "unknown"}
    words = [word for each in commands.values() for word in each["words"]]
    assert sorted({word for word in words if words.count(word) > 1}) == []
    for name, each in commands.items():
        assert each["say"] in each["words"]
        assert understand(each["say"], AT) == Asked(name)


def test_words_of_the_dialect_stand_in_pairs() -> None:
    dialect = entry("commands.dialect")
    assert len(dialect["from"]) == len(dialect["to"]) == len(set(dialect["from"]))


@pytest.mark.parametrize(
    ("text", "command"), [("離下一顆星還差多少", "stars"), ("換手機了", "recover"), ("睇下積分", "points")]
)
def test_traditional_characters_are_read_as_simplified_ones(text: str, command: str) -> None:
    asked = understand(text, AT)
    assert (asked.command if asked is not None else None) == command


def test_table_of_traditional_characters_is_opencc_s() -> None:
    kept = entry("characters")
    assert dict(zip(kept["traditional"], kept["simplified"], strict=True)) == simplified.pairs()


@pytest.mark.parametrize(
    ("text", "first"), [("时常", "hours"), ("积攒", "points"), ("活", "activities"), ("帮助我把", "help")]
)
def test_closest_command_to_a_slip(text: str, first: str) -> None:
    assert offered(text)[0] == first


def test_unknown_words_get_the_closest_commands_to_tap(phone: Of, cast: World) -> None:
    person = phone(cast.xiaobo)
    text = person.says("时工")
    assert text.startswith("没看懂“时工”。您是想问：")
    assert [label for _, _, label in person.last.lines] == ["我的时长", "找联络员", "帮助"]
    assert person.taps("我的时长").startswith("王小博，您的服务时长")


def test_words_like_nothing_get_plain_help(phone: Of, cast: World) -> None:
    person = phone(cast.xiaobo)
    assert person.says("abcdefg").startswith("没看懂“abcdefg”。我能帮您：")
    assert [label for _, _, label in person.last.lines] == [
        "我的时长",
        "活动",
        "我的活动",
        "签到",
        "我的积分",
        "找联络员",
    ]


def test_unknown_words_are_shown_without_their_links(phone: Of, cast: World) -> None:
    text = phone(cast.xiaobo).says("&lt;a href='x'&gt;点我&lt;/a&gt; <a>")
    assert "<a href='x'>" not in text


def test_voice_with_recognised_words_is_understood(phone: Of, cast: World) -> None:
    person = phone(cast.xiaobo)
    text = person.message("voice", MediaId="m", Format="amr", Recognition="我的时长。")
    assert text.startswith("王小博，您的服务时长")


def test_voice_without_words_gets_lines_to_tap(phone: Of, cast: World) -> None:
    person = phone(cast.xiaobo)
    assert person.message("voice", MediaId="m", Format="amr").startswith("对不起，语音我听不懂。")
    assert [label for _, _, label in person.last.lines] == ["我的时长", "活动", "签到", "帮助"]


@pytest.mark.parametrize(
    "kind", ["image", "video", "shortvideo", "location", "link", "file", "something_new"]
)
def test_other_kinds_get_lines_to_tap(phone: Of, cast: World, kind: str) -> None:
    assert phone(cast.xiaobo).message(kind, MediaId="m").startswith("我只看得懂文字。")


def test_stranger_gets_help_with_the_way_in(wechat: WeChat, cast: World) -> None:
    new = wechat.phone("o-new")
    assert new.says("你好").startswith("我能帮您：") or new.last.text.startswith("没看懂")
    assert new.last.lines[0][2] == "注册"


def test_registered_person_is_shown_his_pages(phone: Of, cast: World) -> None:
    assert '<a href="http://localhost:8000/m">打开我的资料</a>' in phone(cast.xiaobo).says("我的资料")


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "0 分钟"), (59, "59 分钟"), (60, "1 小时"), (200, "3 小时 20 分钟")]
)
def test_minutes_are_said_in_hours(minutes: int, said: str) -> None:
    assert duration(minutes) == said


def test_list_too_long_for_wechat_loses_its_end_and_says_so() -> None:
    text = numbered("头", ["很长的一行" * 20] * 12, "", "还有")
    assert len(text.encode()) <= 2048
    assert text.endswith("\n还有")


@pytest.mark.parametrize("who", ["ali", "xiaobo", "nobody"])
@pytest.mark.parametrize("command", sorted(entry("commands.commands")))
def test_every_answer_to_everybody_offers_a_next_step_that_is_understood(
    phone: Of, wechat: WeChat, cast: World, command: str, who: str
) -> None:
    person = wechat.phone("o-new") if who == "nobody" else phone(getattr(cast, who))
    for words in (said(command), said(command) + "1", said(command) + " 明早八点集合"):
        assert person.says(words)
        assert person.last.lines, words
        assert all(understand(content, AT) is not None for content, _, _ in person.last.lines)


def test_names_cannot_open_links() -> None:
    assert short("<a href='x'>好\n人</a>", 40) == "〈a href='x'〉好 人〈/a〉"


@pytest.mark.parametrize("key", MENU_KEYS)
def test_menu_tap_says_the_same_as_the_words(phone: Of, wechat: WeChat, cast: World, key: str) -> None:
    for person in (phone(cast.xiaobo), wechat.phone("o-new")):
        assert person.event("CLICK", EventKey=key) == person.says(said(key))
