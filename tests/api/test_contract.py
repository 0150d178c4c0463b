"""The API keeps to what `/api/v1/openapi.json` says, whatever is sent: schemathesis makes up the requests.

A leader sends them, so that every act is within reach; in every second try the made-up codes are replaced by
such as exist. A fault of ours is raised here, so it fails the test with its own traceback.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from handlers.api.description import description
from models import ServiceRecord, store
from services.accounts import sessions
from tests.support.world import World, sign_up

CONFORMS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
#: Requests for each operation. PostgreSQL answers the same code: there it is enough to see that its types do, too.
TRIES = {"sqlite": 10, "postgres": 3}


#: What the API says of itself; made once, and without a database.
DESCRIPTION = description()
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
OPERATIONS = {
    f"{method} {path}": operation
    for path, operations in DESCRIPTION["paths"].items()
    for method, operation in operations.items()
}


def _can_miss(operation: dict[str, Any]) -> bool:
    """A request can miss the description by its body, its query or its key; any text is a code of an open address."""
    if operation.get("security") or "requestBody" in operation:
        return bool(operation.keys() & {"requestBody", "parameters"})
    return any(each["in"] != "path" for each in operation.get("parameters", ()))


UNFIT = [name for name, operation in OPERATIONS.items() if _can_miss(operation)]
FITS, MISSES = GenerationMode.POSITIVE, GenerationMode.NEGATIVE


def _existing(cast: World) -> dict[str, Any]:
    """Parameter or field → a value that exists."""
    record = ServiceRecord.get()
    return {
        "code": cast.activity.code, "shift_code": cast.shift.code, "team_code": cast.team.code,
        "public_no": cast.xiaobo.public_no, "record_id": record.id, "purpose": "service", "direction": "in",
    }  # fmt: skip


def _put_in(case: Case, existing: dict[str, Any]) -> None:
    for place in (case.path_parameters, case.body):
        if isinstance(place, dict):
            place.update({name: existing[name] for name in place.keys() & existing.keys()})
    if case.path.startswith("/api/v1/shifts/"):
        case.path_parameters["code"] = existing["shift_code"]


@pytest.fixture
def leader(cast: World, at: Any) -> Callable[[], dict[str, str]]:
    """Headers with a new session each time: an act may end the last one."""
    identity = cast.actor(cast.ali).identity_id
    assert identity is not None

    def headers() -> dict[str, str]:
        token = sessions.open_session(kind="api", identity_id=identity, at=at).token
        return {"Authorization": f"Bearer {token}"}

    return headers


@pytest.fixture
def happened(cast: World, at: Any) -> World:
    """小博 has signed up and is inside."""

    def make() -> None:
        sign_up(at, cast.shift, cast.xiaobo)
        ServiceRecord.create(
            shift=cast.shift, activity=cast.activity, team=cast.team, volunteer=cast.xiaobo,
            region_code=cast.team.region_code, local_day="2026-06-10", in_at=cast.shift.starts_at,
            in_mode="poster", needs_naming=True, rule_set=cast.hours_rule, created_at=at, updated_at=at,
        )  # fmt: skip

    store.write(make)
    return cast


def _hold(
    app: Any, cast: World, leader: Callable[[], dict[str, str]], name: str, mode: GenerationMode
) -> None:
    """Send made-up requests of one kind to one operation, and compare each answer with the description."""
    method, path = name.split()
    operation = SCHEMA[path][method.upper()]
    existing = _existing(cast)

    @settings(
        max_examples=TRIES[store.current().dialect], deadline=None, derandomize=True, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans())
    def holds(case: Case, real: bool) -> None:
        checks = CONFORMS
        if real:
            _put_in(case, existing)
        elif mode is MISSES:
            checks = [*CONFORMS, negative_data_rejection]
        own = None if "Authorization" in (case.headers or {}) else leader()
        case.call_and_validate(app=app, headers=own, checks=checks)

    holds()


@pytest.mark.parametrize("name", OPERATIONS)
def test_answer_to_a_fitting_request_is_as_described(
    app: Any, happened: World, leader: Callable[[], dict[str, str]], name: str
) -> None:
    _hold(app, happened, leader, name, FITS)


def test_description_is_the_one_that_is_served(client: Any) -> None:
    served = client.get("/api/v1/openapi.json").json
    assert (served["paths"], served["components"]) == (DESCRIPTION["paths"], DESCRIPTION["components"])


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", UNFIT)
def test_unfit_request_is_refused_as_described(
    app: Any, happened: World, leader: Callable[[], dict[str, str]], name: str
) -> None:
    _hold(app, happened, leader, name, MISSES)
