"""What comes back from the national system: numbers verified, figures kept, records marked as entered."""

from __future__ import annotations

from typing import Any

import pytest

from models import NationalFigure, ServiceRecord, Volunteer
from services.listing import Wanted
from services.national import people
from tests.services.imports.files import id_number
from tests.services.imports.test_batches import applied, rows_of, uploaded
from tests.services.imports.test_hours import numbered
from tests.support.fakes import FakeGateway, make_parts


@pytest.fixture
def parts() -> Any:
    return make_parts(FakeGateway())


def line(**more: Any) -> dict[str, Any]:
    return {
        "name": "王小博", "document": id_number(100), "national_no": "340000000001", "minutes": 120,
        "as_of": "2026-06-01", **more,
    }  # fmt: skip


def test_a_number_is_verified_and_the_figure_kept_to_compare(parts: Any, cast: Any, at: Any) -> None:
    numbered(cast)
    applied(parts, cast, at, line(), kind="national_people")
    kept = Volunteer.get_by_id(cast.xiaobo.id)
    assert (kept.national_no, kept.national_state, kept.national_by) == (
        "340000000001",
        "verified",
        cast.officer.id,
    )
    applied(parts, cast, at, line(minutes=130, as_of="2026-06-02"), kind="national_people")
    assert [row.minutes for row in NationalFigure.select().order_by(NationalFigure.id)] == [7200, 7800]
    found = people.differences(actor=cast.actor(cast.officer, "console"), wanted=Wanted(), at=at)
    assert [(row.name, row.ours, row.theirs, row.as_of) for row in found.rows] == [
        ("王小博", 0, 7800, "2026-06-02")
    ]
    again = uploaded(parts, cast, at, line(minutes=130, as_of="2026-06-02"), kind="national_people")
    assert rows_of(cast, again, at) == [(2, "same", [])]


def test_strangers_and_taken_numbers_are_refused(parts: Any, cast: Any, at: Any) -> None:
    numbered(cast)
    Volunteer.update(national_no="340000000001").where(Volunteer.id == cast.ali.id).execute()
    code = uploaded(
        parts,
        cast,
        at,
        line(),
        line(document=id_number(7), national_no="340000000007"),
        kind="national_people",
    )
    assert [row[2] for row in rows_of(cast, code, at)] == [
        [("national_no", "row_number_taken")], [("document", "row_person_unknown")],
    ]  # fmt: skip


def test_records_come_back_entered_with_their_numbers(parts: Any, cast: Any, at: Any) -> None:
    record = ServiceRecord.create(
        shift=cast.shift, activity=cast.activity, team=cast.team, volunteer=cast.xiaobo, local_day="2026-06-10",
        region_code=cast.team.region_code, rule_set=cast.hours_rule, created_at=at, updated_at=at, state="confirmed",
        minutes=90,
    )  # fmt: skip
    rows = ({"record": record.id, "entered": "是", "national_no": "N1"}, {"record": 999, "entered": "否"})
    code = applied(parts, cast, at, *rows, kind="national_records")
    kept = ServiceRecord.get_by_id(record.id)
    assert (kept.national_state, kept.national_no, kept.national_at) == ("yes", "N1", at)
    assert rows_of(cast, code, at) == [(2, "changed", []), (3, "refused", [("record", "row_record_unknown")])]
