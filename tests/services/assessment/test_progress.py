"""How far teams are, as who leads or manages them reads it: each with its own names, asked for all at once."""

from __future__ import annotations

from typing import Any

from models import Volunteer, store
from services.assessment import views
from tests.services.assessment.conftest import Year, beat, moment
from tests.support import world


def second_team(year: Year) -> Volunteer:
    """One member of the other team of the county, since January."""

    def make() -> Volunteer:
        person = world.make_volunteer(moment(1, 5), "周小丽")
        world.join(moment(1, 5), year.cast.other_team, person)
        return person

    return store.write(make)


def test_office_reads_all_its_teams_each_with_its_own(year: Year) -> None:
    person = second_team(year)
    beat(moment(11, 1, 0))
    found = views.led_progress(actor=year.officer, at=moment(11, 2), most=10)
    assert {code: (each.all, each.self_done) for code, each in found.items()} == {
        year.cast.team.code: (6, 0), year.cast.other_team.code: (1, 0),
    }  # fmt: skip
    assert found[year.cast.other_team.code].self_missing == (person.name,)
    alone = views.team_progress(actor=year.officer, team_code=year.cast.team.code, at=moment(11, 2))
    assert found[year.cast.team.code] == alone


def test_two_teams_cost_as_many_statements_as_one(year: Year, count_statements: Any) -> None:
    second_team(year)
    beat(moment(11, 1, 0))

    def cost(most: int) -> int:
        with count_statements() as seen:
            assert len(views.led_progress(actor=year.officer, at=moment(11, 2), most=most)) == most
        return len(seen)

    assert cost(1) == cost(2)
