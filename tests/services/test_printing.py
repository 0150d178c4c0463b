"""PDFs for paper: they hold what was written, over several pages, and nobody's name breaks them."""

from __future__ import annotations

import io
from datetime import datetime

import zxingcpp
from PIL import Image

from services.printing import Paper, code_png


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
