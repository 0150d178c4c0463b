"""更正 on paper: who has no smartphone has what is wrong about him put right, too; who wrote it does not decide."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models import Correction, Delivery, ProxyAct, Volunteer, store
from services.errors import Refusal, RefusalCode
from services.lives import proxies
from services.parts import Parts
from services.privacy import correcting_desk
from tests.services.accounts.test_documents import with_check
from tests.support import world
from tests.support.world import CITY, World

C = RefusalCode
RIGHT = with_check("34152219600511003")


@pytest.fixture
def write(parts: Parts, cast: World, photo: bytes, at: datetime) -> Any:
    def written(act: str, value: str, helper: Volunteer) -> str:
        proxies.act_for(
            parts=parts, actor=cast.actor(helper, "console"), public_no=cast.xiaobo.public_no, act=act, value=value,
            form=photo, at=at,
        )  # fmt: skip
        return str(Correction.get().code)

    return written


@pytest.fixture
def decide(parts: Parts, cast: World, at: datetime) -> Any:
    def decided(code: str, officer: Volunteer) -> None:
        correcting_desk.decide(
            parts=parts, actor=cast.actor(officer, "console"), code=code, good=True, reason="当面看了身份证", at=at
        )

    return decided


def asked_of() -> list[int]:
    return [row.volunteer_id for row in Delivery.select().where(Delivery.kind == "correction_asked")]


def test_leader_writes_it_and_the_office_decides(cast: World, write: Any, decide: Any) -> None:
    code = write("correct_document", RIGHT, cast.ali)
    assert asked_of() == [cast.officer.id]
    decide(code, cast.officer)
    assert Volunteer.get_by_id(cast.xiaobo.id).birth_date == "1960-05-11"
    assert (ProxyAct.get().subject, Correction.get().door) == ("", "proxy")


def test_who_wrote_it_does_not_decide(cast: World, write: Any, decide: Any, parts: Parts, at: datetime) -> None:
    store.write(lambda: world.grant(at, cast.chali, "region_admin", region=CITY))
    code = write("correct_name", "王晓博", cast.officer)
    assert asked_of() == [cast.chali.id]
    with pytest.raises(Refusal) as no:
        decide(code, cast.officer)
    assert no.value.code is C.OWN_RECORD
    shown = correcting_desk.one(
        parts=parts, actor=cast.actor(cast.officer, "console"), code=code, confirmed_at=at, at=at
    )
    assert (shown.may_decide, shown.right) == (False, {})
    decide(code, cast.chali)
    assert Volunteer.get_by_id(cast.xiaobo.id).name == "王晓博"


def test_what_is_typed_wrongly_is_refused_and_nothing_noted(cast: World, write: Any) -> None:
    with pytest.raises(Refusal) as no:
        write("correct_document", "341522", cast.ali)
    assert (no.value.code, ProxyAct.select().count(), Correction.select().count()) == (C.DOCUMENT_INVALID, 0, 0)
