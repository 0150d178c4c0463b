"""What audit and histories still say of somebody whose account was closed, as a reader gets it.

Both are only added to and stand under seals, for what they answer for outlasts the account (PIPL §51, §55): the words
in them, a reason, a former name, cannot be taken out. So they rest where they are, and nobody is shown them any more
(§47: what cannot be deleted is stored and not otherwise used). That somebody looked, when and who, stays readable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from wording import say

#: A word of ours, no one's own.
CODE = re.compile(r"[a-z_.]{0,40}")


def is_closed(name: str) -> bool:
    """Whether a person of this name is one whose account was closed; nobody registers with it."""
    return name == say("personal_data.closed.name")


def facts(said: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a line without anybody's words: figures and words of ours stay."""
    return {key: say("personal_data.closed.words") if key == "reason" else _kept(value) for key, value in said.items()}


def _kept(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _kept(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_kept(each) for each in value]
    if value is None or isinstance(value, bool | int):
        return value
    return value if isinstance(value, str) and CODE.fullmatch(value) else "…"
