"""Reference reports: figures are sums of rows, by term of office, and stand still once submitted."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest
from docx import Document

from models import (
    Activity,
    ActivityReport,
    AuditEntry,
    Centre,
    Commendation,
    Complaint,
    HandFigure,
    ReferenceReport,
    ReferenceRow,
    RoleGrant,
    ServiceRecord,
    Team,
    store,
)
from schedulers.jobs import JOBS
from services.activeness import index
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.reporting import reference, reference_files, reference_views
from services.reporting.reference_rows import FIGURES, PARTS
from tests.support import world
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import CITY, COUNTY, TOWN, World

NAMES = ("activities", "attendances", "minutes", "served", "teams", "complaints", "answered", "commendations")


def _served(cast: World, at: datetime, days: int, people: int = 2) -> Activity:
    made, _ = world.make_activity(at, cast.team, starts_in=-timedelta(days=days), title="=1+1 清河岸")
    for person in (cast.xiaobo, cast.ali)[:people]:
        ServiceRecord.create(
            activity=made, team=cast.team, volunteer=person, region_code=made.region_code, local_day=made.local_day,
            minutes=90, state="confirmed", rule_set=cast.hours_rule, created_at=at, updated_at=at,
        )  # fmt: skip
    ActivityReport.create(activity=made, served=30, summary="好", at=at, updated_at=at)
    return made


@pytest.fixture
def year(cast: World, at: datetime) -> list[Activity]:
    """Three activities in the year, one before it; a complaint, a commendation; the centre is the county's."""

    def act() -> list[Activity]:
        Centre.update(region_code=COUNTY, director_id=cast.officer.id).where(Centre.id == cast.centre.id).execute()
        Complaint.create(
            code="c1", token_hash="h", kind="fee", region_code=TOWN, text="收了钱", state="answered", due_at=at,
            answered_at=at - timedelta(days=1), created_at=at - timedelta(days=5),
        )  # fmt: skip
        Commendation.create(team=cast.team, title="先进", awarded_by="市局", awarded_on="2026-05-01", at=at)
        return [_served(cast, at, 10), _served(cast, at, 40, 1), _served(cast, at, 100), _served(cast, at, 200)]

    made = store.write(act)
    index.refresh(at=at)
    return made


def _report(cast: World, at: datetime, **more: Any) -> str:
    facts = {"region_code": COUNTY, "from_on": "2026-01-01", "to_on": "2026-12-31", "at": at} | more
    return reference.make(actor=cast.actor(cast.officer), **facts)


def _sums(code: str, term: int = 0) -> dict[str, int]:
    figures = ReferenceReport.get(ReferenceReport.code == code).figures[term]
    return {name: figures[name] for name in NAMES}


def test_every_number_is_the_sum_of_the_rows_it_opens_to(cast: World, at: datetime, year: list[Activity]) -> None:
    code = _report(cast, at)
    assert _sums(code) == {
        "activities": 3, "attendances": 5, "minutes": 450, "served": 90, "teams": 2, "complaints": 1, "answered": 1,
        "commendations": 1,
    }  # fmt: skip
    report = ReferenceReport.get(ReferenceReport.code == code)
    for figure in FIGURES:
        part = next(part for part, names in PARTS.items() if figure in names)
        rows = ReferenceRow.select().where(ReferenceRow.report == report, ReferenceRow.part == part)
        assert sum(row.sums.get(figure, 0) for row in rows) == report.figures[0][figure], figure
        opened = reference_views.rows(
            actor=cast.actor(cast.officer), code=code, term=0, figure=figure, wanted=Wanted(), at=at
        )
        assert opened.total == rows.count()


def test_submitted_report_stands_still_when_everything_below_it_is_deleted(
    cast: World, at: datetime, year: list[Activity]
) -> None:
    actor, draft, frozen = cast.actor(cast.officer), _report(cast, at), _report(cast, at)
    reference.submit(actor=actor, code=frozen, at=at)
    before = _sums(frozen)
    rows = [(row.cells, row.sums) for row in _rows_of(frozen)]

    def delete() -> None:
        gone = [each.id for each in year[:2]]
        ServiceRecord.update(state="void", activity=None).where(ServiceRecord.activity.in_(gone)).execute()
        ActivityReport.delete().where(ActivityReport.activity.in_(gone)).execute()
        Commendation.delete().execute()
        Complaint.delete().execute()
        Team.update(name="改了名").where(Team.id == cast.team.id).execute()

    store.write(delete)
    later = at + timedelta(days=2)
    reference.again(actor=actor, code=draft, at=later)
    assert _sums(draft)["activities"] == 1
    assert _sums(frozen) == before
    assert [(row.cells, row.sums) for row in _rows_of(frozen)] == rows
    sealed = AuditEntry.get(AuditEntry.verb == "reference.submitted").detail["digest"]
    shown = reference_views.page(actor=actor, code=frozen, at=later)
    assert shown.digest == sealed
    assert (shown.intact, shown.state) == (True, "submitted")
    with pytest.raises(Refusal) as no:
        reference.again(actor=actor, code=frozen, at=later)
    assert no.value.code is RefusalCode.REPORT_FROZEN
    tampered = ReferenceRow.update(sums={"activities": 9}).where(ReferenceRow.id == _rows_of(frozen)[0].id)
    store.write(tampered.execute)
    assert reference_views.page(actor=actor, code=frozen, at=later).intact is False
    reference.withdraw(actor=actor, code=frozen, reason="填错了", at=later)
    assert ReferenceReport.get(ReferenceReport.code == frozen).state == "withdrawn"


def _rows_of(code: str) -> list[ReferenceRow]:
    query = ReferenceRow.select().join(ReferenceReport).where(ReferenceReport.code == code)
    return list(query.order_by(ReferenceRow.id))


def test_directors_report_has_a_term_for_each_stretch_in_office(
    cast: World, at: datetime, year: list[Activity]
) -> None:
    """In office until 30 days ago, and again from 5 days ago: the activity of 10 days ago is in no term of his."""

    def terms() -> None:
        for began, ended in ((300, 30), (5, None)):
            RoleGrant.create(
                volunteer=cast.chali, role="director", region_code=COUNTY, from_at=at - timedelta(days=began),
                until=at - timedelta(days=ended) if ended else None,
            )  # fmt: skip

    store.write(terms)
    assert (cast.chali.public_no, cast.chali.name) in reference.heads(
        actor=cast.actor(cast.officer), region_code=COUNTY, at=at
    )
    code = _report(cast, at, public_no=cast.chali.public_no)
    assert [_sums(code, term)["activities"] for term in (0, 1)] == [2, 0]
    report = ReferenceReport.get(ReferenceReport.code == code)
    assert [(each["from_on"], each["to_on"]) for each in report.terms] == [
        ("2026-01-01", "2026-05-11"), ("2026-06-05", "2026-06-10"),
    ]  # fmt: skip
    with pytest.raises(Refusal) as no:
        _report(cast, at, public_no=cast.xiaobo.public_no)
    assert no.value.facts["field"] == "person"


def test_report_as_excel_and_word_says_what_the_page_says(cast: World, at: datetime, year: list[Activity]) -> None:
    actor, code = cast.actor(cast.officer), _report(cast, at)
    book = openpyxl.load_workbook(io.BytesIO(reference_files.workbook(actor=actor, code=code, at=at)[1]))
    first = {row[1]: row[2] for row in book.worksheets[0].iter_rows(values_only=True)}
    assert (first["活动（次）"], first["服务时长（小时）"], first["服务群众（人）"]) == (3, 7.5, 90)
    sheet = list(book["活动"].iter_rows(values_only=True))
    column = sheet[0].index("计入：活动（次）")
    assert sum(row[column] for row in sheet[1:]) == 3
    assert {cell.data_type for row in book["活动"].iter_rows() for cell in row} == {"s", "n"}
    paper = Document(io.BytesIO(reference_files.letter(actor=actor, code=code, at=at)[1]))
    cells = [[cell.text for cell in row.cells] for table in paper.tables for row in table.rows]
    assert ["活动（次）", "3"] in cells
    assert any("=1+1 清河岸" in row for row in cells)
    assert paper.paragraphs[0].runs[0].font.name == "方正小标宋简体"
    assert "草稿" in str(cells)
    name, pdf = reference_files.paper(parts=make_parts(FakeGateway()), actor=actor, code=code, at=at)
    assert (pdf[:5], name) == (b"%PDF-", "霍邱县退役军人服务中心-2026-01-01-2026-06-10")
    reference.withdraw(actor=actor, code=code, reason="时段填错了", at=at)
    paper = Document(io.BytesIO(reference_files.letter(actor=actor, code=code, at=at)[1]))
    cells = [[cell.text for cell in row.cells] for table in paper.tables for row in table.rows]
    assert ["已作废，不能使用", "时段填错了"] in cells


def test_team_that_has_gone_since_and_months_by_hand_belong_to_one_term(
    cast: World, at: datetime, year: list[Activity]
) -> None:
    """To the 15th of March, from the 16th on: March by hand counts once; the team where it was there at the end."""

    def act() -> None:
        for month in ("2026-03", "2026-04"):
            HandFigure.create(
                team=cast.team, month=month, region_code=cast.team.region_code, kind="grassroots", speciality="",
                activities=1, attendances=5, minutes=600, served=9, reported_at=at,
            )  # fmt: skip
        Team.update(state="dissolved").where(Team.id == cast.team.id).execute()

    store.write(act)
    spans = (("2026-01-01", "2026-03-15"), ("2026-03-16", "2026-04-30"), ("2026-03-16", "2026-06-10"))
    codes = [_report(cast, at, from_on=first, to_on=last) for first, last in spans]
    found = [ReferenceReport.get(ReferenceReport.code == code).figures[0] for code in codes]
    assert [(each["hand_activities"], each["teams"]) for each in found] == [(1, 2), (1, 1), (1, 1)]


def test_report_of_a_city_is_made_by_the_worker_and_one_half_made_is_made_anew(
    cast: World, at: datetime, year: list[Activity]
) -> None:
    def city() -> None:
        Centre.create(region_code=CITY, kind="centre", name="市中心", phone="0564-1", created_at=at)
        world.grant(at, cast.officer, "director", region=CITY)

    store.write(city)
    actor, code = cast.actor(cast.officer), _report(cast, at, region_code=CITY)
    report = ReferenceReport.select().where(ReferenceReport.code == code)
    assert report.get().state == "making"
    with pytest.raises(Refusal) as no:
        reference.submit(actor=actor, code=code, at=at)
    assert no.value.code is RefusalCode.REPORT_FROZEN
    job, later = next(each for each in JOBS if each.name == "references"), at + timedelta(seconds=5)
    assert [job.run(None, later, store.write) for _ in range(2)] == [1, 0]  # type: ignore[arg-type]
    assert (report.get().state, report.get().made_at, _sums(code)["activities"]) == ("draft", later, 3)
    half = _report(cast, at)
    store.write(lambda: ReferenceReport.update(state="making").where(ReferenceReport.code == half).execute())
    late = at + timedelta(minutes=10)
    assert [job.run(None, when, store.write) for when in (later, late)] == [0, 1]  # type: ignore[arg-type]
    rows = len(_rows_of(half))
    assert (_sums(half)["activities"], rows) == (3, len({(row.term, row.part, row.number) for row in _rows_of(half)}))


def test_report_is_for_those_of_the_division_alone(cast: World, at: datetime, year: list[Activity]) -> None:
    code = _report(cast, at)
    for person in (cast.ali, cast.chali):
        with pytest.raises(Refusal) as no:
            reference_views.page(actor=cast.actor(person), code=code, at=at)
        assert no.value.code is RefusalCode.NOT_FOUND
    for wrong in ({"from_on": "x"}, {"to_on": "2025-12-31"}, {"from_on": "2010-01-01"}):
        with pytest.raises(Refusal):
            _report(cast, at, **wrong)
