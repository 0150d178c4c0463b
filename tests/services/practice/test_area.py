"""The practice area: made, entered, left behind, and never mixed with the province."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Activity, Delivery, Notice, Region, Session, Team, Volunteer, store
from services import permissions, regions, scopes
from services.accounts import invites, sessions
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


def _real(at: datetime) -> str:
    return area.document("341522", at.date().replace(year=1970), 9)


def _made_up(at: datetime) -> str:
    return area.document("990101", at.date().replace(year=1970), 9)


def _enter_person(actor: Actor, at: datetime, document: str, region: str = "") -> Any:
    team = Team.get(Team.region_code == "990101100200")
    return invites.enter_person(
        parts=make_parts(), actor=actor, team_code=team.code, name="练新人", document=document, phone="",
        region_code=region or team.region_code, identity="veteran", at=at,
    )  # fmt: skip


def _no(act: Any) -> str:
    with pytest.raises(Refusal) as no:
        act()
    return no.value.code.value


def test_real_number_is_refused_in_practice_known_or_not(county: str, cast: World, at: datetime) -> None:
    there = _enter(cast, at)
    before = Volunteer.select().count()
    assert _no(lambda: _enter_person(there, at, _real(at))) == "practice_number"
    index = make_parts().vault.index("id_no", _real(at))
    store.write(
        lambda: Volunteer.update(document_index=index).where(Volunteer.id == cast.xiaobo.id).execute()
    )
    assert _no(lambda: _enter_person(there, at, _real(at))) == "practice_number"
    assert Volunteer.select().count() == before
    assert _enter_person(there, at, _made_up(at)).public_no


def test_practising_officer_enters_nobody_in_the_real_province(
    county: str, cast: World, at: datetime
) -> None:
    assert (
        _no(lambda: _enter_person(_enter(cast, at), at, _made_up(at), cast.team.region_code))
        == "region_unknown"
    )
    leader = cast.actor(cast.ali, "console")
    outside = {"name": "练新人", "document": _real(at), "phone": "", "identity": "veteran", "at": at}
    assert _no(lambda: invites.enter_person(
        parts=make_parts(), actor=leader, team_code=cast.team.code, region_code="990101100200", **outside
    )) == "region_unknown"  # fmt: skip


@pytest.mark.parametrize("kind", ["people", "officers", "hours", "national_people"])
def test_real_number_in_a_practised_import_is_refused_in_its_row(
    county: str, cast: World, at: datetime, kind: str
) -> None:
    from models import ImportBatch
    from services.imports import batches, working
    from services.listing import Wanted
    from tests.services.imports.files import of_kind

    there, parts = _enter(cast, at), make_parts()
    index = parts.vault.index("id_no", _real(at))
    store.write(
        lambda: Volunteer.update(document_index=index).where(Volunteer.id == cast.xiaobo.id).execute()
    )
    rows = [
        {"name": "王小博", "document": number, "identity": "退役军人", "region": "990101100200", "role": "站工作人员",
         "system": "志愿云", "from_on": "2020-01-01", "to_on": "2020-12-31", "minutes": 10, "proof": "证明",
         "national_no": "3400000000000001"}
        for number in (_real(at), _made_up(at))
    ]  # fmt: skip
    code = batches.upload(
        parts=parts,
        actor=there,
        kind=kind,
        region_code=county,
        file_name="名单.xlsx",
        body=of_kind(kind, *rows),
        at=at,
    )
    working.work(parts=parts, at=at)
    found = batches.rows(actor=there, code=code, wanted=Wanted(size=10), at=at).rows
    told = [dict(row.problems).get("document", "") for row in found]
    assert (told[0], told[1] != "practice_number", ImportBatch.get().state) == (
        "practice_number",
        True,
        "checked",
    )
    assert found[0].verdict == "refused"


def test_no_way_keeps_a_real_number_in_practice_or_finds_a_made_up_one(
    county: str, cast: World, at: datetime
) -> None:
    from services.accounts import enrolment

    def add(number: str) -> Any:
        details = enrolment.Details("练新人", number, "1970-06-10", f"{county}100200", "veteran")
        return store.write(
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

    assert _no(lambda: add(_real(at))) == "practice_number"
    add(_made_up(at))
    assert enrolment.owner_of(make_parts(), _made_up(at)) is None
