"""The commands that let somebody in or open what is sealed: a sentence where they refuse, else a line in the audit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models import AuditEntry, LoginTicket, RoleGrant, store
from tests.support.world import COUNTY, World

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def run(app: Any, *words: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=list(words))
    return done.exit_code, done.output


def verbs() -> list[str]:
    return [row.verb for row in AuditEntry.select().order_by(AuditEntry.id)]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--role", "emperor", "--region", COUNTY], "there is no role emperor at a division; there are liaison, "),
        (["--role", "team_leader", "--region", COUNTY], "there is no role team_leader at a division"),
        (["--role", "viewer"], "--role and --region go together"),
        (["--region", COUNTY], "--role and --region go together"),
        (["--role", "viewer", "--region", "999999"], "there is no division 999999"),
    ],
)
def test_role_that_cannot_be_given_is_one_sentence_and_no_link(
    cast: World, app: Any, options: list[str], sentence: str
) -> None:
    code, said = run(app, "grant", cast.xiaobo.public_no, *options)
    assert (code, said.count("\n"), sentence in said) == (1, 1, True), said
    assert LoginTicket.select().count() == RoleGrant.select().where(RoleGrant.volunteer == cast.xiaobo.id).count() == 0


def test_link_alone_stands_in_the_audit_and_a_role_beside_it(cast: World, app: Any) -> None:
    assert "/console/once/" in run(app, "grant", cast.ali.public_no)[1]
    assert verbs() == ["login.link"]
    assert run(app, "grant", cast.xiaobo.public_no, "--role", "viewer", "--region", COUNTY)[0] == 0
    assert verbs() == ["login.link", "role.grant", "login.link"]


@pytest.mark.parametrize("where", [[], ["--where", ""], ["--where", "  "]])
def test_sheet_that_lies_nowhere_is_not_kept(cast: World, app: Any, where: list[str]) -> None:
    code, said = run(app, "key-sheet", "--kept-by", "张三", "--kept-by", "李四", *where)
    assert (code, said) == (1, "Error: say where the sheet lies (--where)\n")
    assert verbs() == []


def test_place_without_keepers_prints_no_keys(cast: World, app: Any) -> None:
    code, said = run(app, "key-sheet", "--where", "保密室")
    assert (code, said) == (1, "Error: name 2 people who can get at the sheet (--kept-by, twice)\n")


def test_printing_the_keys_stands_in_the_audit(cast: World, app: Any) -> None:
    code, said = run(app, "key-sheet")
    mark = app.extensions["parts"].key_mark
    assert (code, mark in said, verbs()) == (0, True, ["keys.printed"])
    assert AuditEntry.get().detail == {"mark": mark, "door": "operator"}


def test_keys_are_printed_also_where_the_database_is_lost(cast: World, app: Any) -> None:
    store.write(lambda: AuditEntry._meta.database.execute_sql("ALTER TABLE audit_entry RENAME TO gone"))
    code, said = run(app, "key-sheet")
    assert (code, "the database does not answer" in said, "DATA_KEYS" in said) == (0, True, True)


def test_new_keys_stand_in_the_audit_and_looking_does_not(cast: World, app: Any, at: datetime) -> None:
    run(app, "rotate-keys", "--check")
    assert verbs() == []
    run(app, "rotate-keys")
    assert verbs() == ["keys.rotated"]
