"""The pages people, one person, a number in full, roles and audit."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime

import openpyxl
import pytest

from models import AuditEntry, RoleGrant, TeamMember, Volunteer, store
from services import audit, permissions
from services.accounts import enrolment
from services.actors import OPERATOR
from tests.console.conftest import Desk
from tests.support import world
from tests.support.fakes import make_parts
from tests.support.world import CITY, COUNTY, OTHER_TOWN, PROVINCE, TOWN, VILLAGE, VILLAGE2, World

ID, PHONE = "341522196005010032", "13856401234"


@pytest.fixture
def known(cast: World) -> World:
    """`xiaobo` with an ID number and a phone in the vault."""
    vault = make_parts().vault

    def act() -> None:
        person = cast.xiaobo
        blob, key = vault.seal(ID, f"volunteer.document:{person.public_no}")
        Volunteer.update(
            document_sealed=blob, document_key=key, document_index=vault.index("id_no", ID)
        ).where(Volunteer.id == person.id).execute()
        enrolment.set_phone(parts=make_parts(), person=person, phone=PHONE, proof="none")

    store.write(act)
    return cast


def page_of(person: Volunteer) -> str:
    return f"/console/people/{person.public_no}"


def test_list_shows_the_people_of_the_county_masked(known: World, desk: Callable[..., Desk]) -> None:
    text = desk(known.officer).get("/console/people").text
    assert "王小博" in text
    assert "138****1234" in text
    assert "341522********0032" in text
    assert PHONE not in text
    assert ID not in text


def test_list_is_cut_to_the_own_subtree(known: World, at: datetime, desk: Callable[..., Desk]) -> None:
    store.write(lambda: world.grant(at, known.chali, "station_officer", region=OTHER_TOWN))
    browser = desk(known.chali)
    assert "王小博" not in browser.get("/console/people").text
    beside, nobody = browser.get(page_of(known.xiaobo)), browser.get("/console/people/n9999999")
    assert (beside.status_code, beside.data) == (404, nobody.data)


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("q=小博", True), ("q=查理", False), ("identity=family", False), ("state=active&sort=-since", True),
        (f"region={TOWN}", True), (f"region={OTHER_TOWN}", False), (f"region={PROVINCE}", True), ("page=99", True),
    ],
)  # fmt: skip
def test_list_searches_and_filters(known: World, desk: Callable[..., Desk], query: str, there: bool) -> None:
    assert ("王小博" in desk(known.officer).get(f"/console/people?{query}").text) is there


def test_list_filters_by_team(known: World, desk: Callable[..., Desk]) -> None:
    browser = desk(known.officer)
    assert "王小博" in browser.get(f"/console/people?team={known.team.code}").text
    assert "王小博" not in browser.get(f"/console/people?team={known.other_team.code}").text


def test_list_as_excel_holds_masked_numbers_only(known: World, desk: Callable[..., Desk]) -> None:
    answer = desk(known.officer).get("/console/people?format=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    cells = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}  # type: ignore[union-attr]
    assert {"王小博", "138****1234", "341522********0032"} <= cells
    assert not {ID, PHONE} & cells
    assert AuditEntry.get(AuditEntry.verb == "export").region_code == COUNTY


def test_number_typed_as_a_name_leaves_the_address(known: World, desk: Callable[..., Desk]) -> None:
    browser = desk(known.officer)
    answer = browser.get(f"/console/people?q={ID}")
    assert (answer.status_code, answer.location) == (303, "/console/people/find")
    by_htmx = browser.get(f"/console/people?q={PHONE}", **{"HX-Request": "true"})
    assert by_htmx.headers["HX-Redirect"] == "/console/people/find"


@pytest.mark.parametrize("number", [ID, " ３４１５２２１９６００５０１００３２ ", PHONE, "138-5640-1234"])
def test_person_is_found_by_his_number(known: World, desk: Callable[..., Desk], number: str) -> None:
    answer = desk(known.officer).post("/console/people/find", {"number": number})
    assert (answer.status_code, answer.location) == (303, page_of(known.xiaobo))
    entry = AuditEntry.get(AuditEntry.verb == "person.find")
    assert (entry.detail["found"], ID in str(entry.detail), PHONE in str(entry.detail)) == (1, False, False)


def test_person_beside_is_not_found_by_his_number(
    known: World, at: datetime, desk: Callable[..., Desk]
) -> None:
    store.write(lambda: world.grant(at, known.chali, "station_officer", region=OTHER_TOWN))
    browser = desk(known.chali)
    told = [browser.post("/console/people/find", {"number": each}) for each in (PHONE, "13900000000")]
    assert [each.status_code for each in told] == [200, 200]
    assert told[0].data.replace(PHONE.encode(), b"") == told[1].data.replace(b"13900000000", b"")


def test_half_a_number_is_refused_beside_its_box(known: World, desk: Callable[..., Desk]) -> None:
    answer = desk(known.officer).post("/console/people/find", {"number": "34152219"})
    assert answer.status_code == 400
    assert 'id="wrong-number"' in answer.text
    assert 'value="34152219"' in answer.text


def test_two_people_with_one_phone_are_both_shown(known: World, desk: Callable[..., Desk]) -> None:
    store.write(lambda: enrolment.set_phone(parts=make_parts(), person=known.ali, phone=PHONE, proof="none"))
    text = desk(known.officer).post("/console/people/find", {"number": PHONE}).text
    assert page_of(known.xiaobo) in text
    assert page_of(known.ali) in text


def test_page_of_a_person_shows_everything_masked(
    known: World, at: datetime, desk: Callable[..., Desk]
) -> None:
    audit.changed(
        actor=known.actor(known.officer), verb="edited", subject=f"volunteer:{known.xiaobo.id}",
        changes={"name": ["王小波", "王小博"]}, at=at, reason="写错了",
    )  # fmt: skip
    text = desk(known.officer).get(page_of(known.xiaobo)).text
    for words in (
        "138****1234",
        "341522********0032",
        known.team.name,
        "姓名：王小波 改为 王小博",
        "写错了",
        "没有核实",
    ):
        assert words in text
    assert PHONE not in text
    assert ID not in text


def test_page_of_a_person_ends_for_the_old_county_with_his_home_team(
    known: World, at: datetime, desk: Callable[..., Desk]
) -> None:
    def move() -> None:
        world.make_region("341523", "舒城县")
        away = world.make_team(at, known.centre, "舒城队", "341523")
        TeamMember.update(to_at=at, ended_why="transferred").where(
            TeamMember.volunteer == known.xiaobo
        ).execute()
        world.join(at, away, known.xiaobo, home=True)
        world.grant(at, known.chali, "region_admin", region="341523")

    assert desk(known.officer).get(page_of(known.xiaobo)).status_code == 200
    store.write(move)
    assert desk(known.officer).get(page_of(known.xiaobo)).status_code == 404
    assert "王小博" not in desk(known.officer).get("/console/people").text
    assert desk(known.chali).get(page_of(known.xiaobo)).status_code == 200
    assert "王小博" in desk(known.chali).get("/console/people").text


def test_leader_sees_his_member_and_opens_no_number(known: World, desk: Callable[..., Desk]) -> None:
    browser = desk(known.ali)
    answer = browser.get(page_of(known.xiaobo))
    assert answer.status_code == 200
    assert "看完整号码" not in answer.text
    assert browser.get("/console/people").status_code == 403
    assert browser.get(page_of(known.chali)).status_code == 404
    told = browser.post(page_of(known.xiaobo) + "/reveal", {"what": "phone", "reason": "有事"})
    assert (told.status_code, PHONE in told.text) == (403, False)


@pytest.mark.parametrize(("what", "number"), [("phone", PHONE), ("document", ID)])
def test_number_is_opened_for_a_reason_and_kept_in_the_audit(
    known: World, desk: Callable[..., Desk], what: str, number: str
) -> None:
    browser = desk(known.officer)
    answer = browser.post(page_of(known.xiaobo) + "/reveal", {"what": what, "reason": "通知集合"})
    assert (answer.status_code, number in answer.text) == (200, True)
    assert answer.headers["Cache-Control"] == "no-store"
    entry = AuditEntry.get(AuditEntry.verb == "person.reveal")
    assert (entry.actor_id, entry.subject, entry.detail["what"], entry.detail["reason"], entry.region_code) == (
        known.officer.id, f"volunteer:{known.xiaobo.id}", what, "通知集合", VILLAGE,
    )  # fmt: skip
    assert number not in str(entry.detail)
    assert number not in browser.get(page_of(known.xiaobo)).text


@pytest.mark.parametrize(
    ("typed", "status", "wrong"),
    [
        ({"what": "phone", "reason": " "}, 400, "reason"), ({"what": "birth", "reason": "r"}, 400, "what"),
    ],
)  # fmt: skip
def test_number_without_a_reason_stays_shut(
    known: World, desk: Callable[..., Desk], typed: dict[str, str], status: int, wrong: str
) -> None:
    answer = desk(known.officer).post(page_of(known.xiaobo) + "/reveal", typed)
    assert answer.status_code == status
    assert f'id="wrong-{wrong}"' in answer.text
    assert AuditEntry.select().where(AuditEntry.verb == "person.reveal").count() == 0


def test_number_that_is_not_there_is_said_so(known: World, desk: Callable[..., Desk]) -> None:
    answer = desk(known.officer).post(page_of(known.ali) + "/reveal", {"what": "phone", "reason": "通知"})
    assert (answer.status_code, 'id="wrong-what"' in answer.text) == (409, True)


def test_numbers_are_not_opened_by_the_dozen(known: World, desk: Callable[..., Desk]) -> None:
    browser, path = desk(known.officer), page_of(known.xiaobo) + "/reveal"
    statuses = [browser.post(path, {"what": "phone", "reason": "抄"}).status_code for _ in range(21)]
    assert statuses == [200] * 20 + [429]


@pytest.mark.parametrize("role", ["auditor", "viewer", "partner"])
def test_who_only_looks_opens_no_number(
    known: World, at: datetime, desk: Callable[..., Desk], role: str
) -> None:
    store.write(lambda: world.grant(at, known.chali, role, region=COUNTY))
    browser = desk(known.chali)
    assert browser.get("/console/people").status_code == (200 if role == "auditor" else 403)
    answer = browser.post(page_of(known.xiaobo) + "/reveal", {"what": "phone", "reason": "看看"})
    assert answer.status_code == (403 if role == "auditor" else 404)
    assert PHONE not in answer.text


def test_roles_list_shows_who_holds_what(known: World, desk: Callable[..., Desk]) -> None:
    text = desk(known.officer).get("/console/roles").text
    assert "李阿丽" in text
    assert "队长" in text
    assert "孙主任" in text
    only = desk(known.officer).get("/console/roles?role=team_leader").text
    assert "孙主任</a>" not in only
    assert "李阿丽" in only


def test_roles_above_and_beside_are_not_there(known: World, at: datetime, desk: Callable[..., Desk]) -> None:
    made = store.write(lambda: world.grant(at, known.chali, "region_admin", region=CITY))
    browser = desk(known.officer)
    assert "赵查理" not in browser.get("/console/roles").text
    there, nowhere = (
        browser.get(f"/console/roles/{made.id}/revoke"),
        browser.get("/console/roles/99999/revoke"),
    )
    assert (there.status_code, there.data) == (404, nowhere.data)
    assert browser.post(f"/console/roles/{made.id}/revoke", {"reason": "r"}).status_code == 404


def test_role_is_given_and_taken(known: World, at: datetime, desk: Callable[..., Desk]) -> None:
    browser = desk(known.officer)
    assert "王小博" in browser.get("/console/roles/new?q=小博").text
    assert browser.get(f"/console/roles/new?person={known.xiaobo.public_no}").status_code == 200
    typed = {
        "person": known.xiaobo.public_no, "role": "station_officer", "place": f"region:{TOWN}", "reason": "新来的",
        "until": "2026-12-31",
    }  # fmt: skip
    assert browser.post("/console/roles/new", typed).status_code == 303
    (held,) = permissions.roles_of(volunteer_id=known.xiaobo.id, at=at)
    assert (held.role, held.region_code, held.until is not None) == ("station_officer", TOWN, True)
    path = f"/console/roles/{held.id}/revoke"
    assert 'id="wrong-reason"' in browser.post(path, {"reason": ""}).text
    assert browser.post(path, {"reason": "调走了"}).status_code == 303
    assert permissions.roles_of(volunteer_id=known.xiaobo.id, at=at) == ()
    text = browser.get("/console/audit?verb=role.revoke").text
    assert "收回权限" in text
    assert "调走了" in text


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"role": ""}, "role"), ({"place": ""}, "place"), ({"place": f"region:{TOWN}", "role": "deputy"}, "place"),
        ({"until": "2026-01-01"}, "until"), ({"until": "昨天"}, "until"), ({"reason": ""}, "reason"),
        ({"speciality": "cooking"}, "speciality"),
    ],
)  # fmt: skip
def test_role_wrongly_filled_in_is_said_beside_its_box(
    known: World, desk: Callable[..., Desk], change: dict[str, str], wrong: str
) -> None:
    typed = {
        "person": known.xiaobo.public_no, "role": "auditor", "place": f"region:{TOWN}", "reason": "检查", **change,
    }  # fmt: skip
    answer = desk(known.officer).post("/console/roles/new", typed)
    assert answer.status_code == 400
    assert f'id="wrong-{wrong}"' in answer.text
    assert RoleGrant.select().where(RoleGrant.volunteer == known.xiaobo).count() == 0


def test_leader_names_his_deputy_in_the_console(
    known: World, at: datetime, desk: Callable[..., Desk]
) -> None:
    browser = desk(known.ali)
    assert page_of(known.xiaobo) not in browser.get("/console/roles/new?q=查理").text
    assert known.xiaobo.public_no in browser.get("/console/roles/new?q=小博").text
    typed = {
        "person": known.xiaobo.public_no, "role": "deputy", "place": f"team:{known.team.code}", "reason": "骨干",
    }  # fmt: skip
    assert browser.post("/console/roles/new", typed).status_code == 303
    assert "王小博" in browser.get("/console/roles").text
    assert browser.post("/console/roles/new", {**typed, "role": "team_leader"}).status_code == 403
    assert permissions.leads(actor=known.actor(known.xiaobo), team_id=known.team.id, at=at)


def test_nobody_gives_himself_a_role_in_the_console(known: World, desk: Callable[..., Desk]) -> None:
    store.write(
        lambda: Volunteer.update(region_code=VILLAGE2).where(Volunteer.id == known.officer.id).execute()
    )
    typed = {
        "person": known.officer.public_no, "role": "auditor", "place": f"region:{COUNTY}", "reason": "兼",
    }  # fmt: skip
    assert desk(known.officer).post("/console/roles/new", typed).status_code == 403


def test_audit_is_cut_to_the_own_subtree(known: World, at: datetime, desk: Callable[..., Desk]) -> None:
    def act() -> None:
        world.grant(at, known.chali, "auditor", region=TOWN)
        audit.note(
            actor=OPERATOR,
            verb="export",
            subject=f"volunteer:{known.xiaobo.id}",
            detail={"reason": "甲"},
            at=at,
        )
        audit.note(
            actor=OPERATOR, verb="export", subject=f"region:{OTHER_TOWN}", detail={"reason": "乙"}, at=at
        )
        audit.note(actor=OPERATOR, verb="regions_loaded", subject="file:x", detail={"reason": "丙"}, at=at)

    store.write(act)
    text = desk(known.chali).get("/console/audit").text
    assert ("甲" in text, "乙" in text, "丙" in text) == (True, False, False)
    assert "乙" in desk(known.officer).get("/console/audit").text


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("verb=person.reveal", True), ("verb=export", False), ("subject=volunteer", True), ("subject=team", False),
        ("q=孙", True), ("q=小博", False), ("q=小博&side=subject", True), ("from=2026-06-10&to=2026-06-10", True),
        ("from=2026-06-11", False), ("to=2026-06-09", False), ("from=gestern", True),
    ],
)  # fmt: skip
def test_audit_is_searched(known: World, desk: Callable[..., Desk], query: str, there: bool) -> None:
    browser = desk(known.officer)
    browser.post(page_of(known.xiaobo) + "/reveal", {"what": "phone", "reason": "通知集合"})
    assert ("通知集合" in browser.get(f"/console/audit?{query}").text) is there


def test_audit_is_for_auditors_and_administrators(
    known: World, at: datetime, desk: Callable[..., Desk]
) -> None:
    for role, status in (("auditor", 200), ("director", 200), ("station_officer", 403), ("viewer", 403)):
        made = store.write(lambda r=role: world.grant(at, known.chali, r, region=TOWN))  # type: ignore[misc]
        assert desk(known.chali).get("/console/audit").status_code == status
        store.write(lambda m=made: RoleGrant.delete().where(RoleGrant.id == m.id).execute())  # type: ignore[misc]


def test_office_shows_each_role_what_it_may_open(
    known: World, at: datetime, desk: Callable[..., Desk]
) -> None:
    for role in ("auditor", "viewer", "partner", "station_officer", "region_admin"):
        made = store.write(lambda r=role: world.grant(at, known.chali, r, region=TOWN))  # type: ignore[misc]
        browser = desk(known.chali)
        text = browser.get("/console/manage").text
        for path in ("/console/people", "/console/roles", "/console/audit", "/console/policy"):
            assert (browser.get(path).status_code == 200) is (f'href="{path}"' in text), (role, path)
        store.write(lambda m=made: RoleGrant.delete().where(RoleGrant.id == m.id).execute())  # type: ignore[misc]


def test_auditor_reads_team_and_activity_and_finds_no_button(
    known: World, at: datetime, desk: Callable[..., Desk]
) -> None:
    def act() -> None:
        world.grant(at, known.chali, "auditor", region=TOWN)
        world.sign_up(at, known.shift, known.xiaobo)

    store.write(act)
    browser = desk(known.chali)
    team = browser.get(f"/console/teams/{known.team.code}")
    activity = browser.get(f"/console/activities/{known.activity.code}")
    for answer in (team, activity):
        assert (answer.status_code, "王小博" in answer.text) == (200, True)
        assert answer.text.count("<form") == 1  # logging out
        assert "/console/people/new" not in answer.text
    assert browser.post(f"/console/activities/{known.activity.code}/confirm").status_code == 403
    assert browser.get(f"/console/teams/{known.team.code}x").status_code == 404


def test_member_of_a_page_is_linked_to_his_own(known: World, desk: Callable[..., Desk]) -> None:
    assert page_of(known.xiaobo) in desk(known.ali).get(f"/console/teams/{known.team.code}").text
