"""Registering in the browser: first the village, by search or step by step, then the person (S29, §6.1).

Both steps work without JavaScript and lose nothing: the village is in the address, a refused form comes back
filled in with the sentence beside the field.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from apiflask import APIBlueprint
from flask import render_template, request
from flask.typing import ResponseReturnValue

import clock
from frozen import dataclass
from handlers import parts
from handlers.auth import need_login, who
from handlers.errors import sentence, status_of
from handlers.pages.browser import HOME, field, redirected, safe_next
from services import regions
from services.accounts import enrolment, following, registration
from services.errors import Refusal, RefusalCode

bp = APIBlueprint("register", __name__, enable_openapi=False)

C = RefusalCode
#: Beside which field the sentence of a refusal stands.
FIELDS = {
    C.NAME_INVALID: "name", C.DOCUMENT_INVALID: "document", C.DOCUMENT_TAKEN: "document", C.UNDER_AGE: "document",
    C.PHONE_INVALID: "phone", C.CONSENT_REQUIRED: "consent",
}  # fmt: skip
#: People choose their township or their village, nothing larger.
SMALLEST = 4


@dataclass(frozen=True, slots=True)
class Form:
    """What the person typed."""

    name: str = ""
    document: str = ""
    phone: str = ""
    identity: str = ""
    consents: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ConsentText:
    """One purpose with its full text, to be agreed to by itself."""

    purpose: str
    title: str
    text: str


def consent_texts() -> list[ConsentText]:
    """The purposes in the order of wording/consents.toml."""
    return [
        ConsentText(purpose, words["title"], words["text"])
        for purpose, words in enrolment.first_consents().items()
    ]


@bp.get("/m/register")
@need_login("h5")
def begin() -> ResponseReturnValue:
    """The village, and once it is chosen the form."""
    onward = safe_next(request.args.get("next"))
    if who().volunteer_id is not None:
        return redirected(onward)
    back = following.former(identity_id=_identity(), at=clock.now())
    if back is not None:
        return render_template("pages/coming_back.html", next=onward, name=back.name)
    code = field("region", 12)
    if code and len(code) >= 9:
        return _form(regions.region(code).code, onward, Form(), {})
    return places_page(onward)


def _identity() -> int:
    """The WeChat at the other end; a log-in without one never comes here, for a person stands behind it."""
    return who().identity_id or 0


def places_page(onward: str, base: str = "/m/register") -> str:
    """One level of divisions, the hits of a search, and the way back up; each leads to `base` with its code."""
    query, under = field("q", 30), field("under", 12)
    provinces = regions.children("")
    top = provinces[0].code if len(provinces) == 1 else ""
    here = regions.region(under) if under else None
    places = regions.children(here.code if here else top)
    whole = here is not None and here.level >= SMALLEST
    return render_template(
        "pages/region.html", base=base, next=onward, q=query, found=regions.search(query) if query else [],
        under_name=regions.path_name(here.code) if here and here.code != top else "", places=places,
        up=regions.lineage(here.code)[-2] if here and here.level > 1 else "",
        whole=here.code if here and whole else "", whole_name=here.place_name if here and whole else "",
    )  # fmt: skip


def _form(code: str, onward: str, form: Form, errors: dict[str, str]) -> str:
    return render_template(
        "pages/register.html", region=code, region_name=regions.path_name(code), next=onward, form=form,
        errors=errors, consents=consent_texts(),
    )  # fmt: skip


@bp.post("/m/coming-back")
@need_login("h5")
def come_back() -> ResponseReturnValue:
    """是我 / 不是我 of somebody who unfollowed the account once and comes back through a page."""
    if field("answer", 10) == "yes":
        following.return_as_former(identity_id=_identity(), at=clock.now())
        return redirected(safe_next(request.form.get("next")))
    following.not_the_former(identity_id=_identity())
    return redirected(f"/m/register?next={quote(safe_next(request.form.get('next')))}")


@bp.post("/m/register")
@need_login("h5")
def register() -> ResponseReturnValue:
    """Register, then on to where the person was going: the scan that waits, or home."""
    onward = safe_next(request.form.get("next"))
    form = Form(
        name=field("name", 60), document=field("document", 40), phone=field("phone", 40),
        identity=field("identity", 20),
        consents=frozenset(request.form.getlist("consent")),
    )  # fmt: skip
    code = regions.region(field("region", 12)).code
    try:
        _register(form, code)
    except Refusal as refusal:
        if refusal.code is C.ALREADY_REGISTERED:
            return redirected(onward)
        beside = FIELDS.get(refusal.code)
        if refusal.code is C.BAD_REQUEST and not form.identity:
            beside = "identity"
        if beside is None:
            raise
        return _form(code, onward, form, {beside: sentence(refusal)}), status_of(refusal.code)
    return redirected(f"{HOME}?done=registered" if onward == HOME else onward)


def _register(form: Form, code: str) -> Any:
    return registration.register(
        parts=parts(), identity_id=who().identity_id, name=form.name, document=form.document, phone=form.phone,
        region_code=code, identity=form.identity, consents=set(form.consents), channel="h5", at=clock.now(),
    )  # fmt: skip
