"""Case 28, its last two: whose role was taken a second ago, and whose account is closed, with the tokens they held."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from handlers.bot.registry import COMMANDS
from services.errors import RefusalCode as C
from tests.rights import examples, matrix
from tests.rights.stage import AT, ROLES, Stage, standing

pytestmark = pytest.mark.case(28)
SECOND = 1000
#: What a registered person without any post finds open; `volunteer` has asked to join, `member` is in the team.
PLAIN = ("anonymous", "stranger", "volunteer", "member")
#: The way into the console stands open to everybody.
DOOR = {"GET /console/login", "GET /console/once/<token>"}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with standing(tmp_path_factory.mktemp("gone")) as made:
        yield made


def _cell(stage: Stage, role: str, name: str, more: str) -> str:
    answer = stage.call(role, name.split(" ")[0], matrix.path(stage, name, more), **examples.body(stage, name))
    stage.clean()
    return matrix._meaning(answer)


def _still_open(stage: Stage, role: str) -> dict[str, set[str]]:
    """Of the routes and commands that the reviewed table opens to `role` the ones that are open to him now, by what
    they are: routes of the console, other routes, commands of the chat."""
    found: dict[str, set[str]] = {"console": set(), "routes": set(), "bot": set()}
    for name, cells in matrix.read().items():
        if cells[role] != "yes":
            continue
        if name.startswith("bot "):
            kind, cell = "bot", matrix.said(stage, role, name.removeprefix("bot "))
        else:
            plain, _, more = name.partition("?")
            kind = "console" if " /console" in name else "routes"
            cell = _cell(stage, role, plain, more)
        if cell == "yes":
            found[kind].add(name)
    return found


@pytest.fixture(scope="module")
def admin(stage: Stage) -> int:
    """Whom the reviewed table opens most to."""
    return int(stage.people["county_admin"].id)


def test_role_that_was_taken_a_second_ago_opens_nothing_with_its_old_tokens(
    stage: Stage, admin: int, figure: Callable[[str], None]
) -> None:
    table, a_second_ago = matrix.read(), int(AT.timestamp() * 1000) - SECOND
    with stage.otherwise(f"UPDATE role_grant SET until = {a_second_ago} WHERE volunteer_id = {admin}"):
        still = _still_open(stage, "county_admin")
    assert still["console"] == DOOR | {"POST /console/logout"}
    left = still["routes"] | still["bot"]
    assert [name for name in left if not any(table[name][role] == "yes" for role in PLAIN)] == []
    figure(f"{len(table)} routes and commands x {len(ROLES)} roles as reviewed, none open a second after the role")


def test_closed_account_opens_nothing_with_its_old_tokens(stage: Stage, admin: int) -> None:
    table = matrix.read()
    with stage.otherwise(f"UPDATE volunteer SET state = 'left' WHERE id = {admin}"):
        still = _still_open(stage, "county_admin")
        chat = {command for command in COMMANDS if _heard(stage, command) is not C.ACCOUNT_CLOSED}
    assert still["console"] == DOOR
    assert [name for name in still["routes"] if table[name]["anonymous"] != "yes"] == []
    assert chat == set()


def _heard(stage: Stage, command: str) -> C | None:
    """For what reason the chat refuses a command."""
    matrix.said(stage, "county_admin", command)
    return stage.refusals[-1] if stage.refusals else None


def test_right_that_holds_opens_what_the_table_says(stage: Stage, admin: int) -> None:
    """The control: an end that lies a second ahead closes nothing."""
    ahead = int(AT.timestamp() * 1000) + SECOND
    with stage.otherwise(f"UPDATE role_grant SET until = {ahead} WHERE volunteer_id = {admin}"):
        assert _cell(stage, "county_admin", "GET /console/people", "") == "yes"
