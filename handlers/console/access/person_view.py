"""One person: everything we hold, masked; a number in full for a reason; logging him out everywhere."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import who
from handlers.console.frame import actor, back, need_role, render, said, words_of
from handlers.console.lives.proxies import act_word
from handlers.pages.browser import field, known_form
from services.access import logging_out, person_view, reveal
from services.errors import Refusal, RefusalCode
from services.lives import cards, proxies
from services.mall import catalogue
from wording import entry

bp = APIBlueprint("console_person_view", __name__, enable_openapi=False)

C = RefusalCode
FIELDS = {
    C.OTHER_CONSENT: "what",
    C.MINOR_DETAILS: "what",
    C.REASON_REQUIRED: "reason",
    C.BAD_REQUEST: "what",
    C.NUMBER_MISSING: "what",
    C.TOO_MANY_TRIES: "reason",
}


def word(group: str, key: str) -> str:
    """What people call it; as it is stored where nobody gave it a word yet."""
    return str(entry(f"access.{group}").get(key, key))


def told(facts: Any) -> str:
    """A change in one line: what it was and what it is, or the facts of a look."""
    said_so = []
    for name, value in facts.items():
        if name in ("reason", "door") or value in (None, "", []):
            continue
        if isinstance(value, list) and len(value) == 2:
            said_so.append(f"{word('fields', name)}：{_plain(value[0])} 改为 {_plain(value[1])}")
        elif not isinstance(value, dict):
            said_so.append(f"{word('fields', name)}：{_named(name, value)}")
    return "；".join(said_so)


def _plain(value: Any) -> str:
    return "（空）" if value in (None, "") else str(value)


def _named(name: str, value: Any) -> str:
    group = {"role": "roles", "what": "secrets", "by": "secrets", "way": "ways"}.get(name)
    return word(group, str(value)) if group else _plain(value)


@bp.get("/people/<public_no>")
@need_role
def person(public_no: str) -> ResponseReturnValue:
    """The page."""
    at = clock.now()
    shown = person_view.person(parts=parts(), actor=actor(), public_no=known_form(public_no), at=at)
    return render(
        "access/person", tab="manage", person=shown, word=word, told=told, act_word=act_word,
        helps=proxies.helps(actor=actor(), public_no=shown.public_no, at=at),
        mall=shown.over and catalogue.uses_mall(volunteer_id=shown.volunteer_id, at=at),
        proxies=proxies.done_for(volunteer_id=shown.volunteer_id), cards=cards.of(volunteer_id=shown.volunteer_id),
    )  # fmt: skip


@bp.get("/people/<public_no>/reveal")
@need_role
def ask(public_no: str) -> ResponseReturnValue:
    """The form: which number, and why."""
    return _form(public_no)


def _form(public_no: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = person_view.person(parts=parts(), actor=actor(), public_no=known_form(public_no), at=clock.now())
    if not shown.over:
        raise Refusal(C.NOT_ALLOWED)
    if shown.narrow and refusal is None:
        raise Refusal(C.MINOR_DETAILS)
    if reveal.is_stale(region_code=who().region_code, confirmed_at=who().since, at=clock.now()):
        return _confirm(public_no)
    page = render(
        "access/person_reveal", tab="manage", person=shown, number="", what=field("what", 10) or "phone",
        reason=field("reason", 200), problem=words_of(refusal), wrong=FIELDS.get(refusal.code, "") if refusal else "",
        word=word,
    )  # fmt: skip
    return said(page, refusal)


def _confirm(public_no: str) -> ResponseReturnValue:
    """To the code that the phone confirms, and back to the form."""
    return back(f"/console/login?again=1&next=/console/people/{public_no}/reveal")


@bp.post("/people/<public_no>/reveal")
@need_role
def show(public_no: str) -> ResponseReturnValue:
    """The number, on this answer only: the page is kept nowhere, and asked again it is recorded again."""
    what = field("what", 10)
    try:
        number = reveal.reveal(
            parts=parts(), actor=actor(), public_no=known_form(public_no), what=what, reason=field("reason", 200),
            confirmed_at=who().since, at=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code is C.CONFIRM_AGAIN:
            return _confirm(public_no)
        if refusal.code in FIELDS:
            return _form(public_no, refusal)
        raise
    shown = person_view.person(parts=parts(), actor=actor(), public_no=public_no, at=clock.now())
    return render(
        "access/person_reveal", tab="manage", person=shown, number=number, what=what, reason="", problem="", wrong="",
        word=word,
    )  # fmt: skip


@bp.get("/people/<public_no>/logout")
@need_role
def ask_log_out(public_no: str) -> ResponseReturnValue:
    """The form: why."""
    return _log_out_form(public_no)


def _log_out_form(public_no: str, refusal: Refusal | None = None, ended: int | None = None) -> ResponseReturnValue:
    shown = person_view.person(parts=parts(), actor=actor(), public_no=known_form(public_no), at=clock.now())
    if not shown.over:
        raise Refusal(C.NOT_ALLOWED)
    page = render(
        "access/person_logout", tab="manage", person=shown, ended=ended, reason=field("reason", 200),
        problem=words_of(refusal), wrong=FIELDS.get(refusal.code, "") if refusal else "",
    )  # fmt: skip
    return said(page, refusal)


@bp.post("/people/<public_no>/logout")
@need_role
def log_out(public_no: str) -> ResponseReturnValue:
    """His sessions end, wherever they are."""
    try:
        ended = logging_out.log_out(
            actor=actor(), public_no=known_form(public_no), reason=field("reason", 200), at=clock.now()
        )
    except Refusal as refusal:
        if refusal.code in FIELDS:
            return _log_out_form(public_no, refusal)
        raise
    return _log_out_form(public_no, ended=ended)
