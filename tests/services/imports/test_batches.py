"""A batch from upload to report: judged without changing anything, applied piece by piece, once."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest

from models import (
    AssessmentCard,
    AssessmentCycle,
    AssessmentExit,
    AuditEntry,
    Consent,
    Delivery,
    History,
    ImportBatch,
    ImportFile,
    ImportRow,
    RoleGrant,
    TeamMember,
    Volunteer,
    store,
)
from services.errors import Refusal, RefusalCode
from services.imports import batches, reports, working
from services.listing import Wanted
from tests.services.imports.files import id_number, of_kind
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import COUNTY, OTHER_TOWN, TOWN, VILLAGE, grant, make_region

C = RefusalCode
TEAM = "东湖社区退役军人“红耀江淮”志愿服务队"


@pytest.fixture
def parts() -> Any:
    return make_parts(FakeGateway())


def person(n: int, **more: Any) -> dict[str, Any]:
    return {
        "name": "陈老兵", "document": id_number(n), "phone": f"1380000{n:04d}", "identity": "退役军人",
        "region": VILLAGE, "team": TEAM, "joined_on": "2023-05-01", **more,
    }  # fmt: skip


def uploaded(
    parts: Any, cast: Any, at: Any, *rows: dict[str, Any], kind: str = "people", region: str = COUNTY
) -> str:
    """A batch of these rows, read and judged."""
    actor = cast.actor(cast.officer, "console")
    code = batches.upload(
        parts=parts, actor=actor, kind=kind, region_code=region, file_name="名单.xlsx", body=of_kind(kind, *rows),
        at=at,
    )  # fmt: skip
    working.work(parts=parts, at=at)
    return code


def applied(parts: Any, cast: Any, at: Any, *rows: dict[str, Any], **more: Any) -> str:
    code = uploaded(parts, cast, at, *rows, **more)
    batches.start(actor=cast.actor(cast.officer, "console"), code=code, at=at)
    working.work(parts=parts, at=at)
    return code


def rows_of(cast: Any, code: str, at: Any) -> list[tuple[int, str, list[tuple[str, str]]]]:
    found = batches.rows(
        actor=cast.actor(cast.officer, "console"), code=code, wanted=Wanted(size=1000), at=at
    )
    return [(row.row_no, row.verdict, row.problems) for row in found.rows]


def test_a_dry_run_judges_and_changes_nothing(parts: Any, cast: Any, at: Any) -> None:
    before = Volunteer.select().count()
    code = uploaded(parts, cast, at, person(1), person(2, document="341522196001010010"))
    view = batches.view(actor=cast.actor(cast.officer, "console"), code=code, at=at)
    assert (view.state, view.total, view.done, view.counts) == ("checked", 2, 2, {"new": 1, "refused": 1})
    assert rows_of(cast, code, at) == [(2, "new", []), (3, "refused", [("document", "document_invalid")])]
    assert Volunteer.select().count() == before
    assert ImportFile.select().count() == 0


@pytest.mark.parametrize(
    "number",
    [
        "340123600606901",  # fifteen digits, as before 1999
        id_number(7)[:-1] + ("0" if id_number(7)[-1] != "0" else "1"),  # a wrong last digit
        id_number(7)[:16] + "O" + id_number(7)[-1],  # the letter O
        id_number(7)[:10] + "13" + id_number(7)[12:],  # born in a thirteenth month
    ],
)
def test_row_with_an_odd_id_number_is_refused_and_the_others_are_taken(
    parts: Any, cast: Any, at: Any, number: str
) -> None:
    code = applied(parts, cast, at, person(1), person(2, document=number, name="刘新兵"))
    refused = [row for row in rows_of(cast, code, at) if row[1] == "refused"]
    assert [(row[0], row[2]) for row in refused] == [(3, [("document", "document_invalid")])]
    assert Volunteer.select().where(Volunteer.name.in_(("陈老兵", "刘新兵"))).count() == 1


def test_id_number_in_full_width_digits_is_the_same_person(parts: Any, cast: Any, at: Any) -> None:
    wide = id_number(1).translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    applied(parts, cast, at, person(1))
    applied(parts, cast, at, person(1, document=wide))
    assert Volunteer.select().where(Volunteer.name == "陈老兵").count() == 1


def test_applied_people_are_invited_members_without_a_consent(parts: Any, cast: Any, at: Any) -> None:
    code = applied(parts, cast, at, person(1))
    made = Volunteer.get(Volunteer.name == "陈老兵")
    member = TeamMember.get(TeamMember.volunteer == made)
    assert (made.state, made.identity, made.region_code, made.phone_proof) == (
        "invited",
        "veteran",
        VILLAGE,
        "officer",
    )
    assert (member.team_id, member.home) == (cast.team.id, True)
    assert member.from_at.astimezone().isoformat()[:7] in ("2023-04", "2023-05")
    assert Consent.select().where(Consent.volunteer == made).count() == 0
    assert History.get(History.subject == f"volunteer:{made.id}").verb == "imported"
    view = batches.view(actor=cast.actor(cast.officer, "console"), code=code, at=at)
    assert (view.state, view.counts, view.done) == ("applied", {"new": 1}, 1)


def test_what_was_sealed_is_forgotten_and_what_is_shown_is_masked(parts: Any, cast: Any, at: Any) -> None:
    code = uploaded(parts, cast, at, person(1))
    row = ImportRow.get()
    assert id_number(1).encode() not in bytes(row.sealed)
    assert row.shown["document"] == id_number(1)[:6] + "********" + id_number(1)[-4:]
    assert row.shown["phone"] == "138****0001"
    batches.start(actor=cast.actor(cast.officer, "console"), code=code, at=at)
    working.work(parts=parts, at=at)
    assert bytes(ImportRow.get().sealed) == b""


def test_the_same_file_again_is_the_same_batch(parts: Any, cast: Any, at: Any) -> None:
    body = of_kind("people", person(1))
    facts = {
        "parts": parts, "actor": cast.actor(cast.officer, "console"), "kind": "people", "region_code": COUNTY,
        "file_name": "a.xlsx", "body": body, "at": at,
    }  # fmt: skip
    assert batches.upload(**facts) == batches.upload(**facts)
    assert ImportBatch.select().count() == 1


def test_imported_twice_the_second_time_changes_nothing(parts: Any, cast: Any, at: Any) -> None:
    applied(parts, cast, at, person(1))
    code = applied(parts, cast, at, person(1), person(2, name="刘新兵"))
    assert rows_of(cast, code, at) == [(2, "same", []), (3, "new", [])]
    assert Volunteer.select().where(Volunteer.name == "陈老兵").count() == 1


def test_rows_that_a_file_holds_twice_are_taken_once(parts: Any, cast: Any, at: Any) -> None:
    code = uploaded(parts, cast, at, person(1), person(2, name="刘新兵"), person(1, team=None))
    assert rows_of(cast, code, at) == [
        (2, "new", []),
        (3, "new", []),
        (4, "refused", [("document", "row_twice")]),
    ]


def test_a_known_number_with_another_name_is_refused(parts: Any, cast: Any, at: Any) -> None:
    applied(parts, cast, at, person(1))
    code = uploaded(parts, cast, at, person(1, name="陈别人"))
    assert rows_of(cast, code, at) == [(2, "refused", [("name", "row_name_differs")])]


def test_someone_who_is_gone_is_not_touched(parts: Any, cast: Any, at: Any) -> None:
    applied(parts, cast, at, person(1))
    Volunteer.update(state="deceased").where(Volunteer.name == "陈老兵").execute()
    code = uploaded(parts, cast, at, person(1))
    assert rows_of(cast, code, at) == [(2, "refused", [("document", "row_person_closed")])]


def test_rows_outside_the_importers_division_are_refused(parts: Any, cast: Any, at: Any) -> None:
    make_region("341523", "舒城县")
    code = uploaded(
        parts, cast, at, person(1, region="341523", team=None), person(2, team="没有的队", name="刘新兵")
    )
    assert rows_of(cast, code, at) == [
        (2, "refused", [("region", "row_outside")]), (3, "refused", [("team", "row_team_unknown")]),
    ]  # fmt: skip


def test_a_person_of_another_division_is_not_touched(parts: Any, cast: Any, at: Any) -> None:
    applied(parts, cast, at, person(1))
    code = uploaded(parts, cast, at, person(1, region=OTHER_TOWN, team=None), region=OTHER_TOWN)
    assert rows_of(cast, code, at) == [(2, "refused", [("document", "row_outside")])]


def test_an_active_person_keeps_his_own_data_and_gains_the_team(parts: Any, cast: Any, at: Any) -> None:
    applied(parts, cast, at, person(1, team=None))
    Volunteer.update(state="active", identity="family").where(Volunteer.name == "陈老兵").execute()
    code = applied(parts, cast, at, person(1, region=TOWN))
    made = Volunteer.get(Volunteer.name == "陈老兵")
    assert rows_of(cast, code, at) == [(2, "changed", [])]
    assert (made.identity, made.region_code, made.state) == ("family", VILLAGE, "active")
    assert TeamMember.select().where(TeamMember.volunteer == made).count() == 1


def test_a_national_number_belongs_to_one_person(parts: Any, cast: Any, at: Any) -> None:
    applied(parts, cast, at, person(1, national_no="340000000001"))
    made = Volunteer.get(Volunteer.name == "陈老兵")
    assert (made.national_no, made.national_state) == ("340000000001", "verified")
    code = uploaded(
        parts, cast, at, person(2, name="刘新兵", national_no="340000000001"), person(3, name="刘新", national_no="短"),
    )  # fmt: skip
    assert rows_of(cast, code, at) == [
        (2, "refused", [("national_no", "row_number_taken")]), (3, "refused", [("national_no", "national_no_invalid")]),
    ]  # fmt: skip


def test_rows_are_judged_again_when_they_are_applied(parts: Any, cast: Any, at: Any) -> None:
    code = uploaded(parts, cast, at, person(1), person(2, name="刘新兵"))
    other = uploaded(parts, cast, at, person(1, name="陈别人"))
    for each in (other, code):
        batches.start(actor=cast.actor(cast.officer, "console"), code=each, at=at)
        working.work(parts=parts, at=at)
    assert rows_of(cast, code, at) == [(2, "refused", [("name", "row_name_differs")]), (3, "new", [])]
    view = batches.view(actor=cast.actor(cast.officer, "console"), code=code, at=at)
    assert view.counts == {"refused": 1, "new": 1}


def test_a_stopped_worker_goes_on_behind_the_last_piece(
    parts: Any, cast: Any, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "READ_AT_ONCE", 2)
    monkeypatch.setattr(working, "APPLY_AT_ONCE", 2)
    actor = cast.actor(cast.officer, "console")
    body = of_kind("people", *(person(n, name="陈老兵") for n in range(1, 6)))
    code = batches.upload(
        parts=parts, actor=actor, kind="people", region_code=COUNTY, file_name="a", body=body, at=at
    )

    def dying(after: int) -> Any:
        left = [after]

        def write(act: Any) -> Any:
            if left[0] == 0:
                raise KeyboardInterrupt
            left[0] -= 1
            return store.write(act)

        return write

    with pytest.raises(KeyboardInterrupt):
        working.work(parts=parts, at=at, write=dying(2))
    assert (ImportBatch.get().state, ImportBatch.get().done, ImportRow.select().count()) == ("reading", 4, 4)
    working.work(parts=parts, at=at)
    assert (ImportBatch.get().state, ImportRow.select().count()) == ("checked", 5)
    batches.start(actor=actor, code=code, at=at)
    with pytest.raises(KeyboardInterrupt):
        working.work(parts=parts, at=at, write=dying(1))
    assert Volunteer.select().where(Volunteer.name == "陈老兵").count() == 2
    working.work(parts=parts, at=at)
    working.work(parts=parts, at=at)
    assert Volunteer.select().where(Volunteer.name == "陈老兵").count() == 5
    assert (ImportBatch.get().state, ImportBatch.get().done) == ("applied", 5)


def test_who_loses_his_right_stops_his_import(parts: Any, cast: Any, at: Any) -> None:
    code = uploaded(parts, cast, at, person(1))
    batches.start(actor=cast.actor(cast.officer, "console"), code=code, at=at)
    RoleGrant.update(until=at).where(RoleGrant.volunteer == cast.officer).execute()
    working.work(parts=parts, at=at + timedelta(seconds=1))
    assert (ImportBatch.get().state, ImportBatch.get().why) == ("checked", "not_allowed")
    assert Volunteer.select().where(Volunteer.name == "陈老兵").count() == 0


def test_only_the_importer_applies_and_a_sibling_sees_nothing(parts: Any, cast: Any, at: Any) -> None:
    make_region("341523", "舒城县")
    code = uploaded(parts, cast, at, person(1))
    grant(at, cast.chali, "region_admin", region="34")
    grant(at, cast.xiaobo, "region_admin", region="341523")
    with pytest.raises(Refusal) as other:
        batches.start(actor=cast.actor(cast.chali, "console"), code=code, at=at)
    with pytest.raises(Refusal) as sibling:
        batches.view(actor=cast.actor(cast.xiaobo, "console"), code=code, at=at)
    assert (other.value.code, sibling.value.code) == (C.NOT_ALLOWED, C.NOT_FOUND)
    assert batches.listed(actor=cast.actor(cast.xiaobo, "console"), wanted=Wanted(), at=at).total == 0
    assert batches.listed(actor=cast.actor(cast.chali, "console"), wanted=Wanted(), at=at).total == 1


def test_who_manages_nothing_there_cannot_upload(parts: Any, cast: Any, at: Any) -> None:
    facts = {
        "parts": parts,
        "file_name": "a",
        "body": of_kind("people", person(1)),
        "at": at,
        "region_code": COUNTY,
    }
    with pytest.raises(Refusal) as stranger:
        batches.upload(actor=cast.actor(cast.xiaobo, "console"), kind="people", **facts)
    with pytest.raises(Refusal) as unknown:
        batches.upload(actor=cast.actor(cast.officer, "console"), kind="spells", **facts)
    assert (stranger.value.code, unknown.value.code) == (C.NOT_FOUND, C.BAD_REQUEST)


def test_a_dropped_batch_is_over(parts: Any, cast: Any, at: Any) -> None:
    code = uploaded(parts, cast, at, person(1))
    actor = cast.actor(cast.officer, "console")
    batches.drop(actor=actor, code=code, at=at)
    with pytest.raises(Refusal) as refused:
        batches.start(actor=actor, code=code, at=at)
    assert refused.value.code is C.BATCH_STATE
    assert bytes(ImportRow.get().sealed) == b""


def test_a_file_without_rows_is_refused_as_a_whole(parts: Any, cast: Any, at: Any) -> None:
    code = uploaded(parts, cast, at)
    view = batches.view(actor=cast.actor(cast.officer, "console"), code=code, at=at)
    assert (view.state, view.why) == ("refused", C.SHEET_EMPTY.value)


def test_the_report_tells_each_row_and_holds_no_formula(parts: Any, cast: Any, at: Any) -> None:
    code = applied(parts, cast, at, person(1), person(2, name='\'=HYPERLINK("http://x")'))
    body = reports.report(actor=cast.actor(cast.officer, "console"), code=code, at=at)
    page = openpyxl.load_workbook(io.BytesIO(body)).active
    lines = list(page.iter_rows(values_only=True))
    assert [line[-3] for line in lines] == ["办理结果", "已导入", "没有导入"]
    assert lines[2][-2].startswith("姓名：")
    assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)
    assert id_number(1) not in str(lines)
    assert AuditEntry.select().where(AuditEntry.verb == "export").count() == 1


def test_a_template_is_read_back_with_its_headings(parts: Any, cast: Any, at: Any) -> None:
    from services.imports import cells, sheets
    from services.imports.kinds import KINDS

    for kind in KINDS:
        table = sheets.open_table(body=reports.template(kind=kind), columns=cells.columns(kind))
        assert len(table.places) == len(cells.columns(kind))
        assert list(table.lines()) == []


def told(code: str) -> list[tuple[str, str]]:
    rows = Delivery.select().where(Delivery.url == f"/console/imports/{code}").order_by(Delivery.id)
    return [(row.kind, row.body) for row in rows]


def test_the_importer_is_told_when_it_is_over(parts: Any, cast: Any, at: Any) -> None:
    code = applied(parts, cast, at, person(1), person(2, document="123"))
    working.work(parts=parts, at=at)
    assert [kind for kind, _ in told(code)] == ["import_done"]
    assert "成功 1 行，没有导入 1 行" in told(code)[0][1]
    assert Delivery.get(Delivery.kind == "import_done").volunteer_id == cast.officer.id


def test_the_importer_is_told_of_a_file_that_cannot_be_read(parts: Any, cast: Any, at: Any) -> None:
    code = uploaded(parts, cast, at)
    assert [kind for kind, _ in told(code)] == ["import_refused"]


def test_batch_keeps_who_did_what_with_it(parts: Any, cast: Any, at: Any) -> None:
    done = applied(parts, cast, at, person(1))
    dropped = uploaded(parts, cast, at, person(2))
    batches.drop(actor=cast.actor(cast.officer, "console"), code=dropped, at=at)

    def steps(code: str) -> list[tuple[str, Any]]:
        number = ImportBatch.get(ImportBatch.code == code).id
        rows = History.select().where(History.subject == f"import:{number}").order_by(History.id)
        return [(row.verb, row.actor_id) for row in rows]

    me = cast.officer.id
    assert steps(done) == [("import.uploaded", me), ("import.started", me), ("import.applied", None)]
    assert steps(dropped) == [("import.uploaded", me), ("import.dropped", me)]


def test_who_left_by_an_assessment_is_not_brought_back_by_a_list(parts: Any, cast: Any, at: Any) -> None:
    applied(parts, cast, at, person(1))
    made = Volunteer.get(Volunteer.name == "陈老兵")

    def leave() -> None:
        cycle = AssessmentCycle.create(code="c", region_code=COUNTY, year="2025", seed="1", created_at=at)
        card = AssessmentCard.create(
            code="k", cycle=cycle, year="2025", volunteer=made, team=cast.team, region_code=VILLAGE, joined_at=at,
            state="final", grade="fail", created_at=at,
        )  # fmt: skip
        AssessmentExit.create(
            code="e", card=card, volunteer=made, team=cast.team, region_code=COUNTY, state="approved",
            rejoin_from="2026-06-11", created_at=at,
        )  # fmt: skip
        TeamMember.update(to_at=at, ended_why="exit").where(TeamMember.volunteer == made).execute()

    store.write(leave)
    code = uploaded(parts, cast, at, person(1))
    assert rows_of(cast, code, at) == [(2, "refused", [("team", "row_rejoin")])]
    code = uploaded(parts, cast, at + timedelta(days=1), person(1, joined_on="2026-06-11"))
    assert rows_of(cast, code, at) == [(2, "changed", [])]
