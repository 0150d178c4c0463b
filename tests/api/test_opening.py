"""The doors of the house: loaded when first come to, whole before anybody is let in, the same as if all were open."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask

from handlers.auth import need_login, need_volunteer
from handlers.console.frame import need_role
from handlers.doors import DOORS, Door, House, _copied
from tests.architecture.rules import HEAVY, ROOT

#: A first request at each door, and what it is answered without any log-in.
FIRST = {
    "/livez": 200, "/api/v1/activities": 401, "/wechat/callback": 403, "/console/login": 200, "/m/login": 200,
}  # fmt: skip


@pytest.fixture
def migrated(sqlite_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(sqlite_template, tmp_path / "fresh.db"))


def in_a_fresh_process(code: str, database: Path) -> Any:
    """What `code` prints as JSON, in a process that has loaded nothing yet."""
    env = {"DEMO": "true", "DATABASE_URL": f"sqlite:///{database}", "CLOCK_FILE": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


LOADED = "import json, sys; print(json.dumps(sorted(sys.modules)))"
#: Libraries of one door, or of a library that one door brings.
OF_DOORS = HEAVY | {
    "apiflask", "apscheduler", "apispec", "borax", "chinese_calendar", "lxml", "marshmallow", "opencc",
    "prometheus_client", "webargs",
}  # fmt: skip


def test_web_process_starts_without_doors_tables_or_libraries_of_either(migrated: Path) -> None:
    loaded = in_a_fresh_process(f"from app import create_app; create_app(); {LOADED}", migrated)
    later = OF_DOORS | {"cryptography", "psycopg", "pydantic"}  # more than half of a start
    assert sorted({name.split(".")[0] for name in loaded} & later) == []
    assert {"playhouse.migrations", "sqlite3"} & set(loaded) == set()
    rooms = {f"handlers.{room}" for room in ("api", "bot", "console", "pages")}
    assert sorted(name for name in loaded if name in rooms or name in ("models.tables", "schedulers")) == []


def test_worker_loads_no_door(migrated: Path) -> None:
    loaded = in_a_fresh_process(f"from app import create_app; create_app(); import schedulers; {LOADED}", migrated)
    its_own = {"apscheduler", "borax", "chinese_calendar"}
    assert sorted({name.split(".")[0] for name in loaded} & OF_DOORS - its_own) == []
    assert [name for name in loaded if name.startswith(("handlers.api", "handlers.bot", "handlers.console"))] == []
    assert [name for name in loaded if name.startswith("handlers.pages")] == []


HAMMER = """
import json, sys, threading
from app import create_app
app = create_app()
sys.setswitchinterval(1e-5)
paths, found, gate = {paths}, [], threading.Barrier({many})
def ask(path):
    client = app.test_client()
    gate.wait()
    for _ in range(5):
        found.append([path, client.get(path, headers={{"User-Agent": "x"}}).status_code])
threads = [threading.Thread(target=ask, args=(path,)) for path in paths for _ in range(3)]
for each in threads: each.start()
for each in threads: each.join()
print(json.dumps(found))
"""


def test_first_requests_at_every_door_at_once_are_all_answered(migrated: Path) -> None:
    paths = list(FIRST)
    found = in_a_fresh_process(HAMMER.format(paths=paths, many=3 * len(paths)), migrated)
    assert len(found) == 15 * len(paths)
    assert {path: {status for asked, status in found if asked == path} for path in paths} == {
        path: {status} for path, status in FIRST.items()
    }


def _counting(name: str, begins: tuple[str, ...], calls: list[str], wait: Callable[[], object] = bool) -> Door:
    """A door of many routes, `/<name>/0` to `/<name>/199`, that notes each mounting."""

    def mount(app: Flask) -> None:
        calls.append(name)
        bp = Blueprint(name, name)
        for number in range(200):
            bp.add_url_rule(f"/{name}/{number}", str(number), lambda: name)
        app.register_blueprint(bp)
        wait()

    return Door(name, begins, mount)


@pytest.fixture
def calls() -> list[str]:
    return []


def test_door_opens_once_and_only_when_come_to(calls: list[str]) -> None:
    house = House("house", root_path=str(ROOT), doors=[_counting("a", ("/a",), calls), _counting("b", (), calls)])
    client = house.test_client()
    assert calls == []
    assert [client.get(path).text for path in ("/a/7", "/a/8")] == ["a", "a"]
    assert calls == ["a"]
    assert client.get("/b/1").text == "b"
    assert client.get("/c").status_code == 404
    assert house.door_of("//a/9").name == "a"  # as the map reads it
    assert calls == ["a", "b"]


def test_what_a_map_is_made_from_goes_when_it_is_made(calls: list[str]) -> None:
    house = House("house", root_path=str(ROOT), doors=[_counting("a", ("/a",), calls), _counting("b", (), calls)])
    house.open_all()
    assert [rule.rule for rule in house.url_map.iter_rules() if rule._parts] == []
    assert [house.test_client().get(path).text for path in ("/a/0", "/a/199", "/b/7")] == ["a", "a", "b"]


def test_all_doors_open_on_one_copy_of_the_map(calls: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[int] = []

    def copy(before: Any) -> Any:
        copied.append(len(list(before.iter_rules())))
        return _copied(before)

    monkeypatch.setattr("handlers.doors._copied", copy)
    names = ("a", "b", "c")
    house = House("house", root_path=str(ROOT), doors=[_counting(name, (f"/{name}",), calls) for name in names])
    assert house.test_client().get("/a/0").text == "a"
    house.open_all().open_all()
    assert (copied, calls) == ([1, 201], ["a", "b", "c"])
    assert [house.test_client().get(f"/{name}/9").text for name in names] == ["a", "b", "c"]


def test_whoever_is_inside_is_answered_from_a_map_that_stays_while_another_door_opens(calls: list[str]) -> None:
    opening, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        opening.set()
        assert go_on.wait(30)

    house = House("house", root_path=str(ROOT), doors=[_counting("a", ("/a",), calls), _counting("b", (), calls, wait)])
    assert house.test_client().get("/a/1").text == "a"
    answers: list[str] = []
    late = threading.Thread(target=lambda: answers.append(house.test_client().get("/b/1").text))
    late.start()
    assert opening.wait(30)
    assert (house.test_client().get("/a/199").text, answers) == ("a", [])
    assert [rule.rule for rule in house.url_map.iter_rules() if rule.rule.startswith("/b/")] == []
    go_on.set()
    late.join(30)
    assert answers == ["b"]


@pytest.mark.parametrize("every", [False, True])
def test_door_that_does_not_open_is_tried_again(calls: list[str], every: bool) -> None:
    faults: Iterator[bool] = iter([True, False])

    def mount(app: Flask) -> None:
        bp = Blueprint("b", "b")
        bp.add_url_rule("/b", "b", lambda: "b")
        bp.before_request(lambda: calls.append("before"))
        bp.before_app_request(lambda: calls.append("anywhere"))
        app.register_blueprint(bp)
        if next(faults):
            raise RuntimeError("half way")

    house = House("house", root_path=str(ROOT), doors=[_counting("a", ("/a",), calls), Door("b", (), mount)])
    house.testing = True
    with pytest.raises(RuntimeError, match="half way"):
        house.open_all() if every else house.test_client().get("/b")
    assert house.test_client().get("/a/1").text == "a"
    calls.clear()
    assert house.test_client().get("/b").text == "b"
    assert calls == ["anywhere", "before"]


def test_address_behind_a_shut_door_opens_it(calls: list[str]) -> None:
    house = House("house", root_path=str(ROOT), doors=[_counting("a", ("/a",), calls), _counting("b", (), calls)])
    with house.test_request_context("/a/1"):
        assert (house.url_for("b.3"), house.url_for("a.5", q="1")) == ("/b/3", "/a/5?q=1")


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_every_route_lies_behind_its_own_door(app: Any) -> None:
    names = {"api": "api", "openapi": "api", "console": "console", "health": "health", "bot": "bot"}

    def door(endpoint: str) -> str:
        return names.get(endpoint.split(".")[0].split("_")[0], "pages")

    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    assert [rule.rule for rule in rules if app.door_of(rule.rule).name != door(rule.endpoint)] == []
    assert {app.door_of(rule.rule).name for rule in rules} == {each.name for each in DOORS}


@pytest.mark.parametrize("need", [need_login("h5"), need_volunteer("api"), need_role])
def test_one_function_stands_around_a_view(need: Callable[[Any], Any]) -> None:
    def view() -> str:
        return "seen"

    assert need(view).__wrapped__ is view
