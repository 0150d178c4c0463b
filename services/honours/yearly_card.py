"""The picture of a volunteer's year: laid out to be read at the width of a phone, a third of its own.

What there is fills the sheet: the blocks share the room that is left between them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from services.honours.shapes import Year
from services.participation.drawing import INK, PALE, RED, WHITE, font, png, write
from services.workbooks import plain
from wording import say

SIZE = (1080, 1440)
#: Honours that are named.
SHOWN = 3
#: How large their names are: the first size in which one fits on its line.
SIZES = (52, 46, 42)
GOLD, SAND = (255, 214, 120), (250, 245, 235)
#: Where the head ends and the foot begins; the margin of what stands between.
HEAD, FOOT, LEFT, WIDTH = 430, 1350, 90, 900
Block = tuple[int, Callable[[int], None]]


@lru_cache(maxsize=16)
def drawn(brand: str, year: Year) -> bytes:
    """The PNG."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", SIZE, WHITE)
    pen = ImageDraw.Draw(picture)
    _head(pen, brand, year)
    blocks = [_hours(pen, year.minutes), _tiles(pen, year), _honours(pen, year.honours)]
    blocks = [block for block in blocks if block[0]]
    free = FOOT - HEAD - sum(height for height, _ in blocks)
    gap = free // (len(blocks) + 1)
    y = HEAD + gap
    for height, draw in blocks:
        draw(y)
        y += height + gap
    write(pen, say("honours.card.until", day=year.until), x=60, y=FOOT, size=40, width=960, ink=PALE, centre=True)
    return png(picture)


def _head(pen: Any, brand: str, year: Year) -> None:
    pen.rectangle((0, 0, SIZE[0], HEAD), fill=RED)
    write(pen, brand, x=60, y=44, size=48, width=960, ink=GOLD, centre=True)
    write(pen, plain(year.name), x=60, y=120, size=104, width=960, ink=WHITE, centre=True)
    y = 265 if year.star else 300
    y = write(pen, say("honours.card.heading", year=year.year), x=60, y=y, size=56, width=960, ink=WHITE, centre=True)
    if year.star:
        words = say("honours.card.stars", stars="★" * year.star, star=year.star)
        write(pen, words, x=60, y=y, size=52, width=960, ink=GOLD, centre=True)


def _hours(pen: Any, minutes: int) -> Block:
    if not minutes:
        return 0, lambda y: None
    hours, rest = divmod(minutes, 60)
    words = say("honours.card.both" if rest else "honours.card.whole", hours=hours, minutes=rest)

    def draw(y: int) -> None:
        write(pen, say("honours.card.hours"), x=LEFT, y=y, size=56, width=WIDTH, ink=PALE, centre=True)
        _figures(pen, words, y + 260, (200, 64), LEFT, WIDTH, RED)

    return 290, draw


def _figures(
    pen: Any, words: str, baseline: int, sizes: tuple[int, int], x: int, width: int, ink: Sequence[int]
) -> None:  # fmt: skip
    """`words` on one line in the middle, the figures in the first size, the rest in the second."""
    runs = [(part, sizes[0] if part.isdigit() else sizes[1]) for part in words.split()]
    space = sizes[1] // 4
    whole = sum(font(size).getlength(part) for part, size in runs) + space * (len(runs) - 1)
    if whole > width:  # more hours than anybody has
        _figures(pen, words, baseline, (sizes[0] * 3 // 4, sizes[1] * 3 // 4), x, width, ink)
        return
    left = x + (width - whole) / 2
    for part, size in runs:
        pen.text((left, baseline), part, font=font(size), fill=tuple(ink), anchor="ls")
        left += font(size).getlength(part) + space


def _tiles(pen: Any, year: Year) -> Block:
    facts = [
        (say("honours.card.activities"), say("honours.card.times", count=year.activities), year.activities),
        (say("honours.card.served"), say("honours.card.people", count=year.served), year.served),
    ]
    shown = [(label, words) for label, words, count in facts if count]
    if not shown:
        return 0, lambda y: None
    gap = 30
    wide = (WIDTH - gap * (len(shown) - 1)) // len(shown)

    def draw(y: int) -> None:
        for place, (label, words) in enumerate(shown):
            x = LEFT + place * (wide + gap)
            pen.rounded_rectangle((x, y, x + wide, y + 220), radius=24, fill=SAND)
            _figures(pen, words, y + 120, (100, 52), x + 10, wide - 20, INK)
            write(pen, label, x=x, y=y + 145, size=46, width=wide, ink=PALE, centre=True)

    return 220, draw


def _honours(pen: Any, names: Sequence[str]) -> Block:
    if not names:
        return 0, lambda y: None
    step, shown = 70, [plain(name) for name in names[:SHOWN]]
    heading = say("honours.card.honours")
    if len(names) > SHOWN:
        heading += say("honours.card.more", count=len(names))

    def draw(y: int) -> None:
        write(pen, heading, x=LEFT, y=y, size=46, width=WIDTH, ink=PALE, centre=True)
        for place, name in enumerate(shown):
            size = next((each for each in SIZES if font(each).getlength(name) <= WIDTH), SIZES[-1])
            write(pen, name, x=LEFT, y=y + 76 + place * step, size=size, width=WIDTH, ink=RED, centre=True)

    return 76 + len(shown) * step, draw
