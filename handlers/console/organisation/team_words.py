"""The organisation's words for its pages: states, kinds, soft rules, a line of history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services import regions
from services.actors import Actor
from services.organisation import region_views
from services.organisation.soft_rules import Condition
from wording import entry

TONES = {
    "founding": "wait", "pilot": "wait", "regular": "ok", "paused": "bad", "dissolved": "", "merged": "",
    "draft": "", "submitted": "wait", "returned": "bad", "approved": "ok", "refused": "bad", "withdrawn": "",
}  # fmt: skip


def word(group: str, key: Any) -> str:
    """What people call it; as it is stored where nobody gave it a word."""
    return str(entry(f"organisation.{group}").get(str(key), key))


def options(group: str, *keys: str) -> list[tuple[str, str]]:
    """(value, words) of a group for a select, all of them unless named."""
    found: Mapping[str, str] = entry(f"organisation.{group}")
    return [(key, found[key]) for key in keys or found]


def levels() -> list[tuple[str, str]]:
    """The five levels for a filter."""
    return options("levels")


def areas(actor: Actor, chosen: str, at: Any) -> Sequence[tuple[str, str]]:
    """Divisions to filter by: those the reader looks after and those right below the chosen one."""
    return region_views.areas(actor=actor, chosen=chosen, at=at)


def rule_title(rule: str) -> str:
    """A soft rule in a few words."""
    return str(entry(f"organisation.rules.{rule}.title"))


def rule_text(rule: str) -> str:
    """What the policy says."""
    return str(entry(f"organisation.rules.{rule}.text"))


def facts(found: Mapping[str, Any]) -> str:
    """The facts of an exception in a line."""
    said = []
    if "members" in found:
        said.append(f"队员 {found['members']} 人，退役军人 {found['veterans']} 人")
    if "missing" in found:
        said.append("缺" + "、".join(word("conditions", key) for key in found["missing"]))
    if "level" in found:
        said.append(f"建在{word('levels', found['level'])}")
    return "；".join(said)


def condition(one: Condition) -> str:
    """One line of the list of conditions."""
    if one.need == 1 and one.key != "qualified":
        return "有" if one.met else "还没有"
    return f"{one.have} 人，要求 {one.need} 人"


def told(changes: Mapping[str, Any]) -> str:
    """A change in one line: what it was and what it is."""
    lines = []
    for name, value in changes.items():
        if isinstance(value, list) and len(value) == 2:
            label = word("fields", name) if name not in entry("organisation.rules") else rule_title(name)
            lines.append(f"{label}：{_plain(name, value[0])} 改为 {_plain(name, value[1])}")
    return "；".join(lines)


def _plain(name: str, value: Any) -> str:
    if value in (None, "", []):
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if name == "covers":
        return "、".join(regions.path_names(value).values())
    group = {"state": "states", "site_kind": "sites", "kind": "kinds"}.get(name)
    return word(group, value) if group else str(value)
