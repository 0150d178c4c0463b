"""A plain form of a few fields: drawn from a list, shown again with what was typed beside a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from handlers.console.frame import render, said, words_of
from handlers.pages.browser import field
from services.errors import Refusal
from services.participation import domains

#: (name, label, kind, more): `more` is the longest text, or what can be chosen.
Field = tuple[str, str, str, Any]
LONG = 600


def typed(fields: Sequence[Field]) -> dict[str, str]:
    """The fields as they were just typed."""
    return {name: field(name, max(LONG, more) if isinstance(more, int) else LONG) for name, _, _, more in fields}


def form(
    heading: str, fields: Sequence[Field], values: dict[str, Any], leads_back: str, refusal: Refusal | None = None,
    button: str = "保存", note: str = "",
) -> ResponseReturnValue:  # fmt: skip
    """The form's page; `note` stands above its fields."""
    shown = typed(fields) if request.method == "POST" else values
    body = render(
        "planning/form", tab="manage", heading=heading, fields=fields, values=shown, leads_back=leads_back,
        problem=words_of(refusal), wrong=str(refusal.facts.get("field", "")) if refusal else "",
        button=button, note=note,
    )  # fmt: skip
    return said(body, refusal)


def kinds(*, without: str = "") -> list[tuple[str, str]]:
    """Every kind of service for a select, `D3.care`; `without` words a choice of none."""
    found = [
        (f"{each.code}.{sub.code}", f"{each.name}：{sub.name}")
        for each in domains.all_domains()
        for sub in each.sub_domains
    ]
    return [("", without), *found] if without else found


def whole(text: str) -> int:
    """A whole number from a field; -1, which nothing takes, for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0 if not text else -1
