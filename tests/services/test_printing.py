"""PDFs for paper: they hold what was written, over several pages, and nobody's name breaks them."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
import zxingcpp
from PIL import Image

from services.printing import NEVER_FIRST, Paper, code_png


def test_table_goes_on_over_pages(at: datetime) -> None:
    paper = Paper(title="服务时长", subtitle="2026年6月", footer="红耀江淮", made_at=at)
    paper.table(
        headings=["日期", "活动", "时长"],
        rows=[["2026-06-01", "清洁河岸", "2 小时"]] * 80,
        widths=[2, 5, 2],
        right={2},
    )
    assert paper.pdf().startswith(b"%PDF-")
    assert paper.pages.pages_count >= 3


def test_odd_names_do_not_break_a_page(at: datetime) -> None:
    paper = Paper(title="<b>一</b>", made_at=at)
    paper.line("=HYPERLINK(1) \x00\u202e 😀 {nb} **x** " + "长" * 500)
    paper.table(headings=["a"], rows=[["字" * 600], [""]], widths=[1])
    paper.text_at("很长很长的名字" * 9, x=20, y=200, width=40)
    assert len(paper.pdf()) > 1000


def test_code_is_read_back(at: datetime) -> None:
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(code_png("https://x.example/q/k1.abc"))))
    assert [each.text for each in found] == ["https://x.example/q/k1.abc"]


def _lines(paper: Paper, text: str, width: float) -> list[str]:
    return paper._broken(paper._known(text), width)


def test_letter_that_the_font_lacks_leaves_a_box(at: datetime) -> None:
    paper = Paper(title="x", made_at=at)
    assert paper._known("欧阳\U0002123d😀") == "欧阳□□"
    assert paper._known("刘䶮·A b\n") == "刘䶮·A b\n"


def test_lines_fit_and_none_begins_with_a_stop(at: datetime) -> None:
    paper = Paper(title="x", made_at=at)
    text = "谨以此册，纪念老同志。" * 9
    for width in range(12, 60):
        lines = _lines(paper, text, width)
        assert "".join(lines) == text
        assert [line for line in lines if line[0] in NEVER_FIRST] == []
        assert [line for line in lines if paper.pages.get_string_width(line) > width] == []
    assert _lines(paper, "A very long name", 20)[0] == "A very"


def test_long_name_is_drawn_whole_in_its_place(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    paper, drawn = Paper(title="x", made_at=at), []
    monkeypatch.setattr(paper.pages, "cell", lambda _width, _height, text: drawn.append(text))
    name = "阿不都热合曼·买买提伊明·吐尔逊古丽江"
    paper.text_at(name, x=10, y=10, width=26, size=15, height=11)
    assert ("".join(drawn), len(drawn) > 1) == (name, True)
    drawn.clear()
    paper.text_at(name * 9, x=10, y=10, width=26, size=15)
    assert (len(drawn), drawn[0][-1]) == (1, "…")
