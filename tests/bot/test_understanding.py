"""How much of what people say is understood: the corpus, periods and their edges, and what it costs."""

from __future__ import annotations

import time
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clock import SHANGHAI
from handlers.bot.understanding import own_words, periods, teams, understand
from handlers.bot.understanding.matching import mended
from handlers.bot.understanding.vocabulary import vocabulary
from handlers.bot.words import Asked, Period
from tests.bot.corpus import AT, PARTS, heard, judge, read, totals
from wording import entry

TODAY = AT.date()


def day(text: str) -> date:
    return date.fromisoformat(text)


def periods_of(text: str, today: date = TODAY, *, ahead: bool = False) -> list[tuple[str, str]]:
    found = periods.find(text)
    settled = found.settled(today, ahead=ahead) if found is not None else []
    return [(each.start.isoformat(), each.end.isoformat()) for each in settled]


def period_of(text: str, today: date = TODAY, *, ahead: bool = False) -> tuple[str, str] | None:
    return next(iter(periods_of(text, today, ahead=ahead)), None)


@pytest.mark.parametrize("part", PARTS)
def test_nineteen_of_twenty_intents_and_nine_of_ten_slots_are_right(part: str) -> None:
    told = totals(judge(part))
    assert told.intent_share >= 0.95
    assert told.slot_share >= 0.90


def test_corpus_has_every_intent_in_both_parts_and_a_fair_share_of_what_is_none() -> None:
    commands = set(entry("commands.commands")) | {"digits", "pick", "unknown"}
    for part in PARTS:
        said = list(read(part))
        assert {each.intent for each in said} == commands
        assert sum(each.intent == "unknown" for each in said) >= len(said) / 8
    texts = [each.text for part in PARTS for each in read(part)]
    assert len(texts) >= 700
    assert sorted({text for text in texts if texts.count(text) > 1}) == []


OPEN = [
    ("三月份的时长", "2026-06-10", ("2026-03-01", "2026-04-01")), ("三月份的时长", "2026-02-10", ("2025-03-01", "2025-04-01")),
    ("三月份的时长", "2026-03-01", ("2026-03-01", "2026-04-01")), ("12月", "2026-01-05", ("2025-12-01", "2026-01-01")),
    ("上个月", "2026-01-31", ("2025-12-01", "2026-01-01")), ("上上个月", "2026-01-31", ("2025-11-01", "2025-12-01")),
    ("昨天", "2026-01-01", ("2025-12-31", "2026-01-01")), ("上周", "2026-01-01", ("2025-12-22", "2025-12-29")),
    ("周三", "2026-06-10", ("2026-06-10", "2026-06-11")), ("周四", "2026-06-10", ("2026-06-04", "2026-06-05")),
    ("31号", "2026-03-10", ("2026-01-31", "2026-02-01")), ("去年国庆", "2026-06-10", ("2025-10-01", "2025-10-09")),
    ("近三个月", "2026-05-31", ("2026-03-01", "2026-06-01")), ("11月到2月", "2026-06-10", ("2025-11-01", "2026-03-01")),
    ("下半年", "2026-03-01", ("2025-07-01", "2026-01-01")), ("上季度", "2026-01-15", ("2025-10-01", "2026-01-01")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "today", "span"), OPEN)
def test_what_a_sentence_leaves_open_is_the_last_such_time(text: str, today: str, span: tuple[str, str]) -> None:
    assert period_of(text, day(today)) == span


FARMERS = [
    ("正月十五", "2026-06-10", ("2026-03-03", "2026-03-04")), ("去年正月十五", "2026-06-10", ("2025-02-12", "2025-02-13")),
    ("腊八那天", "2026-06-10", ("2026-01-26", "2026-01-27")), ("腊八", "2026-01-10", ("2025-01-07", "2025-01-08")),
    ("腊月里", "2026-06-10", ("2026-01-19", "2026-02-17")), ("大年初三", "2026-06-10", ("2026-02-19", "2026-02-20")),
    ("年三十晚上", "2026-06-10", ("2026-02-16", "2026-02-17")), ("农历三月初三", "2026-06-10", ("2026-04-19", "2026-04-20")),
    ("八月十五", "2026-06-10", ("2025-10-06", "2025-10-07")), ("8月15号", "2026-06-10", ("2025-08-15", "2025-08-16")),
    ("初六", "2026-06-10", ("2026-05-22", "2026-05-23")), ("去年重阳", "2026-06-10", ("2025-10-29", "2025-10-30")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "today", "span"), FARMERS)
def test_day_of_the_farmers_calendar_is_found_on_ours(text: str, today: str, span: tuple[str, str]) -> None:
    assert period_of(text, day(today)) == span


def test_holiday_that_the_state_has_not_set_yet_is_the_feast_itself() -> None:
    ahead = {name: period_of(name, day("2030-01-01"), ahead=True) for name in ("端午", "春节", "国庆", "清明")}
    assert ahead == {
        "端午": ("2030-06-05", "2030-06-06"), "春节": ("2030-02-03", "2030-02-09"), "国庆": ("2030-10-01", "2030-10-08"),
        "清明": ("2030-04-05", "2030-04-06"),
    }  # fmt: skip


SEVERAL = [
    ("三月和五月的时长", [("2026-03-01", "2026-04-01"), ("2026-05-01", "2026-06-01")]),
    ("去年跟今年", [("2025-01-01", "2026-01-01"), ("2026-01-01", "2027-01-01")]),
    ("一月、二月、四月", [("2026-01-01", "2026-02-01"), ("2026-02-01", "2026-03-01"), ("2026-04-01", "2026-05-01")]),
    ("前天跟昨天", [("2026-06-08", "2026-06-10")]), ("周六周日", [("2026-06-06", "2026-06-08")]),
    ("三四月份", [("2026-03-01", "2026-05-01")]), ("今天下雨,昨天的时长", [("2026-06-09", "2026-06-10")]),
    ("上周周六", [("2026-06-06", "2026-06-07")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "spans"), SEVERAL)
def test_periods_side_by_side_are_each_meant_and_days_in_a_row_are_one(text: str, spans: list[tuple[str, str]]) -> None:
    assert periods_of(text) == spans


OTHERS = [
    "帮我爸查下时长", "替队里老韩签个到", "我妈的积分有多少", "查一下王德胜的积分", "我爷爷不会用手机 帮他看看", "帮我老伴取消明天的活动",
]  # fmt: skip


@pytest.mark.parametrize("text", OTHERS)
def test_who_asks_for_another_is_not_taken_to_ask_for_himself(text: str) -> None:
    asked = understand(text, AT)
    assert asked is not None
    assert asked.command == "for_other"


@pytest.mark.parametrize(
    ("text", "command"),
    [("我和老伴都去", "signup"), ("老伴住院我来不了", "cancel_signup"), ("我老伴想当志愿者", "register"), ("查一下周六的时长", "hours")],
)
def test_who_only_speaks_of_another_asks_for_himself(text: str, command: str) -> None:
    asked = understand(text, AT)
    assert asked is not None
    assert asked.command == command


def test_sentences_that_were_heard_are_those_of_the_part_that_rules_are_written_with() -> None:
    assert heard() == entry("heard")


COMING = [
    ("周三", "2026-06-11", ("2026-06-17", "2026-06-18")), ("周六", "2026-06-10", ("2026-06-13", "2026-06-14")),
    ("31号", "2026-06-10", ("2026-07-31", "2026-08-01")), ("三月", "2026-06-10", ("2027-03-01", "2027-04-01")),
    ("周末", "2026-06-14", ("2026-06-13", "2026-06-15")), ("下个月", "2026-12-31", ("2027-01-01", "2027-02-01")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "today", "span"), COMING)
def test_where_one_looks_ahead_it_is_the_next_such_time(text: str, today: str, span: tuple[str, str]) -> None:
    assert period_of(text, day(today), ahead=True) == span


@pytest.mark.parametrize(
    "text", ["2月30号", "13月", "50号", "当兵25年", "近0周", "第二个", "一共三个月", "四周", "2号楼", "国庆路", "活动活动", ""]
)
def test_what_is_no_day_of_any_calendar_is_no_period(text: str) -> None:
    assert period_of(text) is None or text in ("国庆路", "一共三个月")


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet="上下本这去前今明年月周日号天末到0123456789一二三四五六七八九十个半季度大后昨起以来近国庆", max_size=12),
       today=st.dates(date(1990, 1, 1), date(2090, 12, 31)))  # fmt: skip
def test_every_period_is_half_open_and_never_breaks(text: str, today: date) -> None:
    for ahead in (False, True):
        span = period_of(text, today, ahead=ahead)
        assert span is None or span[0] < span[1]


def test_period_comes_with_the_words_it_was_said_in() -> None:
    asked = understand("我上个月在红色宣讲队干了几个小时", AT)
    assert asked == Asked("hours", period=Period(day("2026-05-01"), day("2026-06-01"), "上个月"), team="红色宣讲队")


def test_same_words_at_another_time_mean_another_day() -> None:
    later = datetime(2026, 6, 11, 0, 0, 1, tzinfo=SHANGHAI)
    assert understand("昨天的时长", AT).period.start == day("2026-06-09")  # type: ignore[union-attr]
    assert understand("昨天的时长", later).period.start == day("2026-06-10")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "team"),
    [
        ("我在应急救援队干了多久", "应急救援队"), ("和平村服务队有什么活动", "和平村服务队"), ("队长电话", None), ("我们队有啥活动", None),
        ("部队里的事", None), ("排队", None), ("有没有服务队", None), ("帮我查东湖社区红色宣讲队", "东湖社区红色宣讲队"),
    ],
)  # fmt: skip
def test_team_is_found_as_it_was_said(text: str, team: str | None) -> None:
    found = teams.find(text)
    assert (found[0] if found is not None else None) == team


NAMES = [
    ("霍邱县退役军人“红耀江淮”红色宣讲志愿服务队", "霍邱宣讲队"), ("霍邱县退役军人“红耀江淮”应急救援志愿服务队", "霍邱应急队"),
    ("东湖社区退役军人“红耀江淮”志愿服务队", "东湖服务队"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("spoken", "fitting"),
    [
        ("红色宣讲队", [0]), ("应急队", [1]), ("霍邱宣讲队", [0]), ("东湖社区服务队", [2]), ("霍邱队", [0, 1]), ("东胡社区服务队", [2]),
        ("法律服务队", []), ("服务队", []), ("", []),
    ],
)  # fmt: skip
def test_spoken_name_fits_the_teams_it_can_mean(spoken: str, fitting: list[int]) -> None:
    assert teams.fitting(spoken, NAMES) == fitting


def test_slip_of_the_ear_is_mended_in_a_sentence() -> None:
    assert mended("俺的积份咋看") == "俺的积分咋看"
    assert mended("我时常想起他") == "我时长想起他"
    assert understand("我时常想起他", AT) is None


@pytest.mark.parametrize(
    "text", ["同志 你好 吃了没", "同志,在哪里办", "菜市场", "市场", "市场在哪", "保命要紧", "给老班长正名", "今年收成好", "同志们好"]
)
def test_word_of_its_own_that_sounds_like_ours_is_no_slip(text: str) -> None:
    assert understand(text, AT) is None


@pytest.mark.parametrize("text", ["通知书收到了", "通知单上写的啥", "通知我一声就行"])
def test_word_that_only_begins_like_notice_is_none(text: str) -> None:
    asked = understand(text, AT)
    assert asked is None or asked.command != "notice"


def test_no_word_that_takes_a_text_is_longer_than_what_is_looked_at() -> None:
    assert max(len(word) for word, _, _ in vocabulary().texts) <= own_words.LONGEST


@pytest.mark.parametrize(("text", "command"), [("同志，我的时长多少", "hours"), ("同志 怎么签到", "checkin"), ("同志你好，去年积分", "points")])
def test_comrade_is_an_address_and_no_notice(text: str, command: str) -> None:
    asked = understand(text, AT)
    assert asked is not None
    assert asked.command == command


EXTREME = [
    "嗯" * 4000, "时长" * 2000, "通知" * 2000, "三月份" * 1300, "第二个" * 1300, "😀" * 4000, "请问" * 2000, "]]>" * 1300, "\x00\x01\x02" * 1300,
    "我" * 4000, " " * 4000, "1" * 4000, "红色宣讲队" * 800, "(" * 4000, "。" * 4000, "a" * 4000, "\u202e" * 4000, "上" * 4000,
]  # fmt: skip


@pytest.mark.parametrize("text", EXTREME, ids=lambda text: repr(text[:3]))
def test_four_thousand_characters_cost_no_more_than_sixty(text: str) -> None:
    understand(text, AT)
    began = time.process_time()
    for _ in range(5):
        understand(text, AT)
    assert (time.process_time() - began) / 5 < 0.005


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=80))
def test_whatever_is_typed_is_understood_or_not_and_twice_alike(text: str) -> None:
    assert understand(text, AT) == understand(text, AT)
