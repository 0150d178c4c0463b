"""What people read. `say("bot.hours", total="3 小时")` fills a sentence; `words("commands")` gives a list.

One TOML file per audience, keyed `file.key` (`refusals.code_expired`). A missing key or fact raises: tests
walk every key, so a person never sees a hole.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@cache
def _file(name: str) -> dict[str, Any]:
    with (HERE / f"{name}.toml").open("rb") as handle:
        return tomllib.load(handle)


@cache
def entry(key: str) -> Any:
    """The raw entry under a dotted key, not to be changed; KeyError if there is none."""
    name, *path = key.split(".")
    node: Any = _file(name)
    for part in path:
        node = node[part]
    return node


def say(key: str, **facts: Any) -> str:
    """The sentence under `key` with its `{facts}` filled in."""
    text = entry(key)
    if not isinstance(text, str):
        raise TypeError(f"{key} is not a sentence")
    return text.format(**facts)


def known(key: str) -> bool:
    """Whether there is an entry under `key`."""
    try:
        entry(key)
    except (KeyError, FileNotFoundError):
        return False
    return True
