"""The menus under the chat: what the file says, how WeChat differs, and how it is made so."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.bot import commands
from handlers.bot.registry import COMMANDS
from services.conversation import menus
from tests.support.fakes import FakeGateway, make_parts
from wechat.gateway import Menus

URL = "https://vol.example.cn"


def in_place(gateway: FakeGateway) -> None:
    """Let WeChat hold what the file says, as WeChat tells it: with ids and empty lists of its own."""
    gateway.known_tags |= {"志愿者": 100, "队长": 101}

    def told(buttons: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**each, "sub_button": told(each.get("sub_button", []))} for each in buttons]

    made = {audience: told(buttons) for audience, buttons in menus.wanted("http://localhost:8000").items()}
    there = Menus(made["default"], [("9", 101, made["leader"]), ("8", 100, made["volunteer"])])
    gateway.answer("menus", there)


def leaves(buttons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [leaf for each in buttons for leaf in each.get("sub_button", [each])]


def test_every_menu_keeps_the_platforms_limits_and_the_phones() -> None:
    for buttons in menus.wanted(URL).values():
        assert 1 <= len(buttons) <= 3
        assert all(len(each.get("sub_button", [])) <= 5 for each in buttons)
        assert all(len(each["name"]) <= 4 for each in buttons)
        assert all(len(leaf["name"]) <= 7 for leaf in leaves(buttons))
        assert all(leaf["url"].startswith(URL + "/") for leaf in leaves(buttons) if leaf["type"] == "view")


def test_every_key_is_a_command_and_everybody_can_scan() -> None:
    assert commands.help.__name__  # importing the commands fills the registry
    for buttons in menus.wanted(URL).values():
        assert {leaf["key"] for leaf in leaves(buttons) if leaf["type"] == "click"} <= set(COMMANDS)
        assert [leaf["type"] for leaf in leaves(buttons)].count("scancode_push") == 1


def test_there_is_a_menu_for_everybody_one_for_volunteers_and_one_for_leaders() -> None:
    assert list(menus.wanted(URL)) == ["default", "volunteer", "leader"]


def test_linked_account_opens_the_mini_programs_pages_and_addresses_elsewhere() -> None:
    mine = next(leaf for leaf in leaves(menus.wanted(URL, "wx-mini")["volunteer"]) if leaf["name"] == "我的资料")
    assert mine == {
        "name": "我的资料", "type": "miniprogram", "url": f"{URL}/m", "appid": "wx-mini", "pagepath": "pages/home/home",
    }  # fmt: skip
    gateway = FakeGateway()
    in_place(gateway)
    assert [each.audience for each in menus.compare(make_parts(gateway, mp_linked=True))] == [
        "default", "volunteer", "leader",
    ]  # fmt: skip


def test_menus_of_the_file_in_place_are_no_difference() -> None:
    gateway = FakeGateway()
    in_place(gateway)
    assert menus.compare(make_parts(gateway)) == []


def test_account_without_menus_differs_in_all_three() -> None:
    found = menus.compare(make_parts(FakeGateway()))
    assert [(each.audience, each.before) for each in found] == [
        ("default", []),
        ("volunteer", []),
        ("leader", []),
    ]
    assert "扫码签到  scancode_push scan" in found[0].after


def test_changed_button_is_the_only_difference() -> None:
    gateway = FakeGateway()
    in_place(gateway)
    there = gateway._scripted["menus"][0]
    there.default[1]["name"] = "扫一扫"
    (found,) = menus.compare(make_parts(gateway))
    assert (found.audience, set(found.before) - set(found.after)) == (
        "default",
        {"扫一扫  scancode_push scan"},
    )


def test_menu_for_a_tag_of_somebody_else_is_left_alone() -> None:
    gateway = FakeGateway()
    in_place(gateway)
    gateway.known_tags["别的"] = 105
    gateway._scripted["menus"][0].conditional.append(
        ("7", 105, [{"type": "click", "name": "别的", "key": "x"}])
    )
    assert menus.compare(make_parts(gateway)) == []


def test_menu_whose_audience_the_file_gave_up_is_shown_as_going_and_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = FakeGateway()
    in_place(gateway)
    kept = {name: each for name, each in menus.wanted("http://localhost:8000").items() if name != "leader"}
    monkeypatch.setattr(menus, "wanted", lambda *_: kept)
    parts = make_parts(gateway)
    differences = menus.compare(parts)
    assert [(each.audience, each.wanted, each.after) for each in differences] == [("leader", None, [])]
    menus.push(parts, differences)
    assert len(gateway.named("drop_conditional_menu")) == 1
    assert gateway.named("add_conditional_menu") == gateway.named("set_menu") == []


def test_new_menu_of_a_tag_comes_before_the_old_one_goes() -> None:
    gateway = FakeGateway()
    in_place(gateway)
    gateway._scripted["menus"][0].conditional[0][2][0]["name"] = "旧的"
    parts = make_parts(gateway)
    menus.push(parts, menus.compare(parts))
    done = [(name, facts) for name, facts in gateway.calls if name.endswith("conditional_menu")]
    assert [name for name, _ in done] == ["add_conditional_menu", "drop_conditional_menu"]
    assert (done[0][1]["tag_id"], done[1][1]["menu_id"]) == (101, "9")
    assert gateway.named("set_menu") == []


def test_first_push_makes_the_tags_and_puts_the_default_menu_first() -> None:
    gateway = FakeGateway()
    parts = make_parts(gateway)
    menus.push(parts, menus.compare(parts))
    did = [name for name, _ in gateway.calls if name not in ("menus", "tags")]
    assert did == ["create_tag", "create_tag", "set_menu", "add_conditional_menu", "add_conditional_menu"]
