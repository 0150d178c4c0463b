"""The pages of paper and their typeface: Noto Sans SC out of a wheel, read once by each process and cut for each file.

fpdf2 reads a font anew for each document and cuts it with Python (0.9 s of a page's second); here every document gets
a copy of what was read, and HarfBuzz cuts the letters out before fpdf2 looks at them.
"""

from __future__ import annotations

import copy
import functools
import io
import logging
import threading
from typing import Any

import pylopdf_fonts_zh_cn
import uharfbuzz
from fpdf import FPDF
from fpdf.fonts import SubsetMap, TTFFont
from fpdf.output import OutputProducer

from services.printing import FONT, GREY, SMALL

#: The font knows every Chinese letter in use; what it lacks (pictures, rare scripts) need not fill the log.
logging.getLogger("fpdf").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)
_reading = threading.Lock()


class Pages(FPDF):
    """Pages with a footer: its words and, where they are `counted`, the number of the page."""

    words = ""
    numbered = True
    counted = True

    def footer(self) -> None:
        if not self.numbered:
            return
        self.set_y(-14)
        self.set_font(FONT, size=SMALL - 1)
        self.set_text_color(GREY)
        self.cell(
            0,
            6,
            "　".join(each for each in (self.words, f"{self.page_no()}/{{nb}}" if self.counted else "") if each),
            align="C",
        )
        self.set_text_color(0)


@functools.cache
def _kept() -> tuple[TTFFont, uharfbuzz.Face]:
    """The font as fpdf2 reads it, and as HarfBuzz cuts it."""
    path = str(pylopdf_fonts_zh_cn.sans_path())
    first = FPDF()
    first.add_font(FONT, fname=path)
    font = first.fonts[FONT]
    assert isinstance(font, TTFFont)
    return font, uharfbuzz.Face(uharfbuzz.Blob.from_file_path(path))


def _read() -> tuple[TTFFont, uharfbuzz.Face]:
    with _reading:
        return _kept()


def give(pages: FPDF) -> None:
    """Let a document write in the typeface."""
    font = copy.copy(_read()[0])
    font.i = len(pages.fonts) + 1
    font.desc = copy.copy(font.desc)
    font.missing_glyphs = []
    font.subset = SubsetMap(font)
    pages.fonts[FONT] = font


def put_out(pages: FPDF) -> bytes:
    """The document as a file."""
    return bytes(pages.output(output_producer_class=_Cutting))


class _Cutting(OutputProducer):
    """Puts a document out with its typeface cut: only now every letter is written, the last footer too."""

    def _add_fonts(self, *objects: Any) -> Any:
        _cut(self.fpdf)
        return super()._add_fonts(*objects)


def _cut(pages: FPDF) -> None:
    """Cut the typeface down to the letters that were written."""
    font = pages.fonts[FONT]
    assert isinstance(font, TTFFont)
    wanted = uharfbuzz.SubsetInput()
    wanted.sets(uharfbuzz.SubsetInputSets.GLYPH_INDEX).update(
        glyph.glyph_id for glyph, _ in font.subset.items() if glyph is not None
    )
    flags = uharfbuzz.SubsetFlags
    wanted.flags = flags.NOTDEF_OUTLINE | flags.NO_LAYOUT_CLOSURE | flags.DESUBROUTINIZE | flags.NO_HINTING
    small = uharfbuzz.subset(_read()[1], wanted)
    font.ttfont = type(font.ttfont)(io.BytesIO(small.blob.data), recalcTimestamp=False, recalcBBoxes=False, lazy=True)
