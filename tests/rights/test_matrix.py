"""The reviewed table of rights is what the house does, and some of its columns can be told without reviewing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from handlers.console import manage
from tests.rights import examples, matrix
from tests.rights.stage import BESIDE, ROLES, Stage, standing

#: Doors that a person's right does not open or shut: a secret in the address, a file or an area that is not there, the
#: token of a phone without a network (tests/api/test_offline.py), somebody who
#: unfollowed (tests/pages/test_coming_back.py), a need that a team has claimed (tests/api/test_planning.py), a notice
#: from above that one received (tests/services/messaging/test_passing_on.py), a module that is off unless a division
#: turns it on (tests/pages/test_honours.py).
BLIND = {
    "GET /<stem>.txt", "GET /q/<stem>.txt", "POST /console/login", "POST /console/once/<token>", "POST /m/scan",
    "POST /console/practice", "GET /api/v1/offline/kit", "POST /api/v1/offline/scans", "POST /api/v1/offline/done",
    "POST /m/coming-back", "POST /api/v1/needs/<code>/back", "POST /api/v1/needs/<code>/served",
    "GET /console/notices/<int:notice_id>/pass", "POST /console/notices/<int:notice_id>/pass",
    "GET /console/notices/<int:notice_id>/tree", "GET /ranking", "GET /d/<link>",
}  # fmt: skip
#: What everybody may see or do for himself although an object stands in the address.
FOR_ALL = re.compile(
    r" (/api/v1/activities/<code>(/moves(/read)?|/evaluation|/similar|/agreement)?|/api/v1/(me|signups)/.*"
    r"|/api/v1/(complaints|public)/.*"
    r"|/commendations/<code>|/console/policy/points/<name>/preview"  # a public notice; the name of a number
    r"|/api/v1/teams/<team_code>/door|/activities/.*|/stories/.*|/teams/<code>|/projects/<code>|/(m|l|n|o|q|e|r|t|v|b|stars|static|console/once)/.*|/<stem>.txt|/console/imports/templates/<kind>)$"
)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with standing(tmp_path_factory.mktemp("rights")) as made:
        yield made


@pytest.fixture(scope="module")
def made(stage: Stage) -> matrix.Table:
    return matrix.table(stage)


def _objects(table: matrix.Table) -> dict[str, dict[str, str]]:
    """The rows whose address holds an object of somebody's."""
    return {
        name: cells
        for name, cells in table.items()
        if "<" in name.replace("<any('in', 'out'):direction>", "") and not FOR_ALL.search(name)
    }


@pytest.mark.case(28)
def test_rights_are_as_reviewed(made: matrix.Table) -> None:
    assert matrix.differences(matrix.read(), made) == [], "look at it, then `make rights`"


def test_every_door_opens_to_somebody(made: matrix.Table) -> None:
    assert [name for name, cells in made.items() if "yes" not in cells.values() and name not in BLIND] == []


def test_nothing_beside_is_there(made: matrix.Table) -> None:
    assert len(_objects(made)) > 30
    there = [
        (name, role) for name, cells in _objects(made).items() for role in BESIDE if cells[role] == "yes"
    ]
    assert there == []


#: What the stage's volunteer does for himself, or as the one whom a training provider named (tests/services/training).
HIS = {
    "POST /api/v1/trainings/orders/<code>/take", "POST /api/v1/trainings/<code>/finish",
    "POST /api/v1/trainings/<code>/results", "POST /api/v1/rewards/<code>/redeem",
}  # fmt: skip


def test_who_only_looks_changes_nothing(made: matrix.Table) -> None:
    changes = [
        (name, role)
        for name, cells in _objects(made).items()
        for role in ("viewer", "auditor", "volunteer", "stranger", "anonymous")
        if not name.startswith("GET ") and cells[role] == "yes" and (role != "volunteer" or name not in HIS)
    ]
    assert changes == []


def test_nobody_unknown_comes_into_the_console(made: matrix.Table) -> None:
    open_doors = {"GET /console/login", "GET /console/once/<token>"}
    inside = [
        (name, role)
        for name, cells in made.items()
        for role in ("anonymous", "stranger", "volunteer", "member")
        if " /console" in name and name not in open_doors and cells[role] == "yes"
    ]
    assert [each for each in inside if each[0] != "POST /console/logout"] == []


def test_office_leads_nobody_to_a_closed_door(stage: Stage, made: matrix.Table) -> None:
    paths = [path for _, pages in manage.SECTIONS for path, _, _ in pages if f"GET {path}" in made]
    closed = []
    for role in ROLES:
        if made["GET /console/manage"][role] != "yes":
            continue
        shown = stage.call(role, "GET", "/console/manage").text
        closed += [
            (role, path) for path in paths if f'href="{path}"' in shown and made[f"GET {path}"][role] != "yes"
        ]
    assert closed == []


def _unknown(stage: Stage, name: str) -> str:
    """The address of the same route with objects that do not exist."""
    method, _, rule = name.partition(" ")
    found = next(
        each
        for each in stage.app.url_map.iter_rules()
        if each.rule == rule and method in (each.methods or ())
    )
    values: dict[str, Any] = examples.values(stage, rule, set(found.arguments))
    for key, value in values.items():
        if key not in ("direction", "kind", "name", "step"):
            values[key] = 999_999 if isinstance(value, int) else "zzzzzzzz"
    return stage.app.url_map.bind("localhost").build(found.endpoint, values, method=method)


@pytest.mark.case(28)
def test_what_lies_beside_answers_as_what_does_not_exist(stage: Stage, made: matrix.Table) -> None:
    """Same status, same body: nobody can try out which numbers exist; a code that is signed nobody can try out."""
    differ = []
    for name, cells in _objects(made).items():
        if "?format" in name or name in examples.QUERIES or " /g/" in name:
            continue
        for role in BESIDE:
            if cells[role] != "absent":
                continue
            method = name.split(" ")[0]
            answers = []
            for path in (matrix.path(stage, name), _unknown(stage, name)):
                answers.append(stage.call(role, method, path, **examples.body(stage, name)))
                stage.clean()
            one, other = answers
            if (one.status_code, one.data) != (other.status_code, other.data):
                differ.append((name, role, one.status_code, other.status_code))
    assert differ == []


def test_a_route_without_a_row_is_told() -> None:
    old = {"GET /a": {"member": "yes"}, "GET /b": {"member": "yes"}}
    new = {"GET /a": {"member": "no"}, "GET /c": {"member": "yes"}}
    assert matrix.differences(old, new) == [
        "no row for GET /c", "no route for the row GET /b", "GET /a: member was yes, is no",
    ]  # fmt: skip


def test_an_object_without_an_example_is_told(stage: Stage) -> None:
    with pytest.raises(LookupError, match=r"examples\.py"):
        examples.values(stage, "/console/castles/<castle>", {"castle"})
