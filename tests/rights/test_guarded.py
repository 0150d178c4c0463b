"""Every page and every form of the house, one by one: nothing runs in a page, no foreign page writes through a form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from peewee import fn

from handlers import requests
from models import Complaint
from tests.rights import examples, guarded, matrix
from tests.rights.stage import ROLES, Stage, standing

#: Doors of no cookie: a Bearer token, or WeChat's seal.
WITHOUT_COOKIE = (" /api/", " /wechat/")
#: Forms for everybody, logged in or not: there is no session whose token they could carry. What they need is a secret
#: in the address or in the form, a limit, and that no foreign page sends them.
FOR_EVERYBODY = {
    "POST /console/login", "POST /console/once/<token>", "POST /b/<token>", "POST /e/<token>", "POST /n/<region>",
    "POST /n/of/<token>", "POST /m/complaints", "POST /m/complaints/<token>", "POST /commendations/<code>",
    "POST /stars/<code>",
}  # fmt: skip
FOREIGN = ["https://evil.example", "null", "http://[", "http://localhost.evil.example", "//localhost"]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with standing(tmp_path_factory.mktemp("guarded")) as made:
        yield made


@pytest.fixture(scope="module")
def writes(stage: Stage) -> list[str]:
    """Every route that changes something and is opened by a cookie, or by nothing."""
    names = [f"{method} {rule}" for method, rule in matrix.routes(stage)]
    found = [n for n in names if not n.startswith("GET ") and not any(door in n for door in WITHOUT_COOKIE)]
    assert len(found) > 200
    return found


def _opens_to(name: str) -> str:
    """A role to whom the reviewed table opens this door, the first that has a session."""
    cells = matrix.read().get(name, {})
    return next((role for role in ROLES[1:] if cells.get(role) == "yes"), "province_admin")


def _call(stage: Stage, name: str, **how: Any) -> Any:
    method = name.split(" ")[0]
    return stage.call(_opens_to(name), method, matrix.path(stage, name), **how)


def _let_in(stage: Stage, names: list[str], headers: Callable[[int], dict[str, str]]) -> list[tuple[str, int]]:
    """Of these writes the ones that, called with these headers, were not refused or wrote something."""
    found = []
    for number, name in enumerate(names):
        answer = _call(stage, name, headers=headers(number), **examples.body(stage, name))
        if answer.status_code != 403 or stage.wrote():
            found.append((name, answer.status_code))
        stage.clean()
    return found


def test_form_without_its_token_or_with_another_ones_writes_nothing(stage: Stage, writes: list[str]) -> None:
    tokens = ("", stage.tokens[("auditor", "h5")][1])
    let_in = _let_in(stage, writes, lambda number: {"X-CSRF-Token": tokens[number % 2]})
    assert {name for name, _ in let_in} == FOR_EVERYBODY


def test_form_of_a_foreign_page_writes_nothing(stage: Stage, writes: list[str]) -> None:
    assert _let_in(stage, writes, lambda number: {"Origin": FOREIGN[number % len(FOREIGN)]}) == []


@pytest.mark.parametrize("origin", FOREIGN)
def test_no_foreign_origin_is_taken_for_ours(stage: Stage, origin: str) -> None:
    assert _let_in(stage, ["POST /m/complaints"], lambda _: {"Origin": origin}) == []


@pytest.mark.parametrize(
    "header",
    [("Referer", "https://evil.example/m/complaints"), ("Referer", "http://["), ("Sec-Fetch-Site", "cross-site")],
)
def test_foreign_page_in_a_browser_that_names_no_origin_writes_nothing(stage: Stage, header: tuple[str, str]) -> None:
    assert _let_in(stage, sorted(FOR_EVERYBODY), lambda _: dict([header])) == []


def test_who_names_neither_origin_nor_page_is_a_program_and_writes(stage: Stage) -> None:
    """The control: what carries nobody's cookies needs no page of ours."""
    assert {name for name, _ in _let_in(stage, sorted(FOR_EVERYBODY), lambda _: {})} == FOR_EVERYBODY


@pytest.mark.parametrize("name", ["POST /m/complaints", "POST /commendations/<code>", "POST /stars/<code>"])
@pytest.mark.parametrize("own", [True, False])
def test_form_for_everybody_is_in_the_name_of_whoever_is_logged_in_by_its_token_alone(
    stage: Stage, name: str, own: bool
) -> None:
    role = "volunteer"
    headers = {} if own else {"X-CSRF-Token": stage.tokens[("auditor", "h5")][1]}
    before = Complaint.select(fn.MAX(Complaint.id)).scalar() or 0
    answer = stage.call(
        role, "POST", matrix.path(stage, name), headers=headers, **examples.body(stage, name)
    )
    assert answer.status_code == 200
    [made] = Complaint.select().where(Complaint.id > before)
    assert (made.volunteer_id is not None) is own
    stage.clean()


@pytest.mark.parametrize("address", ["/m/complaints", "/commendations/nomin002", "/stars/star000002"])
def test_form_for_everybody_carries_the_token_of_whoever_is_logged_in(stage: Stage, address: str) -> None:
    page = stage.call("volunteer", "GET", address).text
    assert f'name="csrf" value="{stage.tokens[("volunteer", "h5")][1]}"' in page
    assert 'name="csrf" value=""' in stage.call("anonymous", "GET", address).text


def test_own_page_writes(stage: Stage) -> None:
    """The control: with the same body and our own address it is done."""
    for name in ("POST /m/complaints", "POST /m/me/logout"):
        answer = _call(stage, name, headers={"Origin": "http://localhost"}, **examples.body(stage, name))
        assert (answer.status_code, stage.wrote()) == (200, True)
        stage.clean()


def test_every_answer_to_a_get_is_safe_to_show(stage: Stage) -> None:
    """Also refusals, downloads and pictures: no guessing of types, and no page runs what stands in it."""
    names = [f"{method} {rule}" for method, rule in matrix.routes(stage) if method == "GET"]
    wrong, pages = [], 0
    for name in names:
        answer = _call(stage, name)
        pages += answer.mimetype == "text/html" and answer.status_code == 200
        if found := guarded.faults(answer):
            wrong.append((name, found))
        stage.clean()
    assert (wrong, pages > 250) == ([], True)


def test_policy_allows_nothing_inline_and_nobody_elses_files() -> None:
    policy = requests.CSP.split("; ")
    assert [rule for rule in guarded.STRICT if rule not in policy] == []
    assert [weak for weak in guarded.WEAK if weak in requests.CSP] == []


@pytest.mark.parametrize(
    "page",
    ["<script>x()</script>", "<script src='https://evil.example/x.js'></script>", "<p style='color:red'>",
     "<style>p{}</style>",
     '<img src="/x.png" onerror="x()">', "<a href=javascript:x()>", "<a href=' JavaScript:x()'>", "<iframe src='/m'>",
     "<base href='//evil.example'>"],
)  # fmt: skip
def test_what_would_run_is_found(page: str) -> None:
    """The control of the sweep over all pages."""
    headers = {
        "X-Content-Type-Options": "nosniff", "Content-Security-Policy": requests.CSP, "Cache-Control": "no-store"
    }
    answer = SimpleNamespace(headers=headers, mimetype="text/html", text=f"<html><body>{page}</body></html>")
    assert len(guarded.faults(answer)) == 1
