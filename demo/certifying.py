"""What the demo's county certifies: a seal that says itself that it is a sample, one certificate, one request."""

from __future__ import annotations

import base64
import io
import math
from datetime import datetime, timedelta

import pylopdf_fonts_zh_cn
from PIL import Image, ImageDraw, ImageFont

from demo.people import Person
from demo.places import COUNTY
from models import Centre, CentreSeal
from services.accounts.vault import Vault
from services.actors import Actor
from services.certificates import asking, deciding, seals
from services.certificates.drafting import Scope
from services.parts import Parts

#: Numbers of phones: who holds a certificate, who waits for one, who issues.
HOLDER, ASKER, DIRECTOR = 2, 4, 6
RED, SIDE, RADIUS = (205, 25, 35), 640, 300


def lay_out(people: list[Person], *, vault: Vault, brand: str, at: datetime) -> None:
    """The seal, one certificate issued last week, one that waits. Inside the world's write."""
    centre = Centre.get(Centre.region_code == COUNTY)
    by_number = {each.number: each for each in people}
    director = by_number[DIRECTOR]
    body = base64.b64encode(seals.pressed(_sample(centre.name))).decode()
    CentreSeal.create(
        centre=centre, picture=vault.seal(body, f"centre_seal:{centre.id}")[0], head=director.name, handler="周小办",
        set_by=director.id, from_at=at - timedelta(days=90),
    )  # fmt: skip
    parts = Parts(
        brand=brand, public_url="", https=False, demo=True, mp_appid="", oa_appid="", oa_id="", vault=vault,
        gateway=None, sign_key=b"", storage=None,  # type: ignore[arg-type]
    )  # fmt: skip
    then = at - timedelta(days=6)
    [code] = asking.ask(parts=parts, actor=Actor("pages", by_number[HOLDER].id), scope=Scope(), at=then)
    deciding.issue(
        parts=parts, actor=Actor("console", director.id), code=code, at=then + timedelta(hours=3)
    )
    asking.ask(
        parts=parts, actor=Actor("pages", by_number[ASKER].id), scope=Scope(),
        at=at - timedelta(hours=5),
    )  # fmt: skip


def _sample(name: str) -> bytes:
    """A round seal, drawn: the centre's name around, 样章 across."""
    photo = Image.new("RGB", (SIDE, SIDE), "white")
    pen = ImageDraw.Draw(photo)
    middle = SIDE / 2
    pen.ellipse((middle - RADIUS, middle - RADIUS, middle + RADIUS, middle + RADIUS), outline=RED, width=14)
    path = str(pylopdf_fonts_zh_cn.sans_path())
    small, large = ImageFont.truetype(path, 52), ImageFont.truetype(path, 120)
    for number, letter in enumerate(name):
        angle = math.radians(-130 + 260 * number / max(1, len(name) - 1))
        tile = Image.new("L", (72, 72), 0)
        ImageDraw.Draw(tile).text((36, 36), letter, fill=255, font=small, anchor="mm")
        turned = tile.rotate(-math.degrees(angle), resample=Image.Resampling.BICUBIC)
        x, y = middle + (RADIUS - 56) * math.sin(angle), middle - (RADIUS - 56) * math.cos(angle)
        photo.paste(RED, (round(x - 36), round(y - 36)), turned)
    pen.text((middle, middle), "样章", fill=RED, font=large, anchor="mm")
    out = io.BytesIO()
    photo.save(out, "PNG")
    return out.getvalue()
