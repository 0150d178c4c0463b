"""What an examination of the house finds, in the shape that its parts share."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from frozen import dataclass
from wording import say

OK, UNSURE, WRONG = ORDER = ("ok", "unsure", "wrong")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `state` is ok, wrong or unsure, `name` the key of its sentence."""

    state: str
    name: str
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What the operator reads."""
        return say(f"doctor.{self.state}.{self.name}", **self.facts)


@dataclass(frozen=True, slots=True)
class Callback:
    """An address that the platform pushes to: account oa or mp; no token means that it is not used."""

    account: str
    path: str
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    appid: str
