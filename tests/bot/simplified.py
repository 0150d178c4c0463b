"""What OpenCC makes of each traditional character, for `wording/characters.toml`: `python -m tests.bot.simplified`."""

from __future__ import annotations

from pathlib import Path

from opencc import OpenCC

FILE = Path(__file__).parents[2] / "wording" / "characters.toml"
HEAD = """\
# Traditional characters in the chat and, at the same places, their simplified ones: what OpenCC makes of each (t2s).
# `python -m tests.bot.simplified` writes it; a test compares. Ready here, it costs the service no dictionary.
"""
WIDTH = 50


def pairs() -> dict[str, str]:
    """Every character of the basic block that has another simplified form, and that form."""
    characters = [chr(code) for code in range(0x4E00, 0xA000)]
    simple = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {one: other for one, other in zip(characters, simple, strict=True) if one != other}


def _lines(name: str, text: str) -> str:
    pieces = [text[place : place + WIDTH] for place in range(0, len(text), WIDTH)]
    return "\\\n".join([f'{name} = """', *pieces, '"""\n'])


if __name__ == "__main__":
    found = pairs()
    FILE.write_text(HEAD + _lines("traditional", "".join(found)) + _lines("simplified", "".join(found.values())))
