"""What is certified on the stage: the county's seal, a certificate of the person's, a request of the member's."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from models import Certificate
from services.actors import OPERATOR
from services.certificates import seals
from services.certificates.drafting import Content, Line
from services.codes import file_mac
from tests.services.certificates.world import picture
from tests.support.world import COUNTY, VILLAGE

#: As in tests/rights/examples.py.
VALUES: tuple[tuple[str, str, Any], ...] = (
    ("/console/certificates/", "code", lambda s: s.certificate.code),
    ("/console/certificates/", "step", lambda s: "withdraw"),
    ("/m/certificates/", "code", lambda s: s.own_certificate.code),
    ("/api/v1/me/certificates/", "code", lambda s: s.own_certificate.code),
    ("/v/", "code", lambda s: s.certificate.code),
    ("/v/", "until", lambda s: _until(s)),
    ("/v/", "mac", lambda s: file_mac(sign_key=_key(s), code=s.certificate.code, until=_until(s))),
)
QUERIES: dict[str, Any] = {
    "GET /console/certificates/new": lambda s: f"?person={s.person.public_no}",
}
JSON: dict[str, Any] = {"POST /api/v1/me/certificates": lambda s: {"first": "2026-01-01"}}
FORMS: dict[str, Any] = {
    "POST /console/certificates/new": lambda s: {"person": s.person.public_no, "when": "ever"},
    "POST /console/certificates/team": lambda s: {"team": s.team.code, "when": "ever"},
    "POST /console/certificates/papers": lambda s: {"codes": s.certificate.code},
    "POST /console/certificates/<code>/<any('issue', 'refuse', 'withdraw', 'reissue'):step>": lambda s: {
        "reason": "开错了"
    },
    "POST /console/centres/<code>/seal": lambda s: {"head": "孙主任", "handler": "周小办"},
    "POST /m/certificates": lambda s: {"when": "ever"},
    "POST /m/certificates/<code>": lambda s: {},
}


def _until(stage: Any) -> str:
    return f"{int(stage.at.timestamp()) + 600:x}"


def _key(stage: Any) -> bytes:
    key: bytes = stage.app.extensions["parts"].sign_key
    return key


def make(stage: Any) -> None:
    """Make them, inside the write that makes the stage."""
    seals.put(
        parts=stage.app.extensions["parts"], actor=OPERATOR, region_code=COUNTY, head="孙主任", handler="周小办",
        picture=picture(), at=stage.at,
    )  # fmt: skip
    stage.certificate = _certificate(stage, stage.person, "certcertcert2222", "valid")
    stage.own_certificate = _certificate(stage, stage.people["member"], "certcertcert3333", "requested")


def _certificate(stage: Any, person: Any, code: str, state: str) -> Certificate:
    centre, valid = stage.cast.centre, state == "valid"
    text = Content(
        name=person.name, public_no=person.public_no, document_type="id_card", document_end="", first="2026-06-01",
        last="2026-06-09", ever=False, teams=["东湖服务队"], one_team=True, minutes=60, made_up=0, elsewhere=0, times=1,
        lines=[Line("2026-06-01", "守堤", "东湖服务队", 60)], issuer=centre.name, phone="", place="东湖社区",
    )  # fmt: skip
    return Certificate.create(
        code=code, number=f"ZM{code}" if valid else None, volunteer=person, centre=centre, region_code=VILLAGE,
        to_on="2026-06-09", state=state, content=asdict(text), minutes=60, seal=seals.current(centre.id),
        asked_at=stage.at, issued_at=stage.at if valid else None, compared_at=stage.at if valid else None,
    )  # fmt: skip
