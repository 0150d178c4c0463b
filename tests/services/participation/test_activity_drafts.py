"""What an activity must say, field by field (GB/T 40143 §6.1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.errors import Refusal, RefusalCode
from services.participation import activity_drafts as drafts
from services.participation.activity_drafts import LENGTHS, LONGEST

HOUR = timedelta(hours=1)


def field(act: Any) -> str:
    """The field that the refusal points at."""
    with pytest.raises(Refusal) as no:
        act()
    assert no.value.code is RefusalCode.ACTIVITY_INVALID
    return str(no.value.facts["field"])


@pytest.mark.parametrize(("name", "most"), LENGTHS.items())
def test_text_may_be_as_long_as_its_field_and_no_longer(name: str, most: int) -> None:
    assert drafts.check_texts({name: "字" * most}) == {name: "字" * most}
    assert field(lambda: drafts.check_texts({name: "字" * (most + 1)})) == name


def test_texts_are_trimmed() -> None:
    assert drafts.check_texts({"title": "  清洁河岸\n"}) == {"title": "清洁河岸"}


@pytest.mark.parametrize("title", ["", "  ", "\u3000"])
def test_title_that_says_nothing_is_refused(title: str) -> None:
    assert field(lambda: drafts.check_texts({"title": title})) == "title"


def test_character_that_no_database_holds_is_refused() -> None:
    assert field(lambda: drafts.check_texts({"place": "河\x00堤"})) == "place"


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"domain": "D99"}, "domain"),
        ({"sub_domain": "nothing"}, "sub_domain"),
        ({"openness": "secret"}, "openness"),
        ({"code_life": 29}, "code_life"),
        ({"code_life": 121}, "code_life"),
        ({"joining": "lottery"}, "joining"),
        ({"cancel_hours": 169}, "cancel_hours"),
        ({"venue_kind": "moon"}, "venue_kind"),
    ],
)
def test_choice_outside_its_list_is_refused(wrong: dict[str, Any], name: str) -> None:
    right = {"domain": "D3", "sub_domain": "ecology", "openness": "everyone", "code_life": 60}
    drafts.check_kind(**right)
    assert field(lambda: drafts.check_kind(**(right | wrong))) == name


def times(at: datetime, **more: datetime) -> None:
    moments = {"starts_at": at, "ends_at": at + HOUR, "opens_at": at - HOUR, "closes_at": at, **more}
    drafts.check_times(**moments)


def test_day_is_the_longest_activity(at: datetime) -> None:
    times(at, ends_at=at + LONGEST)
    assert field(lambda: times(at, ends_at=at + LONGEST + timedelta(minutes=1))) == "ends_at"


def test_end_before_the_start_is_refused(at: datetime) -> None:
    assert field(lambda: times(at, ends_at=at)) == "ends_at"


def test_sign_up_that_closes_before_it_opens_is_refused(at: datetime) -> None:
    assert field(lambda: times(at, opens_at=at)) == "signup_closes_at"


def test_sign_up_may_go_on_until_the_end_and_no_longer(at: datetime) -> None:
    times(at, closes_at=at + HOUR)
    assert field(lambda: times(at, closes_at=at + HOUR + timedelta(minutes=1))) == "signup_closes_at"


TEXTS = {
    "place": "大堤", "content": "清理", "conditions": "身体健康", "how_to_join": "在“活动”里报名",
    "risk_notice": "湿滑", "safeguards": "手套",
}  # fmt: skip


def complete(at: datetime, texts: dict[str, str] | None = None, **more: Any) -> None:
    facts: dict[str, Any] = {
        "venue_kind": "", "host_contact": "", "host_agreed": False, "positions": 1, "starts_at": at + HOUR, "at": at,
        **more,
    }  # fmt: skip
    drafts.check_complete(TEXTS | (texts or {}), **facts)


@pytest.mark.parametrize("name", TEXTS)
def test_nothing_is_published_without_what_the_standard_asks(at: datetime, name: str) -> None:
    complete(at)
    assert field(lambda: complete(at, {name: " "})) == name


def test_nothing_is_published_without_a_position(at: datetime) -> None:
    assert field(lambda: complete(at, positions=0)) == "positions"


def test_nothing_is_published_that_has_begun(at: datetime) -> None:
    assert field(lambda: complete(at, starts_at=at)) == "starts_at"


@pytest.mark.parametrize("venue", ["school", "barracks"])
def test_school_and_barracks_are_asked_first(at: datetime, venue: str) -> None:
    assert field(lambda: complete(at, venue_kind=venue, host_agreed=True)) == "host_contact"
    assert field(lambda: complete(at, venue_kind=venue, host_contact="王校长")) == "host_agreed"
    complete(at, venue_kind=venue, host_contact="王校长", host_agreed=True)
    complete(at, venue_kind="community")
