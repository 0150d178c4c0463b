"""Hours from before: a record that waits, verified by another, posted as minutes without points, shown apart."""

from __future__ import annotations

from typing import Any

import pytest

from models import MinuteEntry, PointEntry, RuleSet, ServiceRecord, TransferredHours, Volunteer
from services.bookkeeping import books
from services.bookkeeping import hours as my_hours
from services.errors import Refusal, RefusalCode
from services.imports import transferred, working
from tests.services.imports.files import id_number
from tests.services.imports.test_batches import applied, rows_of, uploaded
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import COUNTY, grant

C = RefusalCode


@pytest.fixture
def parts() -> Any:
    return make_parts(FakeGateway())


def numbered(cast: Any) -> None:
    """The test's people get ID numbers, as if they had registered."""
    vault = make_parts(FakeGateway()).vault
    for n, person in enumerate((cast.xiaobo, cast.ali, cast.chali, cast.officer), 100):
        Volunteer.update(document_index=vault.index("id_no", id_number(n))).where(
            Volunteer.id == person.id
        ).execute()


def hours(n: int = 100, **more: Any) -> dict[str, Any]:
    return {
        "name": "王小博", "document": id_number(n), "minutes": 126.5, "system": "中国志愿服务网",
        "from_on": "2020-01-01", "to_on": "2025-12-31", "proof": "证书 1", **more,
    }  # fmt: skip


def imported(parts: Any, cast: Any, at: Any, *rows: dict[str, Any]) -> str:
    numbered(cast)
    return applied(parts, cast, at, *rows, kind="hours")


def test_imported_hours_wait_and_count_for_nothing(parts: Any, cast: Any, at: Any) -> None:
    imported(parts, cast, at, hours())
    record = ServiceRecord.get(ServiceRecord.source == "transferred")
    assert (record.state, record.minutes, record.volunteer_id, record.team_id, record.local_day) == (
        "pending", 7590, cast.xiaobo.id, cast.team.id, "2025-12-31",
    )  # fmt: skip
    kept = TransferredHours.get()
    assert (kept.system, kept.from_on, kept.to_on, kept.proof, kept.verified_at) == (
        "中国志愿服务网", "2020-01-01", "2025-12-31", "证书 1", None,
    )  # fmt: skip
    assert MinuteEntry.select().count() == 0


def test_the_importer_does_not_verify_his_own_import(parts: Any, cast: Any, at: Any) -> None:
    code = imported(parts, cast, at, hours())
    with pytest.raises(Refusal) as refused:
        transferred.verify(actor=cast.actor(cast.officer, "console"), code=code, at=at)
    assert refused.value.code is C.OWN_RECORD
    assert transferred.waiting(actor=cast.actor(cast.officer, "console"), code=code, at=at).may is False


def test_verified_hours_are_minutes_and_never_points(parts: Any, cast: Any, at: Any) -> None:
    code = imported(parts, cast, at, hours())
    grant(at, cast.chali, "region_admin", region=COUNTY)
    assert transferred.verify(actor=cast.actor(cast.chali, "console"), code=code, at=at) == 1
    assert transferred.verify(actor=cast.actor(cast.chali, "console"), code=code, at=at) == 0
    working.work(parts=parts, at=at)
    working.work(parts=parts, at=at)
    entry = MinuteEntry.get()
    assert (entry.kind, entry.amount, entry.volunteer_id, MinuteEntry.select().count()) == (
        "transferred", 7590, cast.xiaobo.id, 1,
    )  # fmt: skip
    assert PointEntry.select().count() == 0
    assert books.verify() == []
    summary = my_hours.summary(volunteer_id=cast.xiaobo.id, at=at)
    assert (summary.total, summary.transferred, summary.reached, summary.points) == (7590, 7590, 1, 0)


def test_hours_from_before_raise_no_star_where_the_rule_says_so(parts: Any, cast: Any, at: Any) -> None:
    code = imported(parts, cast, at, hours())
    grant(at, cast.chali, "region_admin", region=COUNTY)
    transferred.verify(actor=cast.actor(cast.chali, "console"), code=code, at=at)
    working.work(parts=parts, at=at)
    RuleSet.create(
        kind="transferred", region_code=COUNTY, version=2, params='{"counts_for_stars": false}', valid_from=at
    )
    summary = my_hours.summary(volunteer_id=cast.xiaobo.id, at=at)
    assert (summary.total, summary.reached, summary.to_next) == (7590, 0, 6000)


def test_a_verifiers_own_hours_wait_for_somebody_else(parts: Any, cast: Any, at: Any) -> None:
    code = imported(parts, cast, at, hours(), hours(102, name="赵查理", team=cast.team.name))
    grant(at, cast.chali, "region_admin", region=COUNTY)
    assert transferred.verify(actor=cast.actor(cast.chali, "console"), code=code, at=at) == 1
    own = TransferredHours.select().join(ServiceRecord).where(ServiceRecord.volunteer == cast.chali).get()
    assert own.verified_at is None


def test_hours_that_are_not_proved_are_void(parts: Any, cast: Any, at: Any) -> None:
    code = imported(parts, cast, at, hours())
    grant(at, cast.chali, "region_admin", region=COUNTY)
    actor = cast.actor(cast.chali, "console")
    with pytest.raises(Refusal) as refused:
        transferred.refuse(actor=actor, code=code, reason=" ", at=at)
    assert refused.value.code is C.REASON_REQUIRED
    assert transferred.refuse(actor=actor, code=code, reason="证书不对", at=at) == 1
    assert ServiceRecord.get(ServiceRecord.source == "transferred").state == "void"


def test_the_same_or_overlapping_hours_are_not_taken_twice(parts: Any, cast: Any, at: Any) -> None:
    imported(parts, cast, at, hours())
    code = uploaded(
        parts, cast, at, hours(), hours(from_on="2025-06-01", to_on="2026-01-31", minutes=5), hours(system="志愿云"),
        kind="hours",
    )  # fmt: skip
    assert rows_of(cast, code, at) == [
        (2, "same", []), (3, "refused", [("from_on", "row_hours_overlap")]), (4, "new", []),
    ]  # fmt: skip


def test_hours_that_cannot_be_are_refused(parts: Any, cast: Any, at: Any) -> None:
    numbered(cast)
    code = uploaded(
        parts, cast, at, hours(from_on="2025-12-31", minutes=25), hours(to_on="2027-01-01"), hours(minutes="很多"),
        hours(104), hours(102, name="赵查理"), hours(from_on="2019-02-30"),
        hours(proof="", system="别的"), kind="hours",
    )  # fmt: skip
    assert rows_of(cast, code, at) == [
        (2, "refused", [("minutes", "row_hours_overlap")]),
        (3, "refused", [("to_on", "cell_day")]),
        (4, "refused", [("minutes", "cell_hours")]),
        (5, "refused", [("document", "row_person_unknown")]),
        (6, "refused", [("team", "row_no_team")]),
        (7, "refused", [("from_on", "cell_day")]),
        (8, "refused", [("proof", "cell_empty")]),
    ]
