"""PNG pictures that people pass on: a poster and a share card, drawn with the font of the paper (services/printing.py).

A code takes at least a third of the width, so that it still reads when the picture is printed with a code of 3 cm.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import pylopdf_fonts_zh_cn

from frozen import dataclass
from services.printing import NEVER_FIRST, code_png

if TYPE_CHECKING:
    from PIL import Image, ImageFont

RED, INK, PALE, WHITE = (178, 34, 34), (33, 33, 33), (90, 90, 90), (255, 255, 255)
LEADING = 1.35


@dataclass(frozen=True, slots=True)
class Facts:
    """The words of a picture, ready to draw; `labels` of time and place."""

    brand: str
    title: str
    team: str
    place: str
    time: str
    url: str
    hint: str
    labels: tuple[str, str]


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The font of the pictures in a size of so many pixels."""
    from PIL import ImageFont

    return ImageFont.truetype(str(pylopdf_fonts_zh_cn.sans_path()), size)


def lines(text: str, *, size: int, width: int, most: int) -> list[str]:
    """The text in at most so many lines; what does not fit ends in …; no line begins with a closing sign."""
    used = font(size)
    found, current = [], ""
    for letter in " ".join(text.split()):
        if used.getlength(current + letter) > width and letter not in NEVER_FIRST:
            found.append(current)
            current = letter.strip()
        else:
            current += letter
    found.append(current)
    if len(found) > most:
        found = [*found[: most - 1], found[most - 1][:-1] + "…"]
    return found


def write(
    pen: Any, text: str, *, x: int, y: int, size: int, width: int, most: int = 1, ink: Sequence[int] = INK,
    centre: bool = False,
) -> int:  # fmt: skip
    """Draw the text from (x, y) down; where the next line may begin."""
    used = font(size)
    for line in lines(text, size=size, width=width, most=most):
        left = x + (width - used.getlength(line)) / 2 if centre else x
        pen.text((left, y), line, font=used, fill=tuple(ink))
        y += round(size * LEADING)
    return y


def _code(url: str, size: int) -> Image.Image:
    """The code as large as fits into `size`, whole pixels to the module, in its middle on white."""
    from PIL import Image

    one = Image.open(io.BytesIO(code_png(url, scale=1)))
    scale = max(1, size // one.width)
    drawn = one.convert("RGB").resize((one.width * scale, one.width * scale), Image.Resampling.NEAREST)
    ground = Image.new("RGB", (size, size), WHITE)
    ground.paste(drawn, ((size - drawn.width) // 2, (size - drawn.height) // 2))
    return ground


def png(picture: Image.Image) -> bytes:
    """The picture as a file."""
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


@lru_cache(maxsize=32)
def poster(facts: Facts) -> bytes:
    """1080 by 1440 pixels, to print and to hang up."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (1080, 1440), WHITE)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, 1080, 150), fill=RED)
    write(pen, facts.brand, x=60, y=40, size=56, width=960, ink=WHITE, centre=True)
    y = write(pen, facts.title, x=60, y=200, size=72, width=960, most=3, centre=True)
    y = write(pen, facts.team, x=60, y=y + 10, size=36, width=960, most=2, ink=PALE, centre=True) + 30
    for label, text in zip(facts.labels, (facts.time, facts.place), strict=True):
        pen.text((80, y), label, font=font(44), fill=RED)
        y = write(pen, text, x=200, y=y, size=44, width=800, most=2) + 14
    picture.paste(_code(facts.url, 480), (300, 880))
    write(pen, facts.hint, x=60, y=1370, size=36, width=960, ink=PALE, centre=True)
    return png(picture)


@lru_cache(maxsize=32)
def card(facts: Facts) -> bytes:
    """1000 by 800 pixels, to be shared in a chat."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (1000, 800), WHITE)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, 1000, 110), fill=RED)
    write(pen, facts.brand, x=40, y=26, size=44, width=920, ink=WHITE)
    y = write(pen, facts.title, x=40, y=150, size=64, width=920, most=2)
    write(pen, facts.team, x=40, y=y + 4, size=32, width=920, ink=PALE)
    y = 420
    for label, text in zip(facts.labels, (facts.time, facts.place), strict=True):
        pen.text((40, y), label, font=font(36), fill=RED)
        y = write(pen, text, x=40, y=y + 50, size=36, width=540, most=2) + 16
    picture.paste(_code(facts.url, 360), (610, 410))
    return png(picture)


def cover(*, brand: str, title: str) -> bytes:
    """900 by 383 pixels, a JPEG: the cover of an article that has no photo."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (900, 383), RED)
    pen = ImageDraw.Draw(picture)
    y = write(pen, title, x=60, y=90, size=60, width=780, most=2, ink=WHITE, centre=True)
    write(pen, brand, x=60, y=y + 20, size=36, width=780, ink=WHITE, centre=True)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()
