"""The table of every route and chat command × role, made by calling each: `make rights` writes it for review.

Cells: `yes` the act is his (done, or refused for another reason than his right), `no` he may not, `absent` there is no
such thing for him. A list that can be taken away as Excel has a row of its own.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from handlers.bot.registry import COMMANDS
from tests.rights import examples
from tests.rights.stage import ROLES, Stage, standing
from wording import entry

FILE = Path(__file__).with_name("matrix.tsv")
Table = dict[str, dict[str, str]]
#: No person comes through these: WeChat's own pushes are known by their seal.
SEALED = "/wechat/"
#: Where somebody is sent who has to log in or register first.
ELSEWHERE = ("/console/login?", "/m/login?", "/m/register?")


class Unfit(Exception):
    """A call that says nothing about rights: its body does not fit the route."""


def routes(stage: Stage) -> list[tuple[str, str]]:
    """(method, rule) of everything the application serves, sorted."""
    found = {
        (method, rule.rule)
        for rule in stage.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith(SEALED)
    }
    return sorted(found, key=lambda each: (each[1], each[0]))


def table(stage: Stage) -> Table:
    """Call everything in every role. LookupError names all routes that lack an example."""
    made: Table = {}
    _check_examples(stage)
    for method, rule in routes(stage):
        name = f"{method} {rule}"
        made[name] = {role: _cell(stage, role, name) for role in ROLES}
        if method == "GET" and _is_list(stage, name):
            made[f"{name}?format=xlsx"] = {role: _cell(stage, role, name, "format=xlsx") for role in ROLES}
    for command in sorted(COMMANDS):
        made[f"bot {command}"] = {role: said(stage, role, command) for role in ROLES}
    return made


def _check_examples(stage: Stage) -> None:
    missing = []
    for rule in stage.app.url_map.iter_rules():
        try:
            examples.values(stage, rule.rule, set(rule.arguments))
        except LookupError as problem:
            missing.append(str(problem))
    if missing:
        raise LookupError("\n".join(sorted(set(missing))))


def path(stage: Stage, name: str, more: str = "") -> str:
    """The address of a row of the table, with an example for each of its variables."""
    method, _, rule = name.partition(" ")
    found = next(
        each
        for each in stage.app.url_map.iter_rules()
        if each.rule == rule and method in (each.methods or ())
    )
    values = examples.values(stage, rule, set(found.arguments))
    built = stage.app.url_map.bind("localhost").build(found.endpoint, values, method=method)
    query = examples.QUERIES.get(name, lambda _: "")(stage)
    return built + query + (("&" if query else "?") + more if more else "")


def _is_list(stage: Stage, name: str) -> bool:
    answer = stage.call("province_admin", "GET", path(stage, name))
    return answer.mimetype == "text/html" and "format=xlsx" in answer.text


def _cell(stage: Stage, role: str, name: str, more: str = "") -> str:
    method = name.split(" ")[0]
    answer = stage.call(role, method, path(stage, name, more), **examples.body(stage, name))
    stage.clean()
    if answer.is_json and answer.status_code == 400 and (answer.json or {}).get("facts", {}).get("why") in (
        "fields", "json",
    ):  # fmt: skip
        raise Unfit(f"{name}: the body does not fit ({answer.json}); give one in tests/rights/examples.py")
    return _meaning(answer)


def _meaning(answer: object) -> str:
    status, location = answer.status_code, answer.headers.get("Location", "")  # type: ignore[attr-defined]
    if status in (401, 403) or location.startswith(ELSEWHERE):
        return "no"
    if status == 404:
        return "absent"
    if status >= 500 and status != 503:
        raise AssertionError(f"{status} {answer}")
    return "yes"


def said(stage: Stage, role: str, command: str) -> str:
    """What a command's own words come to in the chat: yes, no or absent."""
    if role == "anonymous":
        return "absent"
    known = entry("commands.commands").get(command, {})
    words = known.get("say", {"digits": "000000", "pick": "1"}.get(command, "随便说一句"))
    tail = {"number": " 1", "text": " 明天集合"}.get(known.get("takes", ""), "")
    came, _ = stage.says(role, words + tail)
    stage.clean()
    return came


def make() -> Table:
    """The table of this house, on a stage of its own."""
    with tempfile.TemporaryDirectory() as folder, standing(Path(folder)) as stage:
        return table(stage)


def read() -> Table:
    """The reviewed table."""
    head, *lines = FILE.read_text(encoding="utf-8").splitlines()
    roles = head.split("\t")[1:]
    rows = [line.split("\t") for line in lines]
    return {row[0]: dict(zip(roles, row[1:], strict=True)) for row in rows}


def text(made: Table) -> str:
    """The table as the file holds it."""
    lines = ["\t".join(["route", *ROLES])]
    lines += ["\t".join([name, *(cells[role] for role in ROLES)]) for name, cells in made.items()]
    return "\n".join(lines) + "\n"


def differences(old: Table, new: Table) -> list[str]:
    """What differs, a line each, for people."""
    found = [f"no row for {name}" for name in new if name not in old]
    found += [f"no route for the row {name}" for name in old if name not in new]
    return found + [
        f"{name}: {role} was {old[name].get(role)}, is {cell}"
        for name, cells in new.items()
        if name in old
        for role, cell in cells.items()
        if old[name].get(role) != cell
    ]


if __name__ == "__main__":
    before = read() if FILE.exists() else {}
    now = make()
    FILE.write_text(text(now), encoding="utf-8")
    sys.stdout.write("\n".join(differences(before, now) or ["nothing changed"]) + "\n")
