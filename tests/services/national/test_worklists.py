"""What is still to be entered nationally, by team and month; hours there and here; whose numbers are closed."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from models import (
    Balance,
    Evaluation,
    NationalFigure,
    ServiceRecord,
    TeamMember,
    TransferredHours,
    Volunteer,
    store,
)
from services.accounts import registration
from services.imports import cells, sheets
from services.listing import Found, Wanted
from services.national import entries, people
from services.national.entries import Entry, TeamMonth
from services.parts import Parts
from tests.services.imports.files import id_number
from tests.support import world
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import World


@pytest.fixture
def parts() -> Parts:
    return make_parts(FakeGateway())


def record(cast: World, at: datetime, day: str, minutes: int = 60, **more: Any) -> ServiceRecord:
    fields = {"state": "confirmed", "team": cast.team, "volunteer": cast.xiaobo, "in_at": at, "out_at": at} | more
    return store.write(
        lambda: ServiceRecord.create(
            local_day=day, minutes=minutes, region_code=fields["team"].region_code, rule_set=cast.hours_rule,
            created_at=at, updated_at=at, **fields,
        )
    )  # fmt: skip


def months(cast: World, at: datetime, **asked: Any) -> list[TeamMonth]:
    found = entries.by_month(actor=cast.actor(cast.officer, "console"), wanted=Wanted(**asked), at=at)
    return found.rows


def listed(parts: Parts, cast: World, at: datetime, person: Any = None, **asked: Any) -> Found[Entry]:
    actor = cast.actor(person or cast.officer, "console")
    return entries.listed(parts=parts, actor=actor, wanted=Wanted(**asked), at=at)


def test_each_team_has_its_months_with_what_is_not_entered(parts: Parts, cast: World, at: datetime) -> None:
    record(cast, at, "2026-04-02")
    record(cast, at, "2026-05-02", 30)
    record(cast, at, "2026-05-30", 45)
    record(cast, at, "2026-05-03", team=cast.other_team)
    record(cast, at, "2026-05-04", national_state="yes")
    record(cast, at, "2026-05-05", state="pending")
    team, other = cast.team, cast.other_team
    assert months(cast, at) == [
        TeamMonth(team.code, team.name, "2026-04", 1, 60), TeamMonth(team.code, team.name, "2026-05", 2, 75),
        TeamMonth(other.code, other.name, "2026-05", 1, 60),
    ]  # fmt: skip
    assert [row.minutes for row in months(cast, at, filters={"month": "2026-04"})] == [60]
    assert [row.code for row in months(cast, at, text="西湖")] == [other.code]
    wanted = {"team": team.code, "month": "2026-05", "state": "no"}
    assert [row.minutes for row in listed(parts, cast, at, filters=wanted).rows] == [30, 45]


def test_how_a_record_came_to_be_is_said_and_asked_for(parts: Parts, cast: World, at: datetime) -> None:
    scan, hand, made_up = (
        record(cast, at, "2026-05-02", 30), record(cast, at, "2026-05-03", 40, by_hand=True),
        record(cast, at, "2026-05-04", 50, by_hand=True, source="supplement"),
    )  # fmt: skip
    assert [row.way for row in listed(parts, cast, at).rows] == ["扫码", "人工登记", "补录"]
    found = {way: [row.id for row in listed(parts, cast, at, filters={"way": way}).rows] for way in entries.WAYS}
    assert found == {"scan": [scan.id], "hand": [hand.id], "supplement": [made_up.id]}
    assert [(row.minutes, row.supplement) for row in months(cast, at)] == [(120, 50)]
    handed = entries.hand_over(
        parts=parts, actor=cast.actor(cast.officer, "console"), wanted=Wanted(), reason="录入", at=at
    )
    page = openpyxl.load_workbook(io.BytesIO(handed.file or b"")).active
    column = entries.headings().index("记录方式") + 1
    assert [page.cell(row, column).value for row in (2, 3, 4)] == ["扫码", "人工登记", "补录"]


def test_nothing_of_a_sibling_is_to_be_entered(parts: Parts, cast: World, at: datetime) -> None:
    record(cast, at, "2026-05-02")
    store.write(lambda: world.grant(at, cast.chali, "station_officer", region=world.OTHER_TOWN))
    stranger = cast.actor(cast.chali, "console")
    assert entries.by_month(actor=stranger, wanted=Wanted(), at=at).total == 0
    assert entries.teams(actor=stranger, chosen=cast.team.code, at=at) == []
    assert entries.teams(actor=cast.actor(cast.officer), chosen=cast.team.code, at=at) == [
        (cast.team.code, cast.team.name)
    ]


def test_file_goes_team_by_team_and_day_by_day(parts: Parts, cast: World, at: datetime) -> None:
    first = record(cast, at, "2026-05-09", team=cast.other_team)
    second = record(cast, at, "2026-05-02", team=cast.other_team)
    third = record(cast, at, "2026-05-05")
    handed = entries.hand_over(
        parts=parts, actor=cast.actor(cast.officer, "console"), wanted=Wanted(), reason="录入", at=at
    )
    page = openpyxl.load_workbook(io.BytesIO(handed.file or b"")).active
    names = [cast.team.name, cast.other_team.name]
    order = [third, second, first] if names == sorted(names) else [second, first, third]
    assert [page.cell(row, 1).value for row in (2, 3, 4)] == [str(each.id) for each in order]


def test_file_says_how_the_organiser_judged(parts: Parts, cast: World, at: datetime) -> None:
    record(cast, at, "2026-05-02", activity=cast.activity)
    record(cast, at, "2026-05-03", activity=cast.activity, volunteer=cast.chali)
    store.write(
        lambda: Evaluation.create(
            kind="organiser", activity=cast.activity, author=cast.ali, subject=cast.xiaobo, score=5, verified=True,
            at=at, updated_at=at,
        )
    )  # fmt: skip
    handed = entries.hand_over(
        parts=parts, actor=cast.actor(cast.officer, "console"), wanted=Wanted(), reason="录入", at=at
    )
    page = openpyxl.load_workbook(io.BytesIO(handed.file or b"")).active
    column = entries.headings().index("服务评价") + 1
    assert [page.cell(row, column).value for row in (2, 3)] == ["5 星", None]


def test_numbers_of_who_moved_away_are_closed_to_the_old_county(
    parts: Parts, cast: World, at: datetime
) -> None:
    number = id_number(100)

    def seals() -> None:
        blob, key = parts.vault.seal(number, f"volunteer.document:{cast.xiaobo.public_no}")
        Volunteer.update(document_sealed=blob, document_key=key).where(Volunteer.id == cast.xiaobo.id).execute()

    store.write(seals)
    record(cast, at, "2026-05-02")
    assert listed(parts, cast, at).rows[0].document.endswith(number[-4:])

    def moves() -> None:
        for code, name in (("3416", "亳州市"), ("341602", "谯城区")):
            world.make_region(code, name)
        away = world.make_team(at, cast.centre, "谯城区志愿服务队", "341602")
        TeamMember.update(to_at=at).where(TeamMember.volunteer == cast.xiaobo).execute()
        Volunteer.update(region_code="341602").where(Volunteer.id == cast.xiaobo.id).execute()
        world.join(at, away, cast.xiaobo)

    store.write(moves)
    [shown] = listed(parts, cast, at).rows
    assert (shown.name, shown.minutes, shown.document, shown.phone) == ("王小博", 60, "已转到别处", "")
    handed = entries.hand_over(
        parts=parts, actor=cast.actor(cast.officer, "console"), wanted=Wanted(), reason="录入", at=at
    )
    page = openpyxl.load_workbook(io.BytesIO(handed.file or b"")).active
    assert (page["B2"].value, page["D2"].value, page["F2"].value) == ("王小博", "已转到别处", None)


def withdrawn(parts: Parts, cast: World, at: datetime, number: str) -> None:
    def acts() -> None:
        blob, key = parts.vault.seal(number, f"volunteer.document:{cast.xiaobo.public_no}")
        Volunteer.update(document_sealed=blob, document_key=key).where(Volunteer.id == cast.xiaobo.id).execute()

    store.write(acts)
    for given in (True, False):
        registration.decide_consent(actor=cast.actor(cast.xiaobo), purpose="id_number", given=given, at=at)


def test_number_that_its_owner_closed_is_in_no_list_and_the_officer_is_told_how_many(
    parts: Parts, cast: World, at: datetime
) -> None:
    number = id_number(100)
    withdrawn(parts, cast, at, number)
    record(cast, at, "2026-05-02")
    record(cast, at, "2026-05-03")
    record(cast, at, "2026-05-04", volunteer=cast.ali)
    assert [(row.document, row.withheld) for row in listed(parts, cast, at).rows] == [
        ("本人不同意提供", True), ("本人不同意提供", True), ("", False)
    ]  # fmt: skip
    handed = entries.hand_over(
        parts=parts, actor=cast.actor(cast.officer, "console"), wanted=Wanted(), reason="录入", at=at
    )
    book = openpyxl.load_workbook(io.BytesIO(handed.file or b""))
    assert [cell.value for cell in book.worksheets[0]["D"]] == ["证件号码", "本人不同意提供", "本人不同意提供", None]
    assert number not in str([list(sheet.values) for sheet in book.worksheets])
    assert book.sheetnames == ["录入清单", "说明"]
    assert "有 2 行没有列出证件号码" in str(book["说明"]["A2"].value)
    registration.decide_consent(actor=cast.actor(cast.xiaobo), purpose="id_number", given=True, at=at)
    assert listed(parts, cast, at).rows[0].document.endswith(number[-4:])


def test_file_with_a_note_is_read_back_as_one_without(parts: Parts, cast: World, at: datetime) -> None:
    withdrawn(parts, cast, at, id_number(100))
    made = record(cast, at, "2026-05-02")
    handed = entries.hand_over(
        parts=parts, actor=cast.actor(cast.officer, "console"), wanted=Wanted(), reason="录入", at=at
    )
    table = sheets.open_table(
        body=handed.file or b"", columns=cells.columns("national_records"), ignored=cells.ignored("national_records")
    )
    assert [line.cell("record") for line in table.lines()] == [str(made.id)]


def test_differences_are_of_one_day_with_what_was_earned_before_apart(cast: World, at: datetime) -> None:
    before = record(cast, at, "2026-04-01", 40, source="transferred")
    record(cast, at, "2026-05-02", 60)
    record(cast, at, "2026-06-02", 90)
    record(cast, at, "2026-05-03", 25, source="supplement")
    record(cast, at, "2026-06-03", 35, source="supplement")

    def totals() -> None:
        TransferredHours.create(
            record=before.id, system="志愿云", from_on="2026-03-01", to_on="2026-04-01", proof="证明"
        )
        Balance.update(minutes=250).where(Balance.volunteer == cast.xiaobo.id).execute()
        NationalFigure.create(volunteer=cast.xiaobo, minutes=90, as_of="2026-05-31", at=at)

    store.write(totals)
    actor = cast.actor(cast.officer, "console")
    [shown] = people.differences(actor=actor, wanted=Wanted(), at=at).rows
    assert (shown.ours, shown.theirs, shown.as_of) == (125, 90, "2026-05-31")
    assert (shown.transferred, shown.supplement) == (40, 25)
    store.write(
        lambda: NationalFigure.create(volunteer=cast.xiaobo, minutes=250, as_of="2026-06-03", at=at)
    )
    assert people.differences(actor=actor, wanted=Wanted(), at=at).rows == []
