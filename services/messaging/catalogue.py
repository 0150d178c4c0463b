"""The catalogue of notices (通知目录): what is told, to whom, by which ways, how pressing, for how long.

Lines of wording/notice_kinds.toml joined with their words in wording/notices.toml and the templates of
wording/templates.toml. `check` walks all of it with the longest facts the database accepts and says what is wrong in
one sentence; the house does not start with a wrong catalogue, since the platform would refuse the message whole
(47003, wechat-platform.md §6.1) on the day it is needed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from string import Formatter
from types import MappingProxyType
from typing import Any

from clock import SHANGHAI
from frozen import dataclass
from wechat.push import check as unfit
from wechat.push import fit
from wording import entry, known

#: Lanes of the outbox. What is in the first one is urgent: no quiet hours, no daily two, no switch.
SAFETY, REMINDER, NEWS, BROADCAST = 1, 5, 7, 9
LANES = {"reminder": REMINDER, "news": NEWS, "broadcast": BROADCAST}
ALWAYS, WHILE_NEAR = "always", "near"
WAYS = ("sub", "tpl", "cs", "sms")
#: Pushes that are no item of the inbox; their groups are nobody's choice.
DIGEST, CARD = "digest", "card"
#: A field of 20 characters keeps at least so many for its facts; a title and a body are short enough to be read.
LINE, ROOM, LONGEST_TITLE, LONGEST_BODY = 20, 6, 20, 90

#: The longest values the house accepts, by the name of the fact: a number of characters, or the value itself. A test
#: holds them against the limits of the acts that take them in.
LONGEST: Mapping[str, int | str] = MappingProxyType({
    "title": 40, "place": 60, "team": 60, "into": 60, "old": 60, "name": 30, "names": 8 * 31, "what": 60,
    "centre": 60,
    "reason": 500, "text": 500, "suspicion": 500, "note": 500, "changes": 600, "file": 30, "office": 60, "tasks": 200,
    "role": 20, "outcome": 4, "sender": 60, "hint": 20, "titles": 80,
    "when": "12月31日（周四）23:59", "until": "12月31日（周四）23:59", "first": "12月31日", "last": "12月31日",
    "duration": "99999小时59分钟", "before": "99999小时59分钟", "now": "99999小时59分钟", "why": 200,
    "points": "999999", "left": "999999", "digits": "1234 5678", "count": "999999", "attendances": "9999999",
    "wants": "5000 人、999 条船、999 辆车", "teams": "99999", "active": "99999",
    "idle": "99999", "hours": "99999", "days": "999",
    "done": "999999", "refused": "999999", "all": "999999", "score": "5", "stars": "五", "level": "乡镇（街道）",
    "who": 40, "told": "9999.9 学时（99999 分钟）",
    "year": "2099", "month": "12", "day": "31", "clock": "23:59",
})  # fmt: skip


class WrongCatalogue(Exception):
    """The catalogue cannot be used; the text is one sentence for the operator."""


class Unfit(ValueError):
    """A message whose values the platform would refuse: our own mistake. Names the kind and the fields."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One line of the catalogue. `priority` is its lane, `switch` whether its group's push can be turned off, `card`
    whether a card of the mini-program follows where it went out as a text in the chat."""

    name: str
    event: str
    to: str
    group: str
    form: str
    push: str
    sender: str
    urgent: str
    priority: int
    channels: tuple[str, ...]
    lasts: timedelta
    switch: bool
    card: bool

    def lane(self, *, near: bool) -> int:
        """The lane of one message of this kind; `near`: what it is about begins soon (`quiet.near`)."""
        return SAFETY if self.urgent == ALWAYS or (self.urgent == WHILE_NEAR and near) else self.priority


def kind(name: str) -> Kind:
    """A line of the catalogue; KeyError for a kind that it does not know."""
    return kinds()[name]


@cache
def kinds() -> Mapping[str, Kind]:
    """The whole catalogue by name."""
    return MappingProxyType({name: _kind(name, line) for name, line in entry("notice_kinds.kinds").items()})


def groups() -> Mapping[str, Mapping[str, Any]]:
    """The groups of kinds, in the order people read them: label, about, switch …"""
    found: Mapping[str, Mapping[str, Any]] = entry("notice_kinds.groups")
    return found


def switches() -> tuple[str, ...]:
    """The groups whose push a person can turn off."""
    return tuple(name for name, group in groups().items() if group["switch"])


def _kind(name: str, line: Mapping[str, Any]) -> Kind:
    group = groups().get(line.get("group", ""))
    if group is None or not {"event", "to", "push"} <= set(line):
        raise WrongCatalogue(f"notice_kinds.toml: {name} needs event, to, push and a group that exists")
    lane = line.get("lane", group["lane"])
    if lane not in LANES or line.get("urgent", "") not in ("", ALWAYS, WHILE_NEAR):
        raise WrongCatalogue(f"notice_kinds.toml: {name} has a lane or an urgency that nobody knows")
    ways = tuple(line.get("channels", group["channels"]))
    if not ways or not set(ways) <= set(WAYS):
        raise WrongCatalogue(f"notice_kinds.toml: {name} has a channel that nobody knows")
    return Kind(
        name, line["event"], line["to"], line["group"], line.get("form", "notice"), line["push"],
        line.get("sender", ""), line.get("urgent", ""), LANES[lane], ways,
        timedelta(hours=line.get("lasts", group["lasts"])), group["switch"],
        line.get("card", False),
    )  # fmt: skip


def moment_facts(at: datetime) -> dict[str, Any]:
    """What a template's `time` needs of a moment, Shanghai time."""
    local = at.astimezone(SHANGHAI)
    return {"year": local.year, "month": local.month, "day": local.day, "clock": f"{local:%H:%M}"}


def words(name: str, /, **facts: Any) -> tuple[str, str]:
    """Title and body of a kind, as they stand in the inbox."""
    text = entry(f"notices.{name}")
    return text["title"].format(**facts), text["body"].format(**facts)


def values(name: str, /, *, moment: datetime, sender: str = "", **facts: Any) -> dict[str, str]:
    """The fields of a kind's template: `sender` speaks in the first line ("" = the kind's title)."""
    line = kind(name)
    first = sender or entry(f"notices.{name}.title").format(**facts)
    text = line.push.format(**facts)
    template: Mapping[str, str] = entry(f"templates.{line.form}")
    # The moment of the template is not a fact of the sentence, though both may have a day.
    filled = {**facts, **moment_facts(moment), "sender": first, "text": text}
    return {field: form.format(**filled) for field, form in template.items()}


def fitted(name: str, fields: Mapping[str, str]) -> dict[str, str]:
    """The values as the platform takes them. Raises Unfit where they cannot be brought into form."""
    made = fit(dict(fields))
    wrong = unfit(made)
    if wrong:
        raise Unfit(f"{name}: {', '.join(wrong)} of {fields!r}")
    return made


def packed(form: str, fields: Mapping[str, str], identity_id: int | None = None) -> str:
    """Template name and fitted values as stored in `delivery.data`; `identity_id`: to this WeChat alone."""
    data = {"form": form, "values": dict(fields)} | ({"to": identity_id} if identity_id else {})
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def check(fields: Mapping[str, tuple[str, ...]] = MappingProxyType({})) -> None:
    """Walk the whole catalogue with the longest facts. Raises WrongCatalogue with one sentence for the first fault.

    `fields` are those of the account's own templates, by name: as many as ours.
    """
    for name, own in fields.items():
        form = name.removeprefix("sub_")
        if not known(f"templates.{form}") or len(own) != len(entry(f"templates.{form}")):
            raise WrongCatalogue(f"WECHAT_TEMPLATES: {name} has not the fields of wording/templates.toml, one for one")
    for group, line in groups().items():
        if not {"label", "about", "switch", "channels", "lane", "lasts"} <= set(line):
            raise WrongCatalogue(f"notice_kinds.toml: group {group} is not complete")
    for each in kinds().values():
        _check_words(each)
        _check_template(each)


def _check_words(each: Kind) -> None:
    if not known(f"notices.{each.name}.title"):
        raise WrongCatalogue(f"notices.toml: {each.name} has no title")
    text = entry(f"notices.{each.name}")
    own = [part for part in text if part.startswith("body")]
    if not own and each.name not in ("broadcast", "emergency"):
        raise WrongCatalogue(f"notices.toml: {each.name} has no body")
    for part in ("title", *own):
        if strange := facts_of(text[part]) - set(LONGEST):
            raise WrongCatalogue(f"notices.toml: {each.name}.{part} names {_listed(strange)}, which nobody knows")
        most = LONGEST_TITLE if part == "title" else LONGEST_BODY
        if len(_fixed(text[part])) > most:
            raise WrongCatalogue(f"notices.toml: {each.name}.{part} has more than {most} characters of its own")


def _check_template(each: Kind) -> None:
    if not known(f"templates.{each.form}"):
        raise WrongCatalogue(f"templates.toml: {each.name} asks for the template {each.form}, which is not there")
    facts = facts_of(each.push)
    if strange := facts - set(LONGEST):
        raise WrongCatalogue(f"notice_kinds.toml: push of {each.name} names {_listed(strange)}, which nobody knows")
    if len(_fixed(each.push)) > (LINE - ROOM if facts else LINE):
        raise WrongCatalogue(
            f"notice_kinds.toml: push of {each.name} leaves fewer than {ROOM} of {LINE} characters for its facts"
        )
    longest = {name: "长" * size if isinstance(size, int) else size for name, size in LONGEST.items()}
    template: Mapping[str, str] = entry(f"templates.{each.form}")
    for field, form in template.items():
        if strange := facts_of(form) - set(LONGEST):
            raise WrongCatalogue(f"templates.toml: {each.form}.{field} names {_listed(strange)}, which nobody knows")
        # What is not shortened must stand as it is; what is keeps its first words.
        if wrong := unfit(fit({field: form.format(**longest)})):
            raise WrongCatalogue(f"templates.toml: {each.form}.{wrong[0]} breaks the platform's rule for {each.name}")


def facts_of(text: str) -> set[str]:
    """The names of the facts in a sentence."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _fixed(text: str) -> str:
    return re.sub(r"\{\w+\}", "", text)


def _listed(names: Iterable[str]) -> str:
    return "、".join(sorted(names))
