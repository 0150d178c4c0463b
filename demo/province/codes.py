"""Public codes that never meet twice, without a memory of millions: a number turned around in a ring."""

from __future__ import annotations

from services.codes import ALPHABET

SIZE = len(ALPHABET)
LENGTH = 8
RING = SIZE**LENGTH
#: No multiple of 31, so each number has a place of its own in the ring; a start of its own for each kind.
FACTOR = 523_417_881_397
STARTS = {"team": 11_400_714_819, "volunteer": 297_121_507_333, "activity": 604_482_113, "shift": 771_009_551_207}
PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
SQUARE = SIZE * SIZE


def public(number: int, kind: str) -> str:
    """The code of the number-th of a kind: eight characters, the same at every making."""
    place = (number * FACTOR + STARTS[kind]) % RING
    place, fourth = divmod(place, SQUARE)
    place, third = divmod(place, SQUARE)
    first, second = divmod(place, SQUARE)
    return PAIRS[first] + PAIRS[second] + PAIRS[third] + PAIRS[fourth]
