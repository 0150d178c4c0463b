"""The seal of a centre and the two names under its certificates: put down by those who hand out its posts.

A picture is believed in nothing: it is decoded and drawn anew (`services.lives.files`), its paper made transparent, its
ink brought to one colour, and kept encrypted. A change is a new row; what was issued keeps the one it was issued with.
"""

from __future__ import annotations

import base64
import io
from datetime import datetime
from typing import TYPE_CHECKING

from frozen import dataclass
from models import Centre, CentreSeal, store
from services import audit, permissions, regions
from services.accounts.documents import check_name
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.lives import files
from services.parts import Parts
from services.permissions import Verb

if TYPE_CHECKING:
    from PIL import Image

C = RefusalCode
#: Pixels of the longer side as it is kept: 42 mm at 254 dpi.
SIDE = 420
#: What is lighter than the first is paper, what is darker than the second is full ink.
PAPER, INK = 225, 120
#: Shades between paper and ink: the more, the larger the file.
SHADES = 16
RED = (200, 0, 0)


@dataclass(frozen=True, slots=True)
class SealPage:
    """The seal's form of a centre; `since` None where there is no seal yet."""

    region_code: str
    centre: str
    head: str
    handler: str
    since: datetime | None
    may_set: bool


def page(*, actor: Actor, region_code: str, at: datetime) -> SealPage:
    """What stands under this centre's certificates, for those who manage there.

    Refusals: NOT_FOUND, NOT_ALLOWED, CENTRE_MISSING.
    """
    permissions.require_manage(actor=actor, region_code=region_code, at=at)
    centre = _centre(region_code)
    now = current(centre.id)
    return SealPage(
        region_code, centre.name, now.head if now else "", now.handler if now else "", now.from_at if now else None,
        permissions.holds(actor=actor, verb=Verb.APPOINT, region_code=region_code, at=at),
    )  # fmt: skip


def _centre(region_code: str) -> Centre:
    found = Centre.get_or_none(Centre.region_code == regions.region(region_code).code)
    if found is None:
        raise Refusal(C.CENTRE_MISSING)
    assert isinstance(found, Centre)
    return found


def current(centre_id: int) -> CentreSeal | None:
    """The seal that a centre uses now, if it has put one down."""
    found = CentreSeal.get_or_none(CentreSeal.centre == centre_id, CentreSeal.until.is_null())
    assert found is None or isinstance(found, CentreSeal)
    return found


def put(
    *, parts: Parts, actor: Actor, region_code: str, head: str, handler: str, picture: bytes = b"", at: datetime
) -> None:  # fmt: skip
    """Put down the seal's picture and the two names; without a picture the one that is there stays.

    Refusals: NOT_FOUND / NOT_ALLOWED (who may not hand out this centre's posts), CENTRE_MISSING, NAME_INVALID,
    PHOTO_MISSING (the first time), PHOTO_TOO_LARGE, PHOTO_TOO_MANY_PIXELS, PHOTO_UNREADABLE (also: nothing but paper).
    """
    permissions.require_manage(actor=actor, region_code=region_code, at=at)
    if not permissions.holds(actor=actor, verb=Verb.APPOINT, region_code=region_code, at=at):
        raise Refusal(C.NOT_ALLOWED)
    centre = _centre(region_code)
    names = check_name(head), check_name(handler)
    drawn = pressed(picture) if picture else b""

    def act() -> None:
        Centre.update(kind=Centre.kind).where(Centre.region_code == region_code).execute()  # one at a time
        now = current(centre.id)
        if now is None and not drawn:
            raise Refusal(C.PHOTO_MISSING)
        if now is not None and not drawn and (now.head, now.handler) == names:
            return
        kept = now.picture if now is not None else b""
        if drawn:
            kept = parts.vault.seal(base64.b64encode(drawn).decode(), _place(centre.id))[0]
        CentreSeal.update(until=at).where(CentreSeal.centre == centre.id, CentreSeal.until.is_null()).execute()
        CentreSeal.create(
            centre=centre.id, picture=kept, head=names[0], handler=names[1], set_by=actor.volunteer_id, from_at=at
        )
        audit.changed(
            actor=actor, verb="seal_put", subject=f"centre:{centre.id}", at=at,
            changes={"seal_head": [now.head if now else "", names[0]],
                     "seal_handler": [now.handler if now else "", names[1]]},
        )  # fmt: skip
        audit.note(
            actor=actor, verb="seal.put", subject=f"region:{region_code}", detail={"picture": bool(drawn)}, at=at
        )

    store.write(act)


def _place(centre_id: int) -> str:
    return f"centre_seal:{centre_id}"


def opened(*, parts: Parts, seal: CentreSeal) -> bytes:
    """The picture of a seal, a PNG; the caller has looked at the reader's right."""
    return base64.b64decode(parts.vault.open(seal.picture, _place(seal.centre_id)))


def picture(*, parts: Parts, actor: Actor, region_code: str, at: datetime) -> bytes:
    """The picture that a centre uses now, for those who manage there. Refusals: NOT_FOUND, NOT_ALLOWED,
    CENTRE_MISSING."""
    permissions.require_manage(actor=actor, region_code=region_code, at=at)
    now = current(_centre(region_code).id)
    if now is None:
        raise Refusal(C.NOT_FOUND)
    return opened(parts=parts, seal=now)


def pressed(body: bytes) -> bytes:
    """What arrived, as a seal to be pressed on paper: PNG, one colour, nothing where the paper was.

    Refusals: as `files.taken`, PHOTO_UNREADABLE (nothing but paper).
    """
    from PIL import Image

    with Image.open(io.BytesIO(files.taken(body, side=4 * SIDE).body)) as photo:
        flat = photo.convert("RGB")
    darkest = _darkest(flat)
    mask = darkest.point([_ink(light) for light in range(256)])
    inside = mask.getbbox()
    if inside is None:
        raise Refusal(C.PHOTO_UNREADABLE)
    mask = mask.crop(inside)
    mask.thumbnail((SIDE, SIDE))
    colour = _colour(flat.crop(inside))
    out = io.BytesIO()
    step = 256 // SHADES
    seal = Image.new("RGBA", mask.size, (*colour, 0))
    seal.putalpha(mask.point([min(255, light // step * step * 255 // (256 - step)) for light in range(256)]))
    seal.save(out, "PNG", optimize=True)
    return out.getvalue()


def _darkest(photo: Image.Image) -> Image.Image:
    """Of each point the darkest of its three colours: red ink is dark in green and blue, paper in none."""
    from PIL import ImageChops

    red, green, blue = photo.split()
    return ImageChops.darker(ImageChops.darker(red, green), blue)


def _ink(light: int) -> int:
    return max(0, min(255, (PAPER - light) * 255 // (PAPER - INK)))


def _colour(photo: Image.Image) -> tuple[int, int, int]:
    """The middle colour of what is full ink."""
    raw = photo.resize((60, 60)).tobytes()
    points = [raw[start : start + 3] for start in range(0, len(raw), 3)]
    full = [each for each in points if min(each) <= INK] or [bytes(RED)]
    red, green, blue = (sorted(each[number] for each in full)[len(full) // 2] for number in range(3))
    return red, green, blue
