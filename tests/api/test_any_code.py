"""Whatever the mini-program's scanner sends is refused in our shape, and nobody is checked in by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import ServiceRecord
from services import codes
from tests.support.world import World, sign_up

pytestmark = [pytest.mark.case(22), pytest.mark.parametrize("db", ["sqlite"], indirect=True)]
Bearer = Callable[[Any], dict[str, str]]
PARTS = st.sampled_from(["i1", "o1", "p1", "v1", "k1", "a1", "shift", "0", "7a1b2c", "-1", "f" * 60, "é", "１", ""])
CODES = st.text(st.characters(exclude_categories=("Cs",)), max_size=320) | st.lists(PARTS, max_size=7).map(".".join)


@settings(
    max_examples=120, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(code=CODES, real=st.booleans(), leader=st.booleans())
def test_any_scanned_text_is_refused_in_our_shape(
    client: Any, cast: World, at: Any, bearer: Bearer, code: str, real: bool, leader: bool
) -> None:
    if real:
        code = code.replace("shift", cast.shift.code)
    headers = bearer(cast.ali if leader else cast.xiaobo)
    for path, body in (
        ("scan-tickets", {"code": code}),
        ("attendance/scans", {"code": code}),
        ("attendance/person-scans", {"code": code, "shift_code": cast.shift.code, "direction": "in"}),
    ):
        answer = client.post(f"/api/v1/{path}", json=body, headers=headers)
        assert 400 <= answer.status_code < 500, (path, answer.text)
        assert set(answer.json) == {"code", "message", "facts"}
    assert ServiceRecord.select().count() == 0


def test_code_on_the_screen_is_no_such_text(client: Any, cast: World, at: Any, bearer: Bearer) -> None:
    sign_up(at, cast.shift, cast.xiaobo)
    key = {"shift_code": cast.shift.code, "shift_key": cast.shift.code_key}
    code = codes.venue_code(direction="in", at=at, **key)
    answer = client.post("/api/v1/scan-tickets", json={"code": code})
    assert (answer.status_code, answer.json["direction"]) == (201, "in")
