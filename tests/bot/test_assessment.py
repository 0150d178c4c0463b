"""年度考核 in the chat: the state, one's own word in a few turns, the result; a leader's counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from models import AssessmentCard, store
from tests.bot.chat import Phone
from tests.services.assessment.conftest import Year, beat, moment, year

__all__ = ["year"]
pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Of = Callable[[Any], Phone]


@pytest.fixture
def opened(year: Year, later: Callable[[datetime], None]) -> Year:
    """The third day of 自评."""
    for each in (moment(11, 1, 0), moment(11, 3)):
        later(each)
        beat(each)
    return year


def test_own_word_is_given_in_a_few_turns_and_seen_before_the_yes(phone: Of, opened: Year) -> None:
    mine, card = phone(opened.cast.xiaobo), opened.card(opened.cast.xiaobo)
    assert mine.says("考核").startswith("2026 年度考核\n现在是自评，11月15日结束。\n请给自己这一年打个分")
    assert mine.says("自评").startswith("2026 年，您觉得自己做得怎么样？")
    assert mine.says("一百零五").startswith("没看懂这个分数。")
    assert mine.says("100分").startswith("您给自己打 100 分。")
    assert mine.says("88").startswith("您给自己打 88 分。")
    words = "今年参加巡河二十次，学习培训了两回，时长不少"
    assert mine.says(words).startswith(f"您给自己打 88 分，写的是：\n{words}\n")
    assert opened.card(opened.cast.xiaobo).self_score is None
    assert mine.taps("交上去").startswith("交上去了：88 分。")
    now = AssessmentCard.get_by_id(card.id)
    assert (now.self_score, now.self_text, now.self_door) == (88, words, "bot")
    assert "您给自己打了 88 分" in mine.says("考核")
    assert mine.says("时长").startswith("王小博")


def test_a_step_is_tapped_and_a_word_of_ours_is_no_answer(phone: Of, opened: Year) -> None:
    mine = phone(opened.cast.xiaobo)
    mine.says("自评")
    label = next(label for _, _, label in mine.last.lines if "85" in label)
    assert mine.taps(label).startswith("您给自己打 85 分。")
    assert mine.says("时长").startswith("王小博")
    assert mine.says("确认").startswith("交上去了：85 分。")
    mine.says("自评")
    assert mine.says("算了").startswith("好的，先不办了。")
    assert opened.card(opened.cast.xiaobo).self_score == 85


def test_a_leader_reads_counts_and_names_and_the_result_has_its_reason(
    phone: Of, opened: Year, later: Callable[[datetime], None]
) -> None:
    ali = phone(opened.cast.ali)
    told = ali.says("考核进度")
    assert told.startswith("您的队考核到哪了：\n")
    assert ("自评 0/6 人" in told, "没自评的：" in told, "陈建国" in told) == (True, True, True)
    assert "自评 0/6 人" not in phone(opened.cast.xiaobo).says("考核进度")
    later(moment(11, 17))
    beat(moment(11, 17))
    assert "还有 4 位队友等您评" in phone(opened.cast.xiaobo).says("互评")
    card, until = opened.card(opened.cast.xiaobo), moment(12, 29, 0)

    def tell() -> None:
        AssessmentCard.update(
            state="told", grade="pass", total=81, reason="随叫随到", told_at=moment(12, 21), object_until=until,
            objective_score=80,
        ).where(AssessmentCard.id == card.id).execute()  # fmt: skip

    store.write(tell)
    later(moment(12, 22))
    assert phone(opened.cast.xiaobo).says("我的考核结果").startswith(
        "2026 年度考核\n结果：合格，总分 81 分。\n随叫随到\n有不同意见，12月28日以前点开提出。"
    )
