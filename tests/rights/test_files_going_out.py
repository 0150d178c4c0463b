"""Every file that leaves the house, as whoever sees most gets it, in a world whose every text is a formula.

A sheet holds no formula and is kept, not opened, by the browser; a picture is one that the house drew, without a word
of where it was taken; nothing goes out as a type that a browser runs, or that it may guess.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pytest
from PIL import Image

from tests.rights import matrix
from tests.rights.spoiled import spoil
from tests.rights.stage import Stage, standing

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULAS = (
    '=HYPERLINK("http://evil.example","点我")', "+1", "-2", "@SUM(A1)", "\t=1+1", "\r=1+1", "＝1+1", "＋1", "－1",
    "＠x", "=cmd|' /C calc'!A0", "\x07=1", "340102195001011234", "😀=1", "http://evil.example",
)  # fmt: skip
#: What a browser does with it is ours to say: shown, kept or read by a program.
TYPES = {
    XLSX, "image/jpeg", "image/png", "application/pdf", "text/plain", "text/html", "text/css", "text/javascript",
    "application/json", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with standing(tmp_path_factory.mktemp("files")) as made:
        spoil(FORMULAS)
        yield made


@pytest.fixture(scope="module")
def sent(stage: Stage) -> dict[str, Any]:
    """Address → the answer of every GET that has one, and of every list as Excel."""
    found: dict[str, Any] = {}
    for method, rule in matrix.routes(stage):
        if method != "GET" or rule.startswith(("/static/", "/favicon.ico")):  # our own
            continue
        role = "county_admin" if rule.startswith("/console") else "leader"
        path = matrix.path(stage, f"GET {rule}")
        found[path] = stage.call(role, "GET", path)
        if found[path].mimetype == "text/html" and "format=xlsx" in found[path].text:
            path += ("&" if "?" in path else "?") + "format=xlsx"
            found[path] = stage.call(role, "GET", path)
    return {path: answer for path, answer in found.items() if answer.status_code == 200}


def test_everything_goes_out_as_a_type_that_no_browser_guesses(sent: dict[str, Any]) -> None:
    assert {answer.mimetype for answer in sent.values()} <= TYPES
    assert [path for path, answer in sent.items() if answer.headers["X-Content-Type-Options"] != "nosniff"] == []


def test_case_29_no_sheet_that_goes_out_holds_a_formula(
    sent: dict[str, Any], figure: Callable[[str], None]
) -> None:
    sheets = {path: answer for path, answer in sent.items() if answer.mimetype == XLSX}
    seen: Counter[str] = Counter()
    for path, answer in sheets.items():
        assert answer.headers["Content-Disposition"].startswith("attachment"), path
        for page in openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets:
            for cell in (cell for row in page.iter_rows() for cell in row):
                assert (cell.data_type, cell.hyperlink) != ("f", None), f"{path} {cell.value}"
                assert cell.hyperlink is None, f"{path} {cell.value}"
                seen[cell.data_type] += str(cell.value).lstrip().startswith(("=", "+", "-", "@", "＝"))
    assert len(sheets) > 30
    assert set(seen.elements()) == {"s"}
    figure(f"{seen['s']} formulas as text in {len(sheets)} sheets of every export")


def test_every_picture_that_goes_out_was_drawn_by_the_house(sent: dict[str, Any]) -> None:
    pictures = {path: answer.data for path, answer in sent.items() if answer.mimetype.startswith("image/")}
    assert len(pictures) > 5
    for path, body in pictures.items():
        with Image.open(io.BytesIO(body)) as found:
            assert found.format in ("JPEG", "PNG"), path
            assert dict(found.getexif()) == {}, path
