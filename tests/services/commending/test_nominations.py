"""A team is commended: nominated with its figures, level by level, in public, and only then."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Commendation, Delivery, Nomination, Team, Volunteer, store
from services.commending import nominations, proposing, views
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from tests.support.world import CITY, COUNTY, TOWN, World


def _nominate(cast: World, who: Volunteer, at: datetime, **more: Any) -> str:
    facts = {"team_code": cast.team.code, "award_region": CITY, "title": "先进服务队", "merits": "守堤三十天"} | more
    return proposing.nominate(actor=cast.actor(who, "console"), at=at, **facts)


def _no(act: Any) -> RefusalCode:
    with pytest.raises(Refusal) as no:
        act()
    return no.value.code


def test_team_is_commended_after_every_level_and_the_public_notice(
    cast: World, at: datetime, levels: dict[str, Volunteer]
) -> None:
    town, county, city = (cast.actor(levels[code], "console") for code in (TOWN, COUNTY, CITY))
    code = _nominate(cast, levels[TOWN], at)
    made = Nomination.get()
    assert (made.figures["activities"], made.figures["hours"], made.at_region) == (1, 2, COUNTY)
    assert _no(lambda: _nominate(cast, levels[TOWN], at)) is RefusalCode.NOMINATION_STATE
    assert _no(lambda: nominations.agree(actor=town, code=code, at=at)) is RefusalCode.NOT_ALLOWED
    waiting = Delivery.select().where(Delivery.kind == "nomination_waiting")
    assert {row.volunteer_id for row in waiting} == {levels[COUNTY].id, cast.officer.id}
    nominations.agree(actor=county, code=code, text="属实", at=at)
    assert Nomination.get().at_region == CITY
    nominations.agree(actor=city, code=code, at=at)
    announced = Nomination.get()
    assert (announced.state, announced.notice_from, announced.notice_until) == (
        "announced", "2026-06-10", "2026-06-17",
    )  # fmt: skip
    shown = views.announced(wanted=Wanted(), at=at).rows
    assert [(one.team, one.title, one.centre) for one in shown] == [(cast.team.name, "先进服务队", f"{CITY}中心")]
    assert _no(lambda: nominations.award(actor=city, code=code, at=at)) is RefusalCode.NOMINATION_STATE
    over = at + timedelta(days=8)
    store.write(lambda: Team.update(state="dissolved").where(Team.id == cast.team.id).execute())
    assert _no(lambda: nominations.award(actor=city, code=code, at=over)) is RefusalCode.TEAM_CLOSED
    store.write(lambda: Team.update(state="regular").where(Team.id == cast.team.id).execute())
    assert [nominations.notice_over(at=over), nominations.notice_over(at=over)] == [1, 0]
    assert views.announced(wanted=Wanted(), at=over).rows == []
    wrong = {"awarded_on": "2026-06-17"}
    assert _no(lambda: nominations.award(actor=city, code=code, at=over, **wrong)) is RefusalCode.FIELD_WRONG
    nominations.award(actor=city, code=code, at=over)
    assert _no(lambda: nominations.award(actor=city, code=code, at=over)) is RefusalCode.NOMINATION_STATE
    given = Commendation.get()
    assert (given.team_id, given.title, given.awarded_by) == (cast.team.id, "先进服务队", f"{CITY}中心")
    told = {row.volunteer_id for row in Delivery.select().where(Delivery.kind == "nomination_result")}
    assert told == {levels[TOWN].id, cast.ali.id}
    steps = views.page(actor=county, code=code, at=over).steps
    assert [step.verdict for step in steps] == ["agreed", "agreed", "awarded"]


def test_nobody_decides_on_his_own_nomination_and_a_stop_needs_its_reason(
    cast: World, at: datetime, levels: dict[str, Volunteer]
) -> None:
    county, city = (cast.actor(levels[code], "console") for code in (COUNTY, CITY))
    code = _nominate(cast, levels[COUNTY], at, award_region=COUNTY)
    assert _no(lambda: nominations.agree(actor=county, code=code, at=at)) is RefusalCode.OWN_RECORD
    nominations.agree(actor=city, code=code, at=at)
    assert _no(lambda: nominations.refuse(actor=city, code=code, text=" ", at=at)) is RefusalCode.REASON_REQUIRED
    nominations.refuse(actor=city, code=code, text="时长有疑问", at=at)
    assert Nomination.get().state == "refused"
    assert views.announced(wanted=Wanted(), at=at).rows == []
    again = _nominate(cast, levels[TOWN], at)
    nominations.withdraw(actor=cast.actor(levels[TOWN], "console"), code=again, reason="缓一缓", at=at)
    assert _no(lambda: nominations.agree(actor=county, code=again, at=at)) is RefusalCode.NOMINATION_STATE
    for person in (cast.ali, cast.chali):
        assert _no(lambda person=person: _nominate(cast, person, at)) in (  # type: ignore[misc]
            RefusalCode.NOT_FOUND, RefusalCode.NOT_ALLOWED,
        )  # fmt: skip
