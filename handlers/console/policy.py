"""The programme's numbers and modules in one division: what holds, where it comes from, setting it."""

from __future__ import annotations

from datetime import date
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.pages.browser import field
from services import regions, scopes
from services.bookkeeping import preview
from services.errors import Refusal, RefusalCode
from services.participation import domains
from services.policy import numbers
from services.policy.numbers import Number
from wording import entry

bp = APIBlueprint("console_policy", __name__, enable_openapi=False)


@bp.get("/policy")
@need_role
def overview() -> ResponseReturnValue:
    """The numbers of the division in the address, or of the highest one the actor may look at."""
    return _page(_region())


def _region() -> str:
    code = request.args.get("region", "")[:12]
    mine = scopes.readable(actor=actor(), at=clock.now())
    if not mine:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    return code or mine[0]


def _page(code: str) -> str:
    at = clock.now()
    found = numbers.numbers(actor=actor(), region_code=code, at=at)
    groups = [
        (kind, words, [each for each in found if each.kind == kind])
        for kind, words in entry("policy.groups").items()
    ]
    return render(
        "policy", tab="manage", groups=groups, region=code, place=regions.path_name(code), told=told,
        below=regions.children(code), above=_above(code, at),
        may=numbers.may_set(actor=actor(), region_code=code, at=at),
    )  # fmt: skip


def _above(code: str, at: Any) -> list[tuple[str, str]]:
    mine = scopes.readable(actor=actor(), at=at)
    return [(each, regions.name_of(each)) for each in regions.lineage(code)[:-1] if scopes.covers(mine, each)]


@bp.get("/policy/<kind>/<name>")
@need_role
def one(kind: str, name: str) -> ResponseReturnValue:
    """One number with its form and its history."""
    return _form(kind, name)


def _form(kind: str, name: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    code = _region()
    at = clock.now()
    found = numbers.numbers(actor=actor(), region_code=code, at=at)
    number = next((each for each in found if (each.kind, each.name) == (kind, name)), None)
    if number is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    typed = {key: field(key, 200) for key in ("value", "reason", "valid_on", "lock")}
    if request.method == "GET":
        typed["value"] = "" if number.about["type"] == "days" else _typed(number)
        typed["lock"] = "1" if number.locks else ""
    changes = [
        row for row in numbers.history(actor=actor(), region_code=code, at=at) if f"{kind}.{name}" in row[2]
    ]
    page = render(
        "policy_number", tab="manage", number=number, region=code, place=regions.path_name(code), typed=typed,
        told=told, basis=basis(number.about["source"]), changes=changes, problem=words_of(refusal),
        wrong=_beside(refusal), levels=LEVELS, domains=_domains(),
        may=numbers.may_set(actor=actor(), region_code=code, at=at),
    )  # fmt: skip
    return said(page, refusal)


def _domains() -> list[tuple[str, str]]:
    return [(code, domains.domain_name(code)) for code in domains.CODES]


LEVELS = (("1", "省"), ("2", "市"), ("3", "县"), ("4", "乡镇"), ("5", "村"))


def _beside(refusal: Refusal | None) -> str:
    if refusal is None:
        return ""
    if refusal.code is RefusalCode.REASON_REQUIRED:
        return "reason"
    return "valid_on" if refusal.facts.get("field") == "valid_on" else "value"


def _typed(number: Number) -> str:
    if isinstance(number.value, bool):
        return "yes" if number.value else "no"
    if isinstance(number.value, list):
        return "、".join(str(each) for each in number.value)
    return str(number.value)


def basis(source: str) -> str:
    """Where a number comes from, as people know it: the part of the province's document, or a law's paragraph."""
    rows: dict[str, str] = entry("policy.sources")
    if not source[1:].isdigit():
        return source
    return next(words for first, words in reversed(rows.items()) if int(first[1:]) <= int(source[1:]))


def told(about: Any, value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return f"{'、'.join(str(each) for each in value)} {about['unit']}"
    if about["type"] == "percents":
        named = [f"{domains.domain_name(code)} {value[code]}%" for code in domains.CODES if code in value]
        return "，".join(named) or "都按 100%"
    if isinstance(value, dict):
        days = [f"{words} {value[level]}" for level, words in LEVELS if value.get(level)]
        return "，".join(days) or "还没有定"
    if about["type"] == "level":
        return dict(LEVELS)[str(value)]
    return f"{value} {about['unit']}".strip()


@bp.post("/policy/<kind>/<name>")
@need_role
def put(kind: str, name: str) -> ResponseReturnValue:
    """Set the number, or give it up and follow the division above."""
    code = _region()
    at = clock.now()
    if "inherit" in request.form:
        refusal = attempt(
            lambda: numbers.inherit(
                actor=actor(), region_code=code, kind=kind, name=name, reason=field("reason", 200), at=at
            )
        )
    else:
        refusal = attempt(lambda: _set(code, kind, name, at))
    if refusal:
        return _form(kind, name, refusal)
    return back(f"/console/policy?region={code}&done=saved#{kind}.{name}")


@bp.post("/policy/points/<name>/preview")
@need_role
def look(name: str) -> ResponseReturnValue:
    """What the change would have done to the last year's records; nothing is set yet."""
    code, at = _region(), clock.now()
    seen: list[preview.Preview] = []
    refusal = attempt(
        lambda: seen.append(
            preview.preview(
                actor=actor(), region_code=code, name=name, value=_value("points", name),
                lock=bool(field("lock", 2)), at=at,
            )
        )
    )  # fmt: skip
    if refusal:
        return _form("points", name, refusal)
    found = numbers.numbers(actor=actor(), region_code=code, at=at)
    number = next(each for each in found if (each.kind, each.name) == ("points", name))
    sent = {key: value for key, value in request.form.items() if key.startswith(("value", "percent"))}
    return render(
        "policy_preview", tab="manage", number=number, region=code, place=regions.path_name(code), told=told,
        seen=seen[0], sent=sent, typed={key: field(key, 200) for key in ("reason", "valid_on", "lock")},
    )  # fmt: skip


def _set(code: str, kind: str, name: str, at: Any) -> None:
    numbers.set_number(
        actor=actor(), region_code=code, kind=kind, name=name, value=_value(kind, name), lock=bool(field("lock", 2)),
        reason=field("reason", 200), at=at, valid_on=_day(field("valid_on", 10)),
    )  # fmt: skip


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(RefusalCode.POLICY_VALUE, field="valid_on") from None


def _whole(text: str) -> int | str:
    """A whole number; what cannot be one stays text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else text


def _value(kind: str, name: str) -> Any:
    """What was typed, in the type of this number; what cannot be read stays text and is refused by the service."""
    try:
        wanted = entry(f"policy.numbers.{kind}.{name}")["type"]
    except KeyError:
        raise Refusal(RefusalCode.POLICY_UNKNOWN) from None
    text = field("value", 200)
    if wanted == "days":
        return {level: field(f"day{level}", 10) for level, _ in LEVELS}
    if wanted == "percents":
        return {code: _whole(field(f"percent{code}", 6) or str(numbers.WHOLE)) for code in domains.CODES}
    if wanted == "clock":
        return text
    if wanted == "yes":
        return {"yes": True, "no": False}.get(text, text)
    parts = text.replace("、", " ").replace("，", " ").replace(",", " ").split()
    whole = [_whole(part) for part in parts]
    if wanted == "wholes":
        return whole
    return whole[0] if len(whole) == 1 else text
