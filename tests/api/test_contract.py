"""The API keeps to what `/api/v1/openapi.json` says, whatever is sent: schemathesis makes up the requests.

A leader, a member and somebody without a session send them; in every second try the made-up codes are replaced by
such as exist. A fault of ours is raised here, so it fails the test with its own traceback. All checks of
schemathesis are asked but those of `ELSEWHERE` and `STATE`, which say why. `make soak` sends each operation fifty
requests (SOAK_EXAMPLES=200: so many), and everything at the limits.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any
from zlib import crc32

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS

from handlers.api.description import description
from models import ServiceRecord, store
from services.accounts import sessions
from tests.support import personal
from tests.support.world import World, sign_up

#: Checks of schemathesis that are not asked here, and where their question is answered.
ELSEWHERE = {
    "use_after_free": "nothing is deleted under an address of its own: an end of session or consent has no number",
    "ensure_resource_availability": "it follows links of a description, and ours has none: tests/api/ goes these ways",
    "object_level_authorization": "tests/rights/ asks every route in nineteen roles",
}
#: The check that a fitting request is accepted asks only whether it was refused for how it is written: `bad_request`.
#: Every other code speaks of what there is; so does this one here.
STATE = {"post /api/v1/complaints": "the kinds are those of GET /complaints/kinds"}
#: Requests for each operation. PostgreSQL answers the same code: there it is enough to see that its types do, too.
SOAK = int(os.environ.get("SOAK_EXAMPLES", 0))
TRIES = {"sqlite": SOAK or 10, "postgres": SOAK or 2}
#: Of the requests that schemathesis thinks of itself (each limit, each type, each method, no token) one in so many.
EVERY = 1 if SOAK else 5
CALLERS = ("leader", "leader", "member", "nobody")


#: What the API says of itself; made once, and without a database.
DESCRIPTION = description()
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
SCHEMA.config.generation.update(allow_x00=False)  # no text holds a NUL (handlers/body.py), which no schema can say
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


def checks(name: str, mode: GenerationMode, answer: Any, *, real: bool = False) -> list[Any]:
    """What this answer is asked. A miss may fit after all once its codes were replaced (`real`)."""
    left = set(ELSEWHERE)
    if name in STATE or answer.status_code < 400 or answer.json()["code"] != "bad_request":
        left.add("positive_data_acceptance")
    if mode is MISSES:  # it may miss by its token, beside which it gets a good one
        left |= {"ignored_auth", "negative_data_rejection"} if real else {"ignored_auth"}
    return CHECKS.get_by_names([each for each in CHECKS.get_all_names() if each not in left])


@pytest.fixture(autouse=True)
def invented() -> Iterator[None]:
    """A number in a path that is made up here may look like somebody's telephone and is nobody's."""
    yield
    personal.faults[:] = [each for each in personal.faults if not each.startswith("path of ")]


@pytest.fixture
def session(cast: World, at: Any) -> Callable[[str], dict[str, str]]:
    """Headers with a new session of the caller each time: an act may end the last one."""
    people = {"leader": cast.ali, "member": cast.xiaobo}

    def headers(who: str) -> dict[str, str]:
        if who not in people:
            return {}
        identity = cast.actor(people[who]).identity_id
        assert identity is not None
        return {"Authorization": f"Bearer {sessions.open_session(kind='api', identity_id=identity, at=at).token}"}

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


Session = Callable[[str], dict[str, str]]


def _hold(app: Any, cast: World, session: Session, name: str, mode: GenerationMode) -> None:
    """Send made-up requests of one kind to one operation, and compare each answer with the description."""
    method, path = name.split()
    operation = SCHEMA[path][method.upper()]
    existing = _existing(cast)

    @settings(
        max_examples=TRIES[store.current().dialect], deadline=None, derandomize=True, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans(), who=st.sampled_from(CALLERS))
    def holds(case: Case, real: bool, who: str) -> None:
        if real:
            _put_in(case, existing)
        _send(app, case, session(who), name, real=real)

    holds()


def _send(app: Any, case: Case, own: dict[str, str], name: str, *, real: bool = False) -> None:
    """Send it with the caller's session, unless the case brings a made-up one, and ask its answer."""
    assert case.meta is not None
    mode, beside = case.meta.generation.mode, {}
    if "Authorization" not in (case.headers or {}):
        if mode is FITS:  # as its own, so that `ignored_auth` takes it away and looks
            case.headers = {**(case.headers or {}), **own}
        else:
            beside = own
    answer = case.call(app=app, headers=beside)
    asked = checks(name, mode, answer, real=real)
    case.validate_response(answer, checks=asked, headers=beside, transport_kwargs={"app": app, "headers": beside})


@pytest.mark.parametrize("name", OPERATIONS)
def test_answer_to_a_fitting_request_is_as_described(app: Any, happened: World, session: Session, name: str) -> None:
    _hold(app, happened, session, name, FITS)


def test_description_is_the_one_that_is_served(client: Any) -> None:
    served = client.get("/api/v1/openapi.json").json
    assert (served["paths"], served["components"]) == (DESCRIPTION["paths"], DESCRIPTION["components"])


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", UNFIT)
def test_unfit_request_is_refused_as_described(app: Any, happened: World, session: Session, name: str) -> None:
    _hold(app, happened, session, name, MISSES)


@pytest.mark.case(30)
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", OPERATIONS)
def test_request_at_the_limits_is_answered_as_described(
    app: Any, happened: World, session: Session, name: str
) -> None:
    method, path = name.split()
    operation = SCHEMA[path][method.upper()]
    cases = SCHEMA.iter_coverage_cases(
        operation=operation, generation_modes=[FITS, MISSES],
        generation_config=SCHEMA.config.generation_for(operation=operation),
    )  # fmt: skip
    for case in islice(cases, crc32(name.encode()) % EVERY, None, EVERY):
        without = getattr(case.meta.phase.data, "parameter", None) == "Authorization"
        _send(app, case, {} if without else session("leader"), name)


@pytest.mark.parametrize("method", ["DELETE", "BREW"])
def test_refusal_by_method_names_what_is_allowed(client: Any, db: Any, method: str) -> None:
    answer = client.open("/api/v1/me", method=method)
    assert (answer.status_code, set(answer.allow)) == (405, {"GET", "HEAD", "OPTIONS"})


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_number_longer_than_any_of_ours_is_the_number_of_nothing(
    client: Any, cast: World, session: Session, method: str
) -> None:
    path = f"/api/v1/me/presence/{'9' * 19}"
    answer = client.open(path, method=method, headers=session("leader"), json={"was_there": True})
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
