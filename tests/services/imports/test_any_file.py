"""A file with anything in its cells goes the whole way, upload to report, and does no more than good rows do."""

from __future__ import annotations

import io
from contextlib import suppress
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import ImportBatch, ImportRow
from services.errors import Refusal
from services.imports import batches, cells, reports, working
from services.imports.kinds import KINDS
from tests.services.imports.files import id_number, of_kind
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import COUNTY, VILLAGE, World

pytestmark = [pytest.mark.case(29), pytest.mark.parametrize("db", ["sqlite"], indirect=True)]
#: What fits somewhere, what a joker puts there, and anything else a cell can hold.
GOOD = st.sampled_from([
    "陈老兵", id_number(1), id_number(2), "退役军人", VILLAGE, COUNTY, "2023-05-01", "13800001111", 12.5, "1",
    "东湖服务队", "341522100201", "全国志愿服务信息系统", "队长", 60,
])  # fmt: skip
ODD = st.sampled_from([
    '=HYPERLINK("http://evil.example","点我")', "+1", "-2", "@SUM(A1)", "＝1", "<script>alert(1)</script>", "{{7*7}}",
    "' OR 1=1 --", "1e999", "9" * 400, "\u202e", "😀" * 300, "=cmd|' /C calc'!A0", True, -1, 1e300, 10**17,
])  # fmt: skip
ANY = st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.dates() | st.datetimes() | st.text(
    st.characters(exclude_categories=("Cs", "Cc")), max_size=60
)  # fmt: skip


@st.composite
def files(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]]]:
    """(kind, rows by key of column)."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    keys = [column.key for column in cells.columns(kind)]
    row = st.fixed_dictionaries(dict.fromkeys(keys, GOOD | ODD | ANY))
    return kind, draw(st.lists(row, min_size=1, max_size=5))


def test_any_cells_are_judged_reported_and_applied_without_a_fault(cast: World, at: Any) -> None:
    states: list[str] = []

    @settings(
        max_examples=60, deadline=None, derandomize=True, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    @given(made=files())
    def goes(made: tuple[str, list[dict[str, Any]]]) -> None:
        with suppress(Refusal):
            states.append(_whole_way(cast, at, *made))

    goes()
    assert set(states) == {"applied"}
    assert len(states) > 40


def _whole_way(cast: World, at: Any, kind: str, rows: list[dict[str, Any]]) -> str:
    """Up, judged, reported, applied; the state it ends in."""
    parts, actor = make_parts(FakeGateway()), cast.actor(cast.officer, "console")
    code = batches.upload(
        parts=parts, actor=actor, kind=kind, region_code=COUNTY, file_name="=1+1.xlsx", body=of_kind(kind, *rows), at=at
    )
    for minutes in range(4):
        later = at + timedelta(minutes=minutes)
        working.work(parts=parts, at=later)
        batch = ImportBatch.get(ImportBatch.code == code)
        if batch.state == "checked":
            _no_formula(reports.report(actor=actor, code=code, at=later))
            batches.start(actor=actor, code=code, at=later)
    assert ImportRow.select().where(ImportRow.batch == batch.id).count() <= len(rows)
    return str(batch.state)


def _no_formula(book: bytes) -> None:
    for page in openpyxl.load_workbook(io.BytesIO(book)).worksheets:
        assert [cell.value for row in page.iter_rows() for cell in row if cell.data_type == "f"] == []
