"""The catalogue of notices: whole, within the platform's rules, and a wrong one stops the start."""

from __future__ import annotations

import ast
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import wording
from app import create_app
from models import Delivery
from models.dialect import Database
from services.messaging import catalogue, outbox
from services.organisation import names
from services.participation import activity_drafts
from services.planning import needs
from services.recruitment import qualifications
from settings import load
from tests.services.messaging.outbox_cases import queue
from tests.support.world import World

ROOT = Path(__file__).parents[3]


def test_catalogue_is_whole() -> None:
    catalogue.check()


def test_every_kind_has_its_words_and_every_words_their_kind() -> None:
    told = {name for name, text in wording.entry("notices").items() if isinstance(text, dict) and "title" in text}
    assert told == set(catalogue.kinds())


def test_every_kind_that_code_names_is_in_the_catalogue() -> None:
    named = {
        word
        for path in (ROOT / "services").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        for word in _kinds_of(call, within=path.parent.name)
    }
    assert len(named) > 60
    assert named <= set(catalogue.kinds())


def _kinds_of(call: ast.Call, *, within: str) -> list[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    ours = ("_put", "_about_record") if within == "messaging" else ()
    if name not in ("tell", "tell_leaders", *ours):
        return []
    given = [arg.value for arg in call.keywords if arg.arg == "kind"] or call.args[:4]
    return [
        each.value
        for each in given
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and re.fullmatch(r"[a-z_]+", each.value)
    ]


def test_no_entry_is_dead() -> None:
    """Each kind stands somewhere in the services: by its name, or by the name's end after the act's own word."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "services").rglob("*.py"))
    stems = set(re.findall(r'f"([a-z_]+_)\{', code))
    dead = [
        name
        for name in catalogue.kinds()
        if f'"{name}"' not in code and not any(name.startswith(stem) for stem in stems)
    ]
    assert dead == []


def test_longest_facts_are_those_the_acts_accept() -> None:
    limits = {
        "title": max(activity_drafts.LENGTHS["title"], needs.LENGTHS["title"]),
        "place": activity_drafts.LENGTHS["place"],
        "team": names.LONGEST,
        "what": qualifications.LONGEST_NAME,
    }
    assert {name: catalogue.LONGEST[name] for name in limits} == limits


def test_safety_and_decisions_have_no_switch() -> None:
    assert catalogue.switches() == ("activity", "hours", "team", "work")
    for name in ("activity_cancelled", "recovery_waiting", "application_refused", "barred", "objection_answered"):
        assert catalogue.kind(name).switch is False


@pytest.mark.parametrize("name", sorted(catalogue.kinds()))
def test_longest_values_pass_the_platform(name: str) -> None:
    facts = {fact: "长" * size if isinstance(size, int) else size for fact, size in catalogue.LONGEST.items()}
    moment = datetime.fromisoformat("2026-12-31T15:59:00+00:00")
    made = catalogue.fitted(name, catalogue.values(name, moment=moment, **facts))
    assert all(made.values())
    fixed = re.split(r"\{\w+\}", catalogue.kind(name).push)[0]
    if "thing2" in made:
        assert made["thing2"].startswith(fixed)  # what happened is never cut


def test_template_of_the_account_has_as_many_fields_as_ours() -> None:
    catalogue.check({"sub_reminder": ("thing4", "time1", "thing7")})
    for fields in ({"sub_reminder": ("thing4", "time1")}, {"sub_nothing": ("thing1",)}):
        with pytest.raises(catalogue.WrongCatalogue, match="WECHAT_TEMPLATES: sub_"):
            catalogue.check(fields)


def wrong(monkeypatch: pytest.MonkeyPatch, file: str, *path: str, to: Any) -> str:
    """The sentence that a changed entry is refused with."""
    node = wording.entry(file)
    for step in path[:-1]:
        node = node[step]
    monkeypatch.setitem(node, path[-1], to)
    catalogue.kinds.cache_clear()
    try:
        with pytest.raises(catalogue.WrongCatalogue) as caught:
            catalogue.check()
    finally:
        monkeypatch.undo()
        catalogue.kinds.cache_clear()
    return str(caught.value)


@pytest.mark.parametrize(
    ("file", "path", "to", "sentence"),
    [
        ("templates", ("notice", "time3"), "{clock}点", "notice.time3 breaks the platform's rule"),
        ("templates", ("notice", "thing2"), "{nonsense}", "names nonsense, which nobody knows"),
        ("notice_kinds", ("kinds", "barred", "push"), "到{until}为止不能报名，请点开看看原因", "leaves fewer than 6"),
        ("notice_kinds", ("kinds", "barred", "group"), "nowhere", "a group that exists"),
        ("notice_kinds", ("kinds", "barred", "form"), "letter", "asks for the template letter"),
        ("notice_kinds", ("kinds", "barred", "urgent"), "very", "an urgency that nobody knows"),
        ("notice_kinds", ("kinds", "barred", "channels"), ["pigeon"], "a channel that nobody knows"),
        ("notices", ("barred", "body"), "{whom}不能报名", "barred.body names whom"),
        ("notices", ("barred", "title"), "您从今天起一直到今年年底为止暂时都不能报名了", "more than 20 characters"),
    ],
)
def test_wrong_catalogue_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, file: str, path: tuple[str, ...], to: Any, sentence: str
) -> None:
    assert sentence in wrong(monkeypatch, file, *path, to=to)


BROKEN = r"templates.toml: notice.time3 breaks the platform's rule"


def test_wrong_catalogue_stops_the_start_of_the_worker(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(wording.entry("templates.notice"), "time3", "{clock}点")
    done = create_app(load(demo=True)).test_cli_runner().invoke(args=["worker"])
    assert done.exit_code == 1
    assert BROKEN in str(done.exception)


def test_wrong_catalogue_stops_the_start_where_the_account_has_fields_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(wording.entry("templates.notice"), "time3", "{clock}点")
    with pytest.raises(SystemExit, match=BROKEN):
        create_app(load(demo=True, wechat_templates="sub_notice=N:thing4.thing2.time7"))


def test_web_process_with_a_wrong_catalogue_is_never_ready(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    client = create_app(load(demo=True), TESTING=True).test_client()
    assert client.get("/readyz").json == {"ok": True}
    monkeypatch.setitem(wording.entry("templates.notice"), "time3", "{clock}点")
    with pytest.raises(catalogue.WrongCatalogue, match=BROKEN):
        client.get("/readyz")


def test_values_the_platform_would_refuse_are_not_put(cast: World, at: datetime) -> None:
    with pytest.raises(catalogue.Unfit, match="time3"):
        queue(cast, at, values={"thing1": "东湖服务队", "thing2": "时长", "time3": "明早"})
    assert Delivery.select().count() == 0


def test_kind_that_is_not_in_the_catalogue_is_not_put(cast: World, at: datetime) -> None:
    with pytest.raises(KeyError):
        queue(cast, at, kind="nothing_like_it")
    assert Delivery.select().count() == 0


def test_message_lasts_as_long_as_the_catalogue_says(cast: World, at: datetime) -> None:
    row: Any = Delivery.get_by_id(queue(cast, at))
    assert (row.expires_at - at, row.priority) == (timedelta(hours=72), outbox.NEWS)
