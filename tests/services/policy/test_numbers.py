"""The programme's numbers: set by a division, inherited below it, locked from above, frozen by version."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from models import History, RuleSet, store
from services import rules
from services.actors import OPERATOR
from services.errors import Refusal, RefusalCode
from services.policy import modules, numbers
from tests.support import world
from tests.support.world import CITY, COUNTY, OTHER_TOWN, PROVINCE, TOWN, VILLAGE, World


def put(region: str, value: Any, at: datetime, name: str = "team.min_members", **more: Any) -> None:
    kind, _, own = name.partition(".")
    facts = {"actor": OPERATOR, "lock": False, "reason": "试点", **more}
    numbers.set_number(region_code=region, kind=kind, name=own, value=value, at=at, **facts)


def value(region: str, at: datetime, name: str = "team.min_members") -> Any:
    kind, _, own = name.partition(".")
    return rules.rule(kind, region, at).params[own]


def refused(*facts: Any, **more: Any) -> RefusalCode:
    with pytest.raises(Refusal) as no:
        put(*facts, **more)
    return no.value.code


def test_number_nobody_set_is_the_programmes(cast: World, at: datetime) -> None:
    assert [value(code, at) for code in (PROVINCE, VILLAGE)] == [5, 5]


def test_number_set_by_a_county_holds_below_it_and_nowhere_else(cast: World, at: datetime) -> None:
    put(COUNTY, 8, at)
    assert [value(code, at) for code in (CITY, COUNTY, TOWN, VILLAGE)] == [5, 8, 8, 8]


def test_number_set_lower_down_wins_there(cast: World, at: datetime) -> None:
    put(TOWN, 3, at)
    put(COUNTY, 8, at + timedelta(minutes=1))
    later = at + timedelta(minutes=2)
    assert [value(code, later) for code in (COUNTY, TOWN, OTHER_TOWN)] == [8, 3, 8]


def test_change_above_reaches_a_division_that_set_another_number(cast: World, at: datetime) -> None:
    put(TOWN, 12, at, "team.pilot_months")
    put(COUNTY, 8, at + timedelta(minutes=1))
    later = at + timedelta(minutes=2)
    assert (value(TOWN, later), value(TOWN, later, "team.pilot_months")) == (8, 12)


def test_number_locked_above_cannot_be_set_below(cast: World, at: datetime) -> None:
    put(COUNTY, 8, at, lock=True)
    assert refused(TOWN, 3, at + timedelta(minutes=1)) is RefusalCode.POLICY_LOCKED


def test_lock_takes_back_what_was_set_below(cast: World, at: datetime) -> None:
    put(TOWN, 3, at)
    put(COUNTY, 8, at + timedelta(minutes=1), lock=True)
    assert value(TOWN, at + timedelta(minutes=2)) == 8


def test_announced_number_holds_from_its_morning(cast: World, at: datetime) -> None:
    day = at.date() + timedelta(days=10)
    put(COUNTY, 8, at, valid_on=day)
    before, after = at + timedelta(days=8), at + timedelta(days=11)
    assert [value(TOWN, moment) for moment in (at, before, after)] == [5, 5, 8]


def test_announced_number_survives_another_change_made_today(cast: World, at: datetime) -> None:
    put(COUNTY, 8, at, valid_on=at.date() + timedelta(days=10))
    put(COUNTY, 9, at, "team.pilot_months")
    put(TOWN, 4, at, "team.min_references")
    after = at + timedelta(days=11)
    assert [
        value(TOWN, after, f"team.{name}") for name in ("min_members", "pilot_months", "min_references")
    ] == [8, 9, 4]


def test_number_given_up_follows_the_division_above_again(cast: World, at: datetime) -> None:
    put(TOWN, 3, at)
    numbers.inherit(actor=OPERATOR, region_code=TOWN, kind="team", name="min_members", reason="统一", at=at)
    put(COUNTY, 8, at)
    assert value(TOWN, at) == 8


def test_version_in_use_keeps_its_numbers(cast: World, at: datetime) -> None:
    old = rules.rule("team", TOWN, at)
    put(COUNTY, 8, at)
    assert rules.rule_by_id(old.id).params["min_members"] == 5


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("team.min_members", 1), ("team.min_members", "8"), ("team.min_members", True), ("team.vetting", 1),
        ("stars.hours", [100, 300]), ("stars.hours", [300, 100, 600, 1000, 1500]),
        ("coverage.targets", {"6": "2027-01-01"}),
        ("coverage.targets", {"5": "next year"}),
        ("reminders.quiet_from", 22), ("reminders.quiet_from", "9:30"), ("reminders.quiet_from", "25:00"),
        ("reminders.quiet_from", "23:45"), ("reminders.digest_at", "18:30\n"),
    ],
)  # fmt: skip
def test_value_out_of_its_limits_is_refused(cast: World, at: datetime, name: str, wrong: Any) -> None:
    before = RuleSet.select().count()
    assert refused(COUNTY, wrong, at, name) is RefusalCode.POLICY_VALUE
    assert RuleSet.select().count() == before


def test_time_of_the_day_is_set_to_the_minute(cast: World, at: datetime) -> None:
    put(COUNTY, "22:15", at, "reminders.quiet_from")
    assert value(TOWN, at, "reminders.quiet_from") == "22:15"


def test_number_nobody_knows_is_refused(cast: World, at: datetime) -> None:
    assert refused(COUNTY, 1, at, "team.colour") is RefusalCode.POLICY_UNKNOWN


def test_number_for_yesterday_is_refused(cast: World, at: datetime) -> None:
    assert refused(COUNTY, 8, at, valid_on=date(2020, 1, 1)) is RefusalCode.POLICY_VALUE


def test_number_without_a_reason_is_refused(cast: World, at: datetime) -> None:
    assert refused(COUNTY, 8, at, reason=" ") is RefusalCode.REASON_REQUIRED


def test_station_officer_sets_no_numbers(cast: World, at: datetime) -> None:
    store.write(lambda: world.grant(at, cast.chali, "station_officer", region=TOWN))
    assert refused(TOWN, 8, at, actor=cast.actor(cast.chali)) is RefusalCode.NOT_ALLOWED


def test_county_sets_nothing_for_the_city(cast: World, at: datetime) -> None:
    assert refused(CITY, 8, at, actor=cast.actor(cast.officer)) is RefusalCode.NOT_FOUND


def test_page_tells_where_a_number_comes_from(cast: World, at: datetime) -> None:
    put(COUNTY, 8, at, actor=cast.actor(cast.officer), lock=True)
    shown = next(
        each
        for each in numbers.numbers(actor=OPERATOR, region_code=TOWN, at=at)
        if each.name == "min_members"
    )
    assert (shown.value, shown.set_at, shown.set_by, shown.locked_by, shown.valid_from, shown.locks) == (
        8, COUNTY, cast.officer.name, COUNTY, at, False,
    )  # fmt: skip


def test_page_tells_what_is_announced(cast: World, at: datetime) -> None:
    put(COUNTY, 8, at, valid_on=at.date() + timedelta(days=10))
    shown = numbers.numbers(actor=OPERATOR, region_code=TOWN, at=at)
    coming = next(each.coming for each in shown if each.name == "min_members")
    assert coming is not None
    assert coming[1] == 8


def test_change_is_kept_with_who_and_why(cast: World, at: datetime) -> None:
    put(COUNTY, 8, at, actor=cast.actor(cast.officer))
    kept = History.get(History.subject == f"policy:{COUNTY}")
    assert (kept.actor_id, kept.changes, kept.reason) == (
        cast.officer.id,
        {"team.min_members": [5, 8]},
        "试点",
    )


def test_module_turned_on_by_a_county_is_on_below_it(cast: World, at: datetime) -> None:
    put(COUNTY, True, at, "modules.mall")
    assert [modules.is_on(module="mall", region_code=code, at=at) for code in (CITY, COUNTY, VILLAGE)] == [
        False, True, True,
    ]  # fmt: skip
    assert "mall" in modules.modules_of(region_code=TOWN, at=at)


def test_every_number_of_the_programme_is_in_the_catalogue(cast: World, at: datetime) -> None:
    for row in RuleSet.select().where(RuleSet.region_code == ""):
        assert set(rules.rule_by_id(row.id).params) == set(numbers._catalogue(row.kind)), row.kind
