"""Insurance: nothing dangerous opens without a cover for the whole of its time (条例 §17)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Activity, AuditEntry, Delivery, Insurance, Volunteer, store
from services.accounts import registration
from services.errors import Refusal, RefusalCode
from services.gates import covers, insurance
from services.listing import Wanted
from services.participation import activities
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import CITY, COUNTY, VILLAGE2, World, make_activity, sign_up

HOUR = timedelta(hours=1)


def cover(at: datetime, begins: datetime, ends: datetime, **more: Any) -> Insurance:
    fields = {"region_code": COUNTY, **more}
    code = f"c{Insurance.select().count()}"
    return store.write(
        lambda: Insurance.create(
            code=code, insurer="人保", product="志愿者意外险", policy_no="P1", covers_from=begins, covers_until=ends,
            created_at=at, **fields,
        )
    )  # fmt: skip


@pytest.fixture
def flood(cast: World, at: datetime) -> Activity:
    return store.write(lambda: make_activity(at, cast.team, sub_domain="flood"))[0]


def asked(activity: Activity, at: datetime) -> RefusalCode | None:
    try:
        insurance.require_cover(activity, at)
    except Refusal as refused:
        return refused.code
    return None


def test_harmless_activity_needs_no_cover(cast: World, at: datetime) -> None:
    assert asked(cast.activity, at) is None


def test_dangerous_activity_without_cover_is_refused(flood: Activity, at: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        insurance.require_cover(flood, at)
    assert (refused.value.code, refused.value.facts) == (RefusalCode.INSURANCE_MISSING, {"day": "2026-06-10"})


def test_activity_called_dangerous_by_its_leader_needs_a_cover(cast: World, at: datetime) -> None:
    cast.activity.dangerous = True
    assert asked(cast.activity, at) == RefusalCode.INSURANCE_MISSING


@pytest.mark.parametrize("region", ["", CITY, COUNTY])
def test_cover_of_a_division_holds_for_all_below_it(flood: Activity, at: datetime, region: str) -> None:
    cover(at, flood.starts_at, flood.ends_at, region_code=region)
    assert asked(flood, at) is None


def test_cover_of_another_division_does_not_help(flood: Activity, at: datetime) -> None:
    cover(at, flood.starts_at, flood.ends_at, region_code=VILLAGE2)
    assert asked(flood, at) == RefusalCode.INSURANCE_MISSING


def test_cover_of_another_team_or_activity_does_not_help(cast: World, flood: Activity, at: datetime) -> None:
    cover(at, flood.starts_at, flood.ends_at, team=cast.other_team)
    cover(at, flood.starts_at, flood.ends_at, team=cast.team, activity=cast.activity)
    assert asked(flood, at) == RefusalCode.INSURANCE_MISSING


def test_cover_of_the_team_or_of_the_activity_is_enough(cast: World, flood: Activity, at: datetime) -> None:
    one = cover(at, flood.starts_at, flood.ends_at, team=cast.team)
    assert asked(flood, at) is None
    store.write(lambda: Insurance.update(activity=flood).where(Insurance.id == one.id).execute())
    assert asked(flood, at) is None


@pytest.mark.parametrize(("begins", "ends"), [(1, 0), (0, -1)])
def test_cover_for_a_part_of_the_time_is_not_enough(
    flood: Activity, at: datetime, begins: int, ends: int
) -> None:
    cover(at, flood.starts_at + begins * HOUR, flood.ends_at + ends * HOUR)
    assert asked(flood, at) == RefusalCode.INSURANCE_MISSING


def test_two_covers_that_follow_each_other_are_one(flood: Activity, at: datetime) -> None:
    cover(at, flood.starts_at, flood.starts_at + HOUR)
    cover(at, flood.starts_at + HOUR, flood.ends_at)
    assert asked(flood, at) is None


def test_gap_between_two_covers_is_seen(flood: Activity, at: datetime) -> None:
    cover(at, flood.starts_at, flood.starts_at + HOUR)
    cover(at, flood.starts_at + HOUR + timedelta(seconds=1), flood.ends_at)
    assert asked(flood, at) == RefusalCode.INSURANCE_MISSING


def test_cover_that_was_ended_does_not_count(flood: Activity, at: datetime) -> None:
    cover(at, flood.starts_at, flood.ends_at, ended_at=at)
    assert asked(flood, at) == RefusalCode.INSURANCE_MISSING


def test_emergency_goes_out_with_the_cover_of_the_year(flood: Activity, at: datetime) -> None:
    flood.emergency = True
    assert asked(flood, at) == RefusalCode.INSURANCE_MISSING
    cover(at, at - timedelta(days=100), at + timedelta(days=200))
    assert asked(flood, at) is None


# Keeping covers ----------------------------------------------------------------------------------------------


def keep(cast: World, at: datetime, who: Any = None, **more: Any) -> str:
    fields = {
        "insurer": " 人保 ", "product": "志愿者意外险", "policy_no": "P-1", "covers_from": at,
        "covers_until": at + timedelta(days=365), "region_code": COUNTY, **more,
    }  # fmt: skip
    return covers.record(actor=cast.actor(who or cast.officer), at=at, **fields)


def no(act: Any, *args: Any, **more: Any) -> tuple[RefusalCode, dict[str, Any]]:
    with pytest.raises(Refusal) as refused:
        act(*args, **more)
    return refused.value.code, refused.value.facts


def test_recorded_cover_opens_the_activity(cast: World, flood: Activity, at: datetime) -> None:
    keep(cast, at)
    row = Insurance.get()
    assert (row.insurer, row.region_code, row.recorded_by_id) == ("人保", COUNTY, cast.officer.id)
    assert asked(flood, at) is None


def test_leader_records_for_his_team_and_not_for_the_county(cast: World, at: datetime) -> None:
    keep(cast, at, cast.ali, team_code=cast.team.code)
    assert Insurance.get().team_id == cast.team.id
    assert no(keep, cast, at, cast.ali)[0] == RefusalCode.NOT_FOUND
    assert no(keep, cast, at, cast.ali, team_code=cast.other_team.code)[0] == RefusalCode.NOT_FOUND


def test_cover_of_one_activity_belongs_to_its_team(cast: World, flood: Activity, at: datetime) -> None:
    keep(cast, at, cast.ali, activity_code=flood.code)
    assert (Insurance.get().activity_id, Insurance.get().team_id) == (flood.id, cast.team.id)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"insurer": " "}, "insurer"), ({"product": ""}, "product"), ({"policy_no": "9" * 61}, "policy_no"),
        ({"note": "长" * 201}, "note"),
    ],
)  # fmt: skip
def test_cover_that_says_nothing_is_refused(
    cast: World, at: datetime, wrong: dict[str, str], field: str
) -> None:
    assert no(keep, cast, at, **wrong) == (RefusalCode.FIELD_WRONG, {"field": field})


@pytest.mark.parametrize("until", [timedelta(0), timedelta(days=-1)])
def test_cover_that_is_over_is_refused(cast: World, at: datetime, until: timedelta) -> None:
    told = no(keep, cast, at, covers_from=at - timedelta(days=9), covers_until=at + until)
    assert told == (RefusalCode.FIELD_WRONG, {"field": "covers_until"})


def test_cover_ends_with_a_reason_and_closes_what_it_opened(
    cast: World, flood: Activity, at: datetime
) -> None:
    code = keep(cast, at)
    officer = cast.actor(cast.officer)
    assert no(covers.end, actor=officer, code=code, reason=" ", at=at)[0] == RefusalCode.REASON_REQUIRED
    assert no(covers.end, actor=cast.actor(cast.ali), code=code, reason="退保", at=at)[0] == RefusalCode.NOT_FOUND
    for _ in range(2):
        covers.end(actor=officer, code=code, reason="退保", at=at)
    assert (Insurance.get().ended_why, asked(flood, at)) == ("退保", RefusalCode.INSURANCE_MISSING)
    assert [row.verb for row in AuditEntry.select().order_by(AuditEntry.id)] == [
        "insurance.record", "insurance.end",
    ]  # fmt: skip


def test_cover_that_ends_is_told_to_the_leaders_of_what_it_left_open(
    cast: World, flood: Activity, at: datetime
) -> None:
    officer, codes = cast.actor(cast.officer), [keep(cast, at), keep(cast, at)]
    store.write(lambda: Activity.update(state="published").where(Activity.id == flood.id).execute())
    covers.end(actor=officer, code=codes[0], reason="重复登记", at=at)
    assert Delivery.select().count() == 0  # the other one holds
    covers.end(actor=officer, code=codes[1], reason="退保", at=at)
    told = Delivery.get(Delivery.kind == "cover_gone")
    assert (told.volunteer_id, flood.title in told.body, Delivery.select().count()) == (cast.ali.id, True, 1)


def test_list_is_cut_to_ones_own_and_filtered(cast: World, at: datetime) -> None:
    keep(cast, at)
    keep(cast, at, team_code=cast.team.code, covers_from=at + HOUR)

    def found(who: Any, **filters: str) -> list[str]:
        rows = covers.listed(actor=cast.actor(who), wanted=Wanted(filters=filters), at=at).rows
        return sorted(row.scope for row in rows)

    assert (found(cast.officer), found(cast.ali), found(cast.chali)) == (["region", "team"], ["region", "team"], [])
    assert (found(cast.officer, state="running"), found(cast.officer, scope="team")) == (["region"], ["team"])


def test_coming_activities_can_be_covered_the_dangerous_first(cast: World, flood: Activity, at: datetime) -> None:
    def offered(who: Volunteer, when: datetime) -> list[str]:
        return [each.code for each in covers.coverable(actor=cast.actor(who), at=when)]

    assert flood.starts_at == cast.activity.starts_at
    assert offered(cast.ali, at) == offered(cast.officer, at) == [flood.code, cast.activity.code]
    assert (offered(cast.chali, at), offered(cast.ali, flood.ends_at)) == ([], [])


def test_list_of_the_insured_is_for_managers_and_kept(cast: World, at: datetime) -> None:
    parts = make_parts(FakeGateway())
    sealed, _ = parts.vault.seal("341522196005010032", f"volunteer.document:{cast.xiaobo.public_no}")

    def make() -> None:
        Volunteer.update(document_sealed=sealed).where(Volunteer.id == cast.xiaobo.id).execute()
        sign_up(at, cast.shift, cast.xiaobo)
        sign_up(at, cast.shift, cast.chali, state="cancelled")

    store.write(make)
    asked_for = {"parts": parts, "activity_code": cast.activity.code, "at": at}
    [row] = covers.insured(actor=cast.actor(cast.officer), **asked_for)
    assert (row.name, row.document) == ("王小博", "341522196005010032")
    entry = AuditEntry.get(AuditEntry.verb == "insurance.export")
    assert (entry.actor_id, entry.detail["people"], "3415221960" in str(entry.detail)) == (cast.officer.id, 1, False)
    assert no(covers.insured, actor=cast.actor(cast.ali), **asked_for)[0] == RefusalCode.NOT_FOUND


def test_number_that_its_owner_closed_does_not_go_to_the_insurer(cast: World, at: datetime) -> None:
    parts = make_parts(FakeGateway())
    sealed, _ = parts.vault.seal("341522196005010032", f"volunteer.document:{cast.xiaobo.public_no}")

    def make() -> None:
        Volunteer.update(document_sealed=sealed).where(Volunteer.id == cast.xiaobo.id).execute()
        sign_up(at, cast.shift, cast.xiaobo)

    store.write(make)
    registration.decide_consent(actor=cast.actor(cast.xiaobo), purpose="id_number", given=False, at=at)
    [row] = covers.insured(
        actor=cast.actor(cast.officer), parts=parts, activity_code=cast.activity.code, at=at
    )
    assert (row.name, row.document, row.withheld) == ("王小博", "本人不同意提供", True)


def test_dangerous_activity_goes_on_longer_only_as_far_as_it_is_insured(
    cast: World, flood: Activity, at: datetime
) -> None:
    start, end = flood.starts_at, flood.ends_at
    cover(at, start, end + HOUR)

    def extend(wanted: datetime, now: datetime = start) -> datetime:
        return activities.extend(
            actor=cast.actor(cast.ali), code=flood.code, ends_at=wanted, reason="水还在涨", at=now
        )

    with pytest.raises(Refusal) as refused:
        extend(end + 2 * HOUR)
    assert refused.value.code == RefusalCode.INSURANCE_ENDS
    assert Activity.get_by_id(flood.id).ends_at == end
    assert extend(end + HOUR) == end + HOUR
    # what was worked already is written down as it was
    assert extend(end + 2 * HOUR, end + 3 * HOUR) == end + 2 * HOUR
