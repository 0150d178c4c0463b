"""What nobody asked for in a body of the API is refused with the whole of it: no role, points, hours or state comes in
beside what a form does send (OWASP API3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.rights import examples, matrix
from tests.rights.stage import ROLES, Stage, standing

SMUGGLED: tuple[dict[str, Any], ...] = (
    {"role": "region_admin"}, {"volunteer_id": 1}, {"points": 9999}, {"minutes": 9999}, {"state": "confirmed"},
    {"is_admin": True},
)  # fmt: skip


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with standing(tmp_path_factory.mktemp("smuggled")) as made:
        yield made


@pytest.fixture(scope="module")
def writes(stage: Stage) -> list[tuple[str, str, dict[str, Any]]]:
    """(name, a role that may, its body) of every write of the API that takes a body."""
    cells, found = matrix.read(), []
    for method, rule in matrix.routes(stage):
        name = f"{method} {rule}"
        body = examples.body(stage, name).get("json") if method != "GET" and rule.startswith("/api/") else None
        role = next((each for each in ROLES if cells.get(name, {}).get(each) == "yes"), None)
        if isinstance(body, dict) and body and role is not None:
            found.append((name, role, body))
    return found


def test_field_that_is_not_asked_for_is_refused(stage: Stage, writes: Any) -> None:
    assert len(writes) > 60
    taken = []
    for name, role, body in writes:
        more = {key: value for each in SMUGGLED for key, value in each.items() if key not in body}
        answer = stage.call(role, name.split(" ")[0], matrix.path(stage, name), json={**body, **more})
        # One of these names a write may have itself; the others are told by name.
        if answer.status_code != 400 or len(answer.json["facts"].get("fields", [])) < len(more) - 1:
            taken.append((name, answer.status_code, answer.json.get("facts")))
        stage.clean()
    assert taken == []


def test_control_without_it_the_same_is_done(stage: Stage, writes: Any) -> None:
    done = 0
    for name, role, body in writes[:20]:
        answer = stage.call(role, name.split(" ")[0], matrix.path(stage, name), json=body)
        done += answer.status_code < 300
        stage.clean()
    assert done > 10
