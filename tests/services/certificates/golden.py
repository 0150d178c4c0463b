"""The certificate that a person looked at and approved, as a picture: `python -m tests.services.certificates.golden`
draws it anew (look at it before it is committed)."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as raw

from models import Certificate, Volunteer, store
from services.certificates import paper, seals
from services.certificates.drafting import Content, Line
from tests.services.certificates.world import PARTS, seal
from tests.support.world import World, small_world

FILE = Path(__file__).with_name("golden.png")
SCALE = 0.8
NUMBER = "340000196006069013"


def draw(cast: World, at: datetime) -> bytes:
    """The file of a fixed certificate: forty services with two teams."""
    seal(cast, at)
    first = at.date() - timedelta(days=200)
    lines = [
        Line((first + timedelta(days=n * 4)).isoformat(), ("清洁东湖河岸", "淮河大堤巡堤查险")[n % 2],
             ("东湖服务队", "霍邱应急救援队")[n % 2], 125, 1, n == 7)
        for n in range(40)
    ]  # fmt: skip
    teams = ["东湖社区退役军人“红耀江淮”志愿服务队", "霍邱县退役军人“红耀江淮”应急救援服务队"]
    text = Content(
        name="王小博", public_no="n7654321", document_type="id_card", document_end=NUMBER[-4:], first=lines[0].when,
        last="2026-06-10", ever=True, teams=teams, one_team=False, minutes=5000, made_up=125, elsewhere=600, times=40,
        lines=lines, issuer=cast.centre.name, phone=cast.centre.phone, place="霍邱县", head="孙主任", handler="周小办",
    )  # fmt: skip
    code = "abcdefghjkmnpqrs"
    sealed = PARTS.vault.seal(NUMBER, f"certificate:{code}")[0]
    row = store.write(
        lambda: Certificate.create(
            code=code, number="ZM341522-2026-00001", volunteer=Volunteer.get(), centre=cast.centre, minutes=5000,
            region_code="341522", to_on="2026-06-10", state="valid", content=asdict(text), document=sealed,
            seal=seals.current(cast.centre.id), asked_at=at, issued_at=at,
        )
    )  # fmt: skip
    return paper.drawn(parts=PARTS, rows=[row])


def unembedded(document: Any) -> list[str]:
    """The fonts of a PDF that are not in it."""
    found = []
    for page in document:
        for each in page.get_objects():
            if each.type != raw.FPDF_PAGEOBJ_TEXT:
                continue
            font = raw.FPDFTextObj_GetFont(each.raw)
            if raw.FPDFFont_GetIsEmbedded(font) != 1:
                found.append(str(font))
    return found


if __name__ == "__main__":
    import migrations
    from models.dialect import open_database

    at = datetime(2026, 6, 10, 1, 0, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        store.bind(open_database(f"sqlite:///{folder}/golden.db", durable=False))
        migrations.apply(store.current())
        body = draw(small_world(at), at)
    pypdfium2.PdfDocument(body)[1].render(scale=SCALE).to_pil().convert("L").save(FILE, optimize=True)
