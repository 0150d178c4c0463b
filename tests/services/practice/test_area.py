"""The practice area: made, entered, left behind, and never mixed with the province."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Activity, Delivery, Notice, Region, Session, Team, Volunteer, store
from services import permissions, regions, scopes
from services.accounts import sessions
from services.accounts.documents import check_id_number
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import delivering, outbox
from services.participation import activity_views
from services.practice import area, entering
from services.statistics import tally
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import World, grant, make_identity, make_volunteer


@pytest.fixture
def county(cast: World, at: datetime) -> str:
    return area.make(vault=make_parts().vault, brand="红耀江淮", at=at).county


def _enter(cast: World, at: datetime) -> Actor:
    opened = entering.enter(actor=cast.actor(cast.officer, "console"), device="", at=at)
    who = sessions.authenticate(token=opened.token, kind="console", at=at)
    assert who is not None
    assert who.practising
    return who.actor("console")


def test_made_once_stays(county: str, at: datetime) -> None:
    again = area.make(vault=make_parts().vault, brand="红耀江淮", at=at)
    assert (again.county, again.fresh) == ("990101", False)
    assert {team.region_code[:2] for team in Team.select().where(Team.region_code >= "99")} == {"99"}
    assert Team.select().where(Team.region_code >= "99").count() == 4


def test_made_up_id_numbers_are_well_formed_and_of_no_place(at: datetime) -> None:
    assert check_id_number(area.document("990101", at.date(), 7)).number[:6] == "990101"


def test_officer_is_administrator_there_and_only_there(county: str, cast: World, at: datetime) -> None:
    double, own = _enter(cast, at), cast.actor(cast.officer, "console")
    assert scopes.managed(actor=double, at=at) == ("990101",)
    assert permissions.manages(actor=own, region_code=county, at=at) is False
    assert _enter(cast, at + timedelta(hours=1)).volunteer_id == double.volunteer_id


def test_who_has_no_post_or_is_there_already_does_not_go_in(county: str, cast: World, at: datetime) -> None:
    for actor in (cast.actor(cast.ali, "console"), _enter(cast, at)):
        with pytest.raises(Refusal) as no:
            entering.enter(actor=actor, device="", at=at)
        assert no.value.code is RefusalCode.NOT_ALLOWED


def test_without_a_practice_area_there_is_nothing_to_go_into(cast: World, at: datetime) -> None:
    assert entering.is_open() is False
    with pytest.raises(Refusal) as no:
        entering.enter(actor=cast.actor(cast.officer, "console"), device="", at=at)
    assert no.value.code is RefusalCode.NOT_FOUND


def test_fresh_start_closes_the_old_county(county: str, cast: World, at: datetime) -> None:
    _enter(cast, at)
    later = at + timedelta(days=1)
    made = area.make(vault=make_parts().vault, brand="红耀江淮", at=later, afresh=True)
    assert (made.county, made.fresh, area.county()) == ("990102", True, "990102")
    assert Region.get_by_id("990101").closed_on is not None
    assert Session.select().where(Session.revoked_at.is_null()).count() == 0
    old = (Volunteer.region_code >= "990101") & (Volunteer.region_code < "990102")
    assert {person.state for person in Volunteer.select().where(old)} == {"left"}
    assert scopes.managed(actor=_enter(cast, later), at=later) == ("990102",)


def test_real_province_sees_nothing_of_it(county: str, cast: World, at: datetime) -> None:
    assert [each.code for each in regions.children("")] == ["34"]
    assert regions.widest() == "34"
    assert regions.search("练习") == []
    assert [each.code for each in regions.search("练习县", "99")] == ["990101"]
    Activity.update(openness="everyone").execute()
    found = activity_views.open_near(volunteer_id=None, region_code="34", at=at, limit=50)
    codes = [each.code for each in (found if isinstance(found, list) else found.items)]
    assert codes == [cast.activity.code]


def test_counts_stay_in_the_practice_county(county: str, cast: World, at: datetime) -> None:
    from models import RegionTally

    tally.refresh(at=at)
    rows: dict[str, Any] = {row.region_code: row.volunteers for row in RegionTally.select()}
    assert sum(number for code, number in rows.items() if code < "99") == 4
    assert sum(number for code, number in rows.items() if code >= "99") == 24


def _put(person: Volunteer, at: datetime, **notice: Any) -> int:
    def act() -> int:
        made = Notice.create(kind="broadcast", text="x", created_at=at, **notice)
        put = outbox.put(
            notice_id=made.id, volunteer_id=person.id, kind="broadcast", dedupe_key=f"x:{made.id}", title="通知",
            body="x", url="/m", form="notice", values={}, priority=9, at=at,
        )  # fmt: skip
        assert put is not None
        return put

    return store.write(act)


def test_no_message_leaves(county: str, cast: World, at: datetime) -> None:
    gateway = FakeGateway()
    inside = Volunteer.get(Volunteer.region_code >= "99")
    make_identity(at, inside, "oa", appid=make_parts().oa_appid, following=True)
    team = Team.get(Team.region_code == "990101")
    to_inside, from_inside = _put(inside, at, sender=cast.ali), _put(cast.xiaobo, at, team=team)
    delivering.deliver_due(parts=make_parts(gateway), owner="w", at=at, limit=10)
    assert [Delivery.get_by_id(each).state for each in (to_inside, from_inside)] == ["inbox", "inbox"]
    assert gateway.calls == []


def test_other_officers_get_doubles_of_their_own(county: str, cast: World, at: datetime) -> None:
    other = make_volunteer(at, "钱站长")
    grant(at, other, "station_officer", region="341522100")
    first = _enter(cast, at)
    opened = entering.enter(actor=Actor("console", other.id), device="", at=at)
    who = sessions.authenticate(token=opened.token, kind="console", at=at)
    assert who is not None
    assert (who.name, who.volunteer_id == first.volunteer_id) == ("钱站长", False)


def test_number_typed_in_practice_is_not_found_by_the_real_province(
    county: str, cast: World, at: datetime
) -> None:
    from services.accounts import enrolment

    number = area.document("341522", at.date().replace(year=1970), 9)
    details = enrolment.Details("练新人", number, "1970-06-10", f"{county}100200", "veteran")
    store.write(
        lambda: enrolment.add_person(
            parts=make_parts(),
            details=details,
            state="invited",
            phone="",
            phone_proof="none",
            entered_by=None,
            at=at,
        )
    )
    assert enrolment.owner_of(make_parts(), number) is None
