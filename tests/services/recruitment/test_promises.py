"""What was promised, in which version; a changed text is asked again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

import wording
from models import Acceptance
from services.actors import Actor
from services.errors import RefusalCode
from services.recruitment import promises
from tests.support.world import World

Refused = Callable[..., RefusalCode]


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A text gets another version."""

    def change(document: str) -> None:
        texts = dict(wording.entry("promises"))
        texts[document] = {**texts[document], "version": "2099-1"}
        original = wording.entry

        def entry(key: str) -> Any:
            name, _, rest = key.partition(".")
            node: Any = texts if name == "promises" else None
            for part in rest.split(".") if rest and node is not None else ():
                node = node[part]
            return original(key) if node is None else node

        monkeypatch.setattr(promises, "entry", entry)

    return change


def accept(cast: World, at: datetime, document: str = "pledge", **more: Any) -> None:
    facts = {"actor": cast.actor(cast.xiaobo), "team_code": cast.team.code} | more
    promises.accept(document=document, at=at, **facts)


def mine(person: Any) -> list[tuple[str, bool, str]]:
    found = promises.mine(volunteer_id=person.id, brand="红耀江淮")
    return [(each.promise.document, each.promise.accepted, each.version) for each in found]


def test_member_sees_the_pledge_and_his_teams_agreement(cast: World, at: datetime) -> None:
    assert mine(cast.xiaobo) == [("pledge", False, ""), ("agreement", False, "")]
    accept(cast, at)
    accept(cast, at, "agreement")
    accept(cast, at, "agreement")
    assert mine(cast.xiaobo) == [("pledge", True, "2026-1"), ("agreement", True, "2026-1")]
    kept = [(row.document, row.team_id, row.door) for row in Acceptance.select().order_by(Acceptance.id)]
    assert kept == [("pledge", None, "api"), ("agreement", cast.team.id, "api")]


def test_stranger_to_all_teams_is_asked_nothing(cast: World) -> None:
    assert mine(cast.chali) == []


@pytest.mark.parametrize("document", ["pledge", "agreement"])
def test_changed_text_is_asked_again(
    cast: World, at: datetime, newer: Callable[[str], None], document: str
) -> None:
    assert not promises.waiting(volunteer_id=cast.xiaobo.id)
    accept(cast, at)
    accept(cast, at, "agreement")
    assert not promises.waiting(volunteer_id=cast.xiaobo.id)
    newer(document)
    assert promises.waiting(volunteer_id=cast.xiaobo.id)
    assert (document, False, "2026-1") in mine(cast.xiaobo)
    accept(cast, at, document)
    assert not promises.waiting(volunteer_id=cast.xiaobo.id)
    assert (document, True, "2099-1") in mine(cast.xiaobo)


def test_who_never_promised_is_not_troubled(cast: World, newer: Callable[[str], None]) -> None:
    newer("pledge")
    assert not promises.waiting(volunteer_id=cast.xiaobo.id)


def test_agreement_of_a_team_one_is_not_in_is_not_there(cast: World, at: datetime, refused: Refused) -> None:
    assert refused(accept, cast, at, "agreement", team_code=cast.other_team.code) is RefusalCode.NOT_FOUND
    assert refused(accept, cast, at, "oath") is RefusalCode.NOT_FOUND
    assert refused(accept, cast, at, actor=Actor("api")) is RefusalCode.NOT_REGISTERED
    assert Acceptance.select().count() == 0
