"""What only the operator's examination asks of the platform, over the gateway's own wire; nothing is changed there.

A fresh token each time: the IP list is looked at by the platform when a token is fetched, and a kept one hides it for
two hours. `stable_token` gives the token that is in use, so nobody is thrown out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from wechat.account import Account, AccountCalls, as_number, as_text, missing
from wechat.gateway import WechatFailure
from wechat.live import API, NO_MENU
from wechat.tokens import MemoryTokenStore
from wechat.wire import Wire

OFFICIAL_TEMPLATES, MINI_TEMPLATES = "/cgi-bin/template/get_all_private_template", "/wxaapi/newtmpl/gettemplate"
LINKS, MENU = "/cgi-bin/wxopen/qrcodejumpget", "/cgi-bin/menu/get"
_FIELD = re.compile(r"\{\{\s*([a-z_]+\d+)\.DATA\s*\}\}")


@dataclass(frozen=True, slots=True)
class LinkRule:
    """A rule for ordinary codes: the addresses under `prefix` open `page` of the mini-program, once published."""

    prefix: str
    page: str
    published: bool


class Inspection:
    """Questions to the platform in the name of both accounts. Every one raises WechatFailure, and nothing else."""

    def __init__(
        self, *, mini: Account, official: Account, now: Callable[[], datetime], api_base: str | None = None
    ) -> None:
        base = (api_base or "").rstrip("/")
        self._wire = Wire(base or API, trust_environment=not base)
        store = MemoryTokenStore(now)
        self._mini = AccountCalls(mini, self._wire, store, now)
        self._official = AccountCalls(official, self._wire, store, now)

    def official_known(self) -> None:
        """The official account's AppID, secret and IP list are right; it may use its menu (a verified account may)."""
        try:
            self._official.get(MENU)
        except WechatFailure as failure:
            if failure.errcode != NO_MENU:
                raise

    def mini_known(self) -> None:
        """The mini-program's AppID, secret and IP list are right."""
        self._mini.token()

    def platform_time(self) -> datetime:
        """What the platform's clock shows, to the second."""
        told = self._wire.date("/cgi-bin/token")
        try:
            return parsedate_to_datetime(told).astimezone(UTC)
        except ValueError:
            raise missing("/cgi-bin/token", "Date") from None

    def official_templates(self) -> dict[str, tuple[str, ...]]:
        """The official account's message templates: id → names of their fields, in their order."""
        return _templates(self._official.get(OFFICIAL_TEMPLATES), "template_list", "template_id", OFFICIAL_TEMPLATES)

    def mini_templates(self) -> dict[str, tuple[str, ...]]:
        """The mini-program's subscription templates: id → names of their fields, in their order."""
        return _templates(self._mini.get(MINI_TEMPLATES), "data", "priTmplId", MINI_TEMPLATES)

    def link_rules(self) -> list[LinkRule]:
        """The mini-program's rules for ordinary codes. An account that may not ask gets a refusal."""
        found = self._mini.post(LINKS, data={}).get("rule_list")
        if not isinstance(found, list):
            raise missing(LINKS, "rule_list")
        rules = [each for each in found if isinstance(each, dict)]
        return [
            LinkRule(as_text(each.get("prefix")), as_text(each.get("path")), as_number(each.get("state")) == 2)
            for each in rules
        ]


def _templates(found: dict[str, Any], field: str, ident: str, api: str) -> dict[str, tuple[str, ...]]:
    listed = found.get(field)
    if not isinstance(listed, list):
        raise missing(api, field)
    return {
        as_text(each.get(ident)): tuple(_FIELD.findall(as_text(each.get("content"))))
        for each in listed
        if isinstance(each, dict)
    }
