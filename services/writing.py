"""Word files (.docx) to go on writing in: a title, paragraphs, tables of text, in the type of an official paper.

    letter = Letter(title="…", made_at=at)
    letter.pairs([("名称", "…")])
    letter.heading("…")
    letter.table(["队", "人数"], [["…", "12"]])
    body = letter.file()

Body in 仿宋 16 pt, headings in 黑体, title in 小标宋 22 pt (GB/T 9704); the fonts are named, the reader's computer has
them. Text from people is text, never a field.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from services.workbooks import plain, width
from wording import entry

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph

SIZE, SMALL, TITLE_SIZE = 16, 12, 22
#: Margins of an official paper, in millimetres: top, bottom, left, right.
MARGINS = (37, 35, 28, 26)
#: A table of more columns than FEW has the small type TINY; a letter takes so many millimetres for each point.
FEW, TINY, LETTER = 6, 9, 0.19
#: Columns up to so many letters (days, figures, states) are as wide as they need; the others share what is left.
SHORT = 14


def fitted(rows: Sequence[Sequence[str]], *, room: float, size: float) -> list[float]:
    """Millimetres for each column of a table in type of so many points, so that no day and no number is broken."""
    letters = [max(width(text) for text in column) for column in zip(*rows, strict=True)]
    needed = [each * size * LETTER for each in letters]
    left = room - sum(need for need, each in zip(needed, letters, strict=True) if each <= SHORT)
    long = sum(each for each in letters if each > SHORT)
    return [
        need if each <= SHORT else max(left, size) * each / long
        for need, each in zip(needed, letters, strict=True)
    ]


class Letter:
    """A document being written."""

    def __init__(self, *, title: str, made_at: datetime) -> None:
        from docx import Document
        from docx.shared import Mm

        self.document = Document()
        top, bottom, left, right = MARGINS
        page = self.document.sections[0]
        page.page_width, page.page_height = Mm(210), Mm(297)
        page.top_margin, page.bottom_margin = Mm(top), Mm(bottom)
        page.left_margin, page.right_margin = Mm(left), Mm(right)
        self.document.core_properties.title = plain(title)
        self.document.core_properties.author = ""
        self.document.core_properties.created = made_at.replace(tzinfo=None)
        self._title(title)

    def _title(self, title: str) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        heading = self._put(self.document.add_paragraph(), title, "title", TITLE_SIZE)
        heading.alignment = WD_ALIGN_PARAGRAPH.CENTER

    def _put(self, paragraph: Paragraph, text: str, use: str, size: float) -> Paragraph:
        from docx.oxml.ns import qn
        from docx.shared import Pt

        font = entry(f"paper.fonts.{use}")
        run = paragraph.add_run(plain(text))
        run.font.name, run.font.size = font, Pt(size)
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
        return paragraph

    def heading(self, text: str) -> None:
        """A heading within the paper."""
        self._put(self.document.add_paragraph(), text, "heading", SIZE)

    def line(self, text: str) -> None:
        """A paragraph."""
        self._put(self.document.add_paragraph(), text, "body", SMALL)

    def pairs(self, rows: Sequence[tuple[str, str]]) -> None:
        """What things are called beside what they are."""
        self._grid([list(each) for each in rows], head=False, widths=(38, 118))

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table with a heading."""
        grid = [list(headings), *(list(each) for each in rows)]
        size = SMALL if len(headings) <= FEW else TINY
        left, right = MARGINS[2:]
        self._grid(grid, head=True, widths=fitted(grid, room=210 - left - right, size=size), size=size)

    def _grid(self, rows: list[list[str]], *, head: bool, widths: Sequence[float], size: float = SMALL) -> None:
        from docx.oxml import OxmlElement
        from docx.shared import Mm

        if not rows:
            return
        grid = self.document.add_table(rows=len(rows), cols=len(rows[0]))
        grid.style = "Table Grid"
        # Row by row: grid.cell() looks through the whole table each time.
        for number, (line, cells) in enumerate(zip(grid.rows, rows, strict=True)):
            if head and number == 0:  # the heading stands again on each page
                line._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
            for column, (cell, text) in enumerate(zip(line.cells, cells, strict=True)):
                cell.width = Mm(widths[column])
                use = "heading" if (head and number == 0) or (not head and column == 0) else "body"
                self._put(cell.paragraphs[0], text, use, size)
        self.document.add_paragraph()

    def picture(self, body: bytes) -> None:
        """A picture, as wide as the text."""
        from docx.shared import Mm

        left, right = MARGINS[2:]
        self.document.add_picture(io.BytesIO(body), width=Mm(210 - left - right))

    def page(self, title: str) -> None:
        """A new page with its title."""
        self.document.add_page_break()
        self._title(title)

    def file(self) -> bytes:
        """The finished file."""
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()
