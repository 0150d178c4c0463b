"""群众口碑 and 组织考察: both needed, the newest counts, health is no more than a yes or no."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from models import Application, Examination, Reference
from services.errors import RefusalCode
from services.recruitment import vetting
from tests.services.recruitment.conftest import Recruiting
from tests.support.world import World

Refused = Callable[..., RefusalCode]


def missing(code: str, at: datetime) -> list[str]:
    return vetting.missing(application=Application.get(Application.code == code), at=at)


def test_enough_people_asked_over_several_references(recruiting: Recruiting, at: datetime) -> None:
    code = recruiting.apply().code
    recruiting.refer(code, asked_count=2)
    assert missing(code, at) == ["reference", "examination"]
    recruiting.refer(code, asked="战友", asked_count=1)
    assert missing(code, at) == ["examination"]


def test_newest_reference_counts(recruiting: Recruiting, at: datetime) -> None:
    code = recruiting.vetted()
    recruiting.refer(code, favourable=False, note="和邻居常吵架")
    assert missing(code, at) == ["reference"]
    recruiting.refer(code)
    assert missing(code, at) == []


def test_newest_examination_counts(recruiting: Recruiting, at: datetime) -> None:
    code = recruiting.vetted()
    assert not recruiting.examine(code, failed="capable")
    assert missing(code, at) == ["examination"]
    assert recruiting.examine(code)
    assert missing(code, at) == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"asked": " "}, RefusalCode.TEXT_EMPTY),
        ({"asked": "长" * 201}, RefusalCode.TEXT_TOO_LONG),
        ({"asked_count": 0}, RefusalCode.FIGURE_WRONG),
        ({"asked_count": 1001}, RefusalCode.FIGURE_WRONG),
        ({"favourable": False}, RefusalCode.REASON_REQUIRED),
    ],
)
def test_reference_that_says_nothing_is_refused(
    recruiting: Recruiting, refused: Refused, more: dict[str, object], code: RefusalCode
) -> None:
    made = recruiting.apply().code
    assert refused(recruiting.refer, made, **more) is code
    assert Reference.select().count() == 0


def test_applicant_vouches_not_for_himself(cast: World, recruiting: Recruiting, refused: Refused) -> None:
    made = recruiting.apply(actor=cast.actor(cast.officer)).code
    assert refused(recruiting.refer, made, actor=cast.actor(cast.officer)) is RefusalCode.OWN_RECORD
    assert refused(recruiting.examine, made) is RefusalCode.OWN_RECORD


def test_stranger_vouches_for_nobody(cast: World, recruiting: Recruiting, refused: Refused) -> None:
    made = recruiting.apply().code
    assert refused(recruiting.refer, made, actor=cast.actor(cast.chali)) is RefusalCode.NOT_FOUND


def test_examination_without_all_five_criteria_is_refused(recruiting: Recruiting, refused: Refused) -> None:
    made = recruiting.apply().code
    assert refused(recruiting.examine, made, criteria={"political": (True, "")}) is RefusalCode.BAD_REQUEST


def test_failed_criterion_needs_a_word(recruiting: Recruiting, refused: Refused) -> None:
    made = recruiting.apply().code
    criteria = {name: (name != "capable", "") for name in vetting.CRITERIA}
    assert refused(recruiting.examine, made, criteria=criteria) is RefusalCode.REASON_REQUIRED


def test_no_word_about_health_is_kept(recruiting: Recruiting) -> None:
    made = recruiting.apply().code
    recruiting.examine(made, criteria={name: (name != "healthy", "高血压") for name in vetting.CRITERIA})
    kept = Examination.get().criteria
    assert kept["healthy"] == {"passed": False, "note": ""}


def test_examination_of_tomorrow_is_refused(recruiting: Recruiting, refused: Refused, at: datetime) -> None:
    made = recruiting.apply().code
    assert (
        refused(recruiting.examine, made, examined_on=at.date() + timedelta(days=2))
        is RefusalCode.FIGURE_WRONG
    )


def test_decided_application_is_vetted_no_more(recruiting: Recruiting, refused: Refused) -> None:
    code = recruiting.vetted()
    recruiting.approve(code)
    assert refused(recruiting.refer, code) is RefusalCode.APPLICATION_STATE
    assert refused(recruiting.examine, code) is RefusalCode.APPLICATION_STATE


def test_unknown_application_is_not_found(recruiting: Recruiting, refused: Refused) -> None:
    assert refused(recruiting.refer, "nowhere") is RefusalCode.NOT_FOUND
    assert refused(recruiting.examine, "nowhere") is RefusalCode.NOT_FOUND
