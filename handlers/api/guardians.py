"""A guardian's consent of a minor: mine, a new one with a photo of the signed form, taking one back (S117)."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import g, request
from pydantic import StringConstraints

import clock
from handlers import parts
from handlers.api.schemas import Answer, Body, Moment
from handlers.auth import me_id, need_volunteer
from handlers.idempotency import idempotent, idempotent_outside
from services.errors import Refusal, RefusalCode
from services.gates import ages, guardians
from services.lives.files import MOST_BYTES

bp = APIBlueprint("guardians", __name__, tag="Me")

#: A photo as text, with the rest of the body beside it.
MOST_TEXT = MOST_BYTES // 3 * 4 + 4
MOST_BODY = MOST_TEXT + 10_000
Name = Annotated[str, StringConstraints(max_length=60)]


class WordOut(Answer):
    """A guardian's consent: stated (the centre calls and looks), verified (it counts until `until_on`), refused with
    a `note`. The telephone number is masked."""

    id: int
    guardian_name: str
    relation: str
    phone_masked: str
    state: str
    until_on: str
    note: str
    at: Moment
    has_form: bool


class WordsOut(Answer):
    """Mine, the newest first; `minor`: I need one to sign up."""

    minor: bool
    guardians: list[WordOut]


class WordIn(Body):
    """Who agrees, and the signed form as a JPEG, PNG or WebP in base64, at most 8 MB."""

    guardian_name: Name
    relation: Literal["father", "mother", "grandparent", "other"]
    phone: Annotated[str, StringConstraints(max_length=20)]
    form: Annotated[str, StringConstraints(max_length=MOST_TEXT)]


class NumberOut(Answer):
    """Its number."""

    id: int


@bp.before_request
def allow_photos() -> None:
    """A photo of a form is larger than what the house takes elsewhere."""
    request.max_content_length = MOST_BODY


@bp.get("/me/guardians")
@need_volunteer("api")
@bp.output(WordsOut)
@bp.doc(summary="My guardians' consents", responses=[401, 403], security="token")
def mine() -> Any:
    """Without those I took back."""
    words = guardians.mine(parts=parts(), volunteer_id=me_id())
    return {"minor": ages.is_minor(volunteer_id=me_id(), at=clock.now()), "guardians": words}


@bp.post("/me/guardians")
@need_volunteer("api")
@idempotent_outside
@bp.input(WordIn)
@bp.output(NumberOut, 201)
@bp.doc(summary="Hand in a guardian's consent", responses=[400, 401, 403, 409, 413, 503], security="token")
def tell(json_data: WordIn) -> Any:
    """The centre telephones, looks at the form and verifies it."""
    number = guardians.state(
        parts=parts(), actor=g.actor, guardian_name=json_data.guardian_name, relation=json_data.relation,
        phone=json_data.phone, form=_photo(json_data.form), at=clock.now(),
    )  # fmt: skip
    return NumberOut(id=number)


def _photo(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(RefusalCode.PHOTO_UNREADABLE) from None


@bp.post("/me/guardians/<int:number>/withdraw")
@need_volunteer("api")
@idempotent
@bp.output({}, 204)
@bp.doc(summary="Take a guardian's consent back", responses=[401, 403, 404, 409], security="token")
def withdraw(number: int) -> Any:
    """It counts no more, its photo goes, and what I signed up for with it ends."""
    guardians.withdraw(actor=g.actor, number=number, at=clock.now())
    return "", 204
