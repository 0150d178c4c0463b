"""PDF for paper: A4 pages with a heading, lines, tables that go on over pages, pictures, codes.

    paper = Paper(title="…", subtitle="…", footer="…")
    paper.line("…")
    paper.table(headings=["日期", "活动", "时长"], rows=[…], widths=[2, 5, 2], right={2})
    paper.code("https://…", x=150, y=20, size=40)
    body = paper.pdf()

Noto Sans SC is the only font: it comes with a wheel and is cut down to the letters used. Text from people is drawn,
never run; letters that the font lacks are shown as a box. Lengths are millimetres, the words the caller's.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

import pylopdf_fonts_zh_cn
import qrcode
from fpdf import FPDF
from fpdf.enums import TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace
from qrcode.constants import ERROR_CORRECT_M

from services.workbooks import plain

FONT = "noto"
MARGIN = 18
SMALL, TEXT, HEADING = 10, 12, 20
GREY = 110
#: The font knows every Chinese letter in use; what it lacks (pictures, rare scripts) need not fill the log.
logging.getLogger("fpdf").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


class _Pages(FPDF):
    """Pages with a footer: its words and the number of the page."""

    words = ""
    numbered = True

    def footer(self) -> None:
        if not self.numbered:
            return
        self.set_y(-14)
        self.set_font(FONT, size=SMALL - 1)
        self.set_text_color(GREY)
        self.cell(
            0,
            6,
            f"{self.words}　{self.page_no()}/{{nb}}" if self.words else f"{self.page_no()}/{{nb}}",
            align="C",
        )
        self.set_text_color(0)


def code_png(text: str, scale: int = 8) -> bytes:
    """A QR code as a PNG with the four white modules that scanners need."""
    code: qrcode.QRCode[object] = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4, box_size=scale)
    code.add_data(text)
    code.make(fit=True)
    out = io.BytesIO()
    code.make_image().save(out)
    return out.getvalue()


class Paper:
    """A document being written; `pages` is the fpdf document, for what is placed by hand."""

    def __init__(
        self, *, title: str, subtitle: str = "", footer: str = "", made_at: datetime, first_page: bool = True
    ) -> None:
        self.pages = _Pages(format="A4", unit="mm")
        self.pages.words = plain(footer)
        self.pages.set_title(plain(title))
        self.pages.set_creation_date(made_at)
        self.pages.set_margins(MARGIN, MARGIN)
        self.pages.set_auto_page_break(True, margin=20)
        self.pages.add_font(FONT, fname=str(Path(pylopdf_fonts_zh_cn.sans_path())))
        self.pages.set_font(FONT, size=TEXT)
        if first_page:
            self.page(title, subtitle)

    def page(self, title: str, subtitle: str = "") -> None:
        """A new page with its heading."""
        self.pages.add_page()
        self.line(title, size=HEADING, align="C")
        if subtitle:
            self.line(subtitle, align="C", grey=True)
        self.space(3)

    def line(self, text: str, *, size: float = TEXT, align: str = "L", grey: bool = False) -> None:
        """A paragraph; long ones are broken."""
        self.pages.set_font(FONT, size=size)
        self.pages.set_text_color(GREY if grey else 0)
        self.pages.multi_cell(0, size * 0.58, plain(text), align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.pages.set_text_color(0)
        self.pages.set_font(FONT, size=TEXT)

    def space(self, height: float) -> None:
        """Room."""
        self.pages.ln(height)

    def table(
        self, *, headings: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float],
        right: Collection[int] = (),
    ) -> None:  # fmt: skip
        """A table whose heading stands again on each page; `widths` are shares, `right` columns of figures."""
        head = FontFace(fill_color=(243, 240, 235), emphasis="")
        with self.pages.table(
            col_widths=tuple(widths), headings_style=head, line_height=TEXT * 0.62, padding=(1.2, 1.5),
            borders_layout=TableBordersLayout.ALL,
            text_align=tuple("RIGHT" if column in right else "LEFT" for column in range(len(headings))),
        ) as drawn:  # fmt: skip
            drawn.row([plain(each) for each in headings])
            for cells in rows:
                drawn.row([plain(each) for each in cells])

    def text_at(
        self, text: str, *, x: float, y: float, width: float, size: float = TEXT, grey: bool = False
    ) -> None:
        """Text in a place of its own, on one line, made smaller until it fits."""
        shown, fits = plain(text), size
        self.pages.set_font(FONT, size=fits)
        while fits > 6 and self.pages.get_string_width(shown) > width - 1:
            fits -= 0.5
            self.pages.set_font(FONT, size=fits)
        self.pages.set_text_color(GREY if grey else 0)
        self.pages.set_xy(x, y)
        self.pages.cell(width, size * 0.5, shown)
        self.pages.set_text_color(0)
        self.pages.set_font(FONT, size=TEXT)

    def picture(self, body: bytes, *, x: float, y: float, width: float, height: float) -> None:
        """A picture, whole, in the middle of its place."""
        self.pages.image(io.BytesIO(body), x=x, y=y, w=width, h=height, keep_aspect_ratio=True)

    def code(self, text: str, *, x: float, y: float, size: float) -> None:
        """A QR code."""
        self.picture(code_png(text), x=x, y=y, width=size, height=size)

    def frame(self, *, x: float, y: float, width: float, height: float) -> None:
        """A thin line around a place, to cut along."""
        self.pages.set_draw_color(180)
        self.pages.rect(x, y, width, height)
        self.pages.set_draw_color(0)

    def pdf(self) -> bytes:
        """The finished file."""
        return bytes(self.pages.output())
