"""What an account has set up at the platform, read back: its templates, and the rule for ordinary codes (§6, §9)."""

from __future__ import annotations

from typing import Any

from sandbox.world import World

#: A rule that is switched on; one that waits to be published.
PUBLISHED, WAITS = 2, 1


def official_templates(world: World, side: str, _query: dict[str, str]) -> dict[str, Any]:
    """GET /cgi-bin/template/get_all_private_template: the account's own message templates."""
    return {"template_list": [
        {"template_id": ident, "title": each["title"], "content": _content(each), "example": ""}
        for ident, each in _of(world, side)
    ]}  # fmt: skip


def mini_templates(world: World, side: str, _query: dict[str, str]) -> dict[str, Any]:
    """GET /wxaapi/newtmpl/gettemplate: the subscription templates; type 2 once, 3 for long."""
    return {"errcode": 0, "errmsg": "ok", "data": [
        {"priTmplId": ident, "title": each["title"], "content": _content(each), "example": "",
         "type": 3 if each.get("long_term") else 2}
        for ident, each in _of(world, side)
    ]}  # fmt: skip


def link_rules(world: World, _side: str, _body: dict[str, Any]) -> dict[str, Any]:
    """POST /cgi-bin/wxopen/qrcodejumpget: one rule, for the app's own addresses."""
    config = world.config
    rule = {
        "prefix": f"{config.site}{config.program_link}", "permit_sub_rule": 1, "path": config.program_page,
        "open_version": 3, "debug_url": [], "state": PUBLISHED if world.data.links_open_program else WAITS,
    }  # fmt: skip
    return {"errcode": 0, "errmsg": "ok", "rule_list": [rule], "qrcodejump_open": 1, "list_size": 1}


def _of(world: World, side: str) -> list[tuple[str, dict[str, Any]]]:
    with world.lock:
        return [(ident, each) for ident, each in world.data.templates.items() if each["account"] == side]


def _content(template: dict[str, Any]) -> str:
    return "\n".join(f"{label}:{{{{{key}.DATA}}}}" for key, label in template["keys"].items())
