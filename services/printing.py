"""PDF for paper: A4 pages with a heading, lines, tables that go on over pages, pictures, codes.

    paper = Paper(title="…", subtitle="…", footer="…")
    paper.line("…")
    paper.table(headings=["日期", "活动", "时长"], rows=[…], widths=[2, 5, 2], right={2})
    paper.code("https://…", x=150, y=20, size=40)
    body = paper.pdf()

Noto Sans SC is the only font: it comes with a wheel and is cut down to the letters used. Text from people is drawn,
never run; letters that the font lacks are shown as a box, so that nobody's name loses one unseen. Lengths are
millimetres, the words the caller's. fpdf2 is loaded with the first paper (`services/typefaces.py`).
"""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from datetime import datetime

from services.workbooks import plain

FONT = "noto"
MARGIN = 18
SMALL, TEXT, HEADING = 10, 12, 20
GREY = 110
BOX = "□"
#: No line begins with one of these.
NEVER_FIRST = "，。、；：！？）》〉」』”’…·・,.;:!?)"
#: A line takes so much of its letters' size (points to millimetres, and room between).
LEADING = 0.42
SMALLEST = 6


def code_png(text: str, scale: int = 8) -> bytes:
    """A QR code as a PNG with the four white modules that scanners need."""
    import qrcode
    from qrcode.constants import ERROR_CORRECT_M

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
        from services import typefaces

        self.pages = typefaces.Pages(format="A4", unit="mm")
        self.pages.words = plain(footer)
        self.pages.set_title(plain(title))
        self.pages.set_creation_date(made_at)
        self.pages.set_margins(MARGIN, MARGIN)
        self.pages.set_auto_page_break(True, margin=20)
        typefaces.give(self.pages)
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
        room = self.pages.epw - 2 * self.pages.c_margin - 0.1
        shown = "\n".join(each for part in self._known(text).split("\n") for each in self._broken(part, room))
        self.pages.multi_cell(0, size * 0.58, shown, align=align, new_x="LMARGIN", new_y="NEXT")
        self.pages.set_text_color(0)
        self.pages.set_font(FONT, size=TEXT)

    def _known(self, text: str) -> str:
        """The text with a box in the place of each letter that the font lacks."""
        letters = self.pages.fonts[FONT].cmap  # type: ignore[union-attr]
        return "".join(each if ord(each) in letters or each.isspace() else BOX for each in plain(text))

    def _broken(self, text: str, width: float) -> list[str]:
        """The text in lines no wider than `width`, in the font that is set; no line begins with a full stop."""
        lines, line = [], ""
        for letter in text:
            if not line or self.pages.get_string_width(line + letter) <= width:
                line += letter
                continue
            keep = len(line)
            if letter in NEVER_FIRST and keep > 1:
                keep -= 1
            elif letter.isascii() and letter.isalnum() and line.rfind(" ") > 0:
                keep = line.rfind(" ") + 1
            lines.append(line[:keep].rstrip())
            line = (line[keep:] + letter).lstrip()
        return [*lines, line]

    def space(self, height: float) -> None:
        """Room."""
        self.pages.ln(height)

    def table(
        self, *, headings: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float],
        right: Collection[int] = (), size: float = TEXT,
    ) -> None:  # fmt: skip
        """A table whose heading stands again on each page; `widths` are shares, `right` columns of figures. One of
        small letters (`size`) has low rows."""
        from fpdf.fonts import FontFace

        head = FontFace(fill_color=(243, 240, 235), emphasis="")
        self.pages.set_font(FONT, size=size)
        with self.pages.table(
            col_widths=tuple(widths), headings_style=head, line_height=size * 0.62,
            padding=(1.2, 1.5) if size >= TEXT else (0.4, 1.5),
            borders_layout="ALL",
            text_align=tuple("RIGHT" if column in right else "LEFT" for column in range(len(headings))),
        ) as drawn:  # fmt: skip
            drawn.row([self._known(each) for each in headings])
            for cells in rows:
                drawn.row([self._known(each) for each in cells])
        self.pages.set_font(FONT, size=TEXT)

    def pairs(self, rows: Sequence[tuple[str, str]], *, size: float = TEXT) -> None:
        """What things are called beside what they are, in a table without a heading."""
        self.pages.set_font(FONT, size=size)
        with self.pages.table(
            col_widths=(2, 9), first_row_as_headings=False, line_height=size * 0.6, padding=(0.9, 1.5),
            borders_layout="ALL", text_align="LEFT",
        ) as drawn:  # fmt: skip
            for cells in rows:
                drawn.row([self._known(each) for each in cells])
        self.pages.set_font(FONT, size=TEXT)

    def text_at(
        self,
        text: str,
        *,
        x: float,
        y: float,
        width: float,
        size: float = TEXT,
        height: float = 0,
        grey: bool = False,
    ) -> None:
        """Text in a place of its own, made smaller until it fits: on one line, or on as many as `height` has room
        for. What does not fit even so ends in dots."""
        shown, fits = self._known(text), size
        while True:
            self.pages.set_font(FONT, size=fits)
            lines = self._broken(shown, width - 1)
            most = max(1, int(height / (fits * LEADING)))
            if len(lines) <= most or fits <= SMALLEST:
                break
            fits -= 0.5
        if len(lines) > most:
            lines = [*lines[: most - 1], lines[most - 1][:-1] + "…"]
        self.pages.set_text_color(GREY if grey else 0)
        for number, line in enumerate(lines):
            self.pages.set_xy(x, y + number * fits * LEADING)
            self.pages.cell(width, fits * (0.5 if len(lines) == 1 else LEADING), line)
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
        from services import typefaces

        return typefaces.put_out(self.pages)
