"""The client against the server's description and WeChat's typings, compilers and rules of privacy, without running it.

The program is checked once, with one page more: `wrong/`, where every kind of fault stands and must be found.
So a check that has gone blind fails as loudly as a client that has gone astray.
"""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from handlers.api.description import description
from tests.client import runtime

PROGRAM = runtime.ROOT / "miniprogram"
WRONG = Path(__file__).parent / "wrong"


@pytest.fixture(scope="module")
def problems(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the checks say of the program with its wrong page, each as file:line: message."""
    folder = tmp_path_factory.mktemp("checks")
    program = folder / "miniprogram"
    shutil.copytree(PROGRAM, program)
    shutil.copytree(WRONG, program / "pages" / "wrong")
    app = json.loads((program / "app.json").read_text(encoding="utf-8"))
    app["pages"].append("pages/wrong/wrong")
    (program / "app.json").write_text(json.dumps(app), encoding="utf-8")
    (folder / "openapi.json").write_text(json.dumps(description()))
    command = [runtime.require_node(), runtime.TOOL / "check.mjs", program, folder / "openapi.json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = [line.removeprefix(f"{program}/") for line in done.stderr.splitlines()]
    assert done.returncode == 1, "the wrong page passed"
    return found


def test_program_builds_without_a_warning_and_weighs_less_than_a_megabyte(tmp_path: Path) -> None:
    assert " 0 problems" in runtime.run_build(PROGRAM, tmp_path).stdout, runtime.run_build(PROGRAM, tmp_path).stderr


def test_client_and_server_mean_the_same_and_nothing_undeclared_is_used(problems: list[str]) -> None:
    ours = [f"miniprogram/{each}" for each in problems if not each.startswith("pages/wrong/")]
    assert not ours, "the client differs from /api/v1/openapi.json or from WeChat:\n" + "\n".join(ours)


@pytest.mark.parametrize(
    ("file", "mark"),
    [
        ("wrong.js", " // wrong: (.*)"),
        ("wrong.wxml", "<!-- wrong: (.*) -->"),
        ("wrong.wxss", r"/\* wrong: (.*) \*/"),
    ],
)
def test_every_fault_of_the_wrong_page_is_found_and_nothing_else_in_it(
    problems: list[str], file: str, mark: str
) -> None:
    said: dict[int, str] = {}
    for each in problems:
        if found := re.match(rf"pages/wrong/{file}:(\d+): (.*)", each):
            said[int(found[1])] = said.get(int(found[1]), "") + found[2]
    lines = (WRONG / file).read_text(encoding="utf-8").splitlines()
    wrong = {number: told[1] for number, line in enumerate(lines, 1) if (told := re.search(mark, line))}
    assert said.keys() == wrong.keys()
    assert not {number: said[number] for number, part in wrong.items() if part not in said[number]}


def test_settings_and_components_of_a_page_are_known_and_used(problems: list[str]) -> None:
    said = [each.split(": ", 1)[1] for each in problems if each.startswith("pages/wrong/wrong.json:")]
    assert said == [
        "<place-picker> is named and the template does not use it",
        "navigationBarTitelText is no setting that WeChat knows here",
        "a page without a title: navigationBarTitleText",
    ]


def test_what_is_declared_and_not_used_and_what_old_compilers_cannot_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "app.json").write_text('{"pages": ["pages/a"], "requiredPrivateInfos": ["getLocation"]}')
    (tmp_path / "platform.json").write_text('{"privacy": ["steps"]}')
    (tmp_path / "pages/a.js").write_text("wx.chooseLocation({})\nPage({})\n")
    (tmp_path / "pages/a.wxml").write_text("<view>\n<text>a</view>\n")
    (tmp_path / "pages/a.wxss").write_text(".a { color: red; .b")
    empty = tmp_path / "openapi.json"
    empty.write_text('{"paths": {}, "components": {"schemas": {}}}')
    command = [runtime.require_node(), runtime.TOOL / "check.mjs", tmp_path, empty]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    compilers = ("pages/a.wxml:2: wcc: ", "pages/a.wxss:1: wcsc cannot read")
    for part in (
        *(compilers if platform.machine() == "x86_64" else ()),  # WeChat gives them for no other machine
        'pages/a.js:1: chooseLocation takes "chosenLocation"',
        "pages/a.js:1: chooseLocation is not named in requiredPrivateInfos",
        "app.json:1: requiredPrivateInfos: nothing uses",
        'platform.json:1: "steps" is declared, and nothing takes it',
    ):
        assert part in said, said
