"""Acts of a module that a division has switched off are refused, whichever door they come through."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from services.actors import OPERATOR
from services.errors import Refusal, RefusalCode
from services.imports import batches
from services.national import numbers as national
from services.policy import modules, numbers
from services.recruitment import applications
from tests.services.imports.files import of_kind
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import COUNTY, PROVINCE, World

ACTS: dict[str, tuple[str, Callable[[World, datetime], object]]] = {
    "applying": ("recruitment", lambda cast, at: applications.apply(
        actor=cast.actor(cast.chali), team_code=cast.team.code, promised=True, at=at
    )),
    "recommending": ("recruitment", lambda cast, at: applications.recommend(
        actor=cast.actor(cast.ali), team_code=cast.team.code, public_no=cast.chali.public_no, statement="", at=at
    )),
    "importing": ("imports", lambda cast, at: batches.upload(
        parts=make_parts(FakeGateway()), actor=cast.actor(cast.officer), kind="people", region_code=COUNTY,
        file_name="a.xlsx", body=of_kind("people"), at=at,
    )),
    "telling a number": ("national", lambda cast, at: national.report(
        actor=cast.actor(cast.xiaobo), number="340000000001", at=at
    )),
}  # fmt: skip


@pytest.mark.parametrize("name", ACTS)
def test_act_of_a_module_that_is_off_is_refused(cast: World, at: datetime, name: str) -> None:
    module, act = ACTS[name]
    numbers.set_number(
        actor=OPERATOR, region_code=COUNTY, kind="modules", name=module, value=False, lock=False, reason="r", at=at
    )
    with pytest.raises(Refusal) as refused:
        act(cast, at)
    assert refused.value.code == RefusalCode.MODULE_OFF


def test_modules_open_to_somebody_are_those_of_his_places(cast: World, at: datetime) -> None:
    numbers.set_number(
        actor=OPERATOR, region_code=PROVINCE, kind="modules", name="mall", value=True, lock=False, reason="r", at=at
    )
    assert "mall" in modules.open_to(actor=cast.actor(cast.ali), at=at)
    assert modules.open_to(actor=cast.actor(cast.chali), at=at) == frozenset()
