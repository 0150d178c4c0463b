"""Shorthands of recruitment's tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from services.errors import Refusal, RefusalCode
from services.recruitment import applications, vetting
from tests.support.world import World


class Recruiting:
    """Acts of the cast around one application: chali applies, ali leads, the officer decides."""

    def __init__(self, cast: World, at: datetime) -> None:
        self.cast, self.at = cast, at

    def apply(self, **more: Any) -> applications.Applied:
        facts = {
            "actor": self.cast.actor(self.cast.chali),
            "team_code": self.cast.team.code,
            "promised": True,
        } | more
        return applications.apply(at=self.at, **facts)

    def recommend(self, **more: Any) -> applications.Applied:
        facts = {
            "actor": self.cast.actor(self.cast.ali, "console"), "team_code": self.cast.team.code,
            "public_no": self.cast.chali.public_no, "statement": "老班长",
        } | more  # fmt: skip
        return applications.recommend(at=self.at, **facts)

    def refer(self, code: str, **more: Any) -> None:
        facts = {
            "actor": self.cast.actor(self.cast.ali), "asked": "邻居", "asked_count": 3, "favourable": True, "note": "",
        } | more  # fmt: skip
        vetting.add_reference(code=code, at=self.at, **facts)

    def examine(self, code: str, *, failed: str = "", **more: Any) -> bool:
        criteria = {name: (name != failed, "不合适" if name == failed else "") for name in vetting.CRITERIA}
        facts = {
            "actor": self.cast.actor(self.cast.officer), "criteria": criteria, "examined_on": self.at.date(),
        } | more  # fmt: skip
        return vetting.examine(code=code, at=self.at, **facts)

    def approve(self, code: str, **more: Any) -> None:
        applications.approve(code=code, at=self.at, **({"actor": self.cast.actor(self.cast.officer)} | more))

    def vetted(self) -> str:
        """An application that only waits for the decision."""
        code = self.apply().code
        self.refer(code)
        self.examine(code)
        return code


@pytest.fixture
def recruiting(cast: World, at: datetime) -> Recruiting:
    return Recruiting(cast, at)


@pytest.fixture
def refused() -> Callable[..., RefusalCode]:
    def ask(act: Callable[..., Any], *args: Any, **facts: Any) -> RefusalCode:
        with pytest.raises(Refusal) as no:
            act(*args, **facts)
        return no.value.code

    return ask
