"""The mini-program's doors to certificates: asked for, taken back, issued, downloaded, asked for anew."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.certificates import asking, deciding
from services.certificates.drafting import Scope
from tests.services.certificates.world import correct, seal, serve
from tests.support.world import World


def test_certificate_from_the_mini_program(cast: World, app: Any, client: Any, bearer: Any, at: datetime) -> None:
    parts = app.extensions["parts"]
    me, keys = bearer(cast.xiaobo), iter(f"key-{number}" for number in range(20))

    def send(method: str, path: str, **body: Any) -> Any:
        headers = {**me, "Idempotency-Key": next(keys)}
        return client.open(f"/api/v1/me/certificates{path}", method=method, json=body or None, headers=headers)

    assert client.get("/api/v1/me/certificates", headers=me).json == {"certificates": [], "years": [], "teams": []}
    assert send("POST", "", first="2026-01-01").json["code"] == "certificate_empty"
    record = serve(cast, at)
    seal(cast, at, parts)
    assert send("POST", "", first="1.1.2026").status_code == 400
    [code] = send("POST", "", first="2026-01-01").json["codes"]
    assert send("DELETE", f"/{code}").status_code == 204
    [code] = send("POST", "", first="2026-01-01", team=cast.team.code).json["codes"]
    shown = client.get(f"/api/v1/me/certificates/{code}", headers=me).json
    assert (shown["certificate"]["state"], shown["file"], shown["check"]) == ("requested", "", "")
    deciding.issue(parts=parts, actor=cast.actor(cast.officer, "console"), code=code, at=at)
    shown = client.get(f"/api/v1/me/certificates/{code}", headers=me).json
    assert shown["certificate"]["minutes"] == shown["lines"][0]["minutes"] == 125
    assert client.get(shown["file"].removeprefix(parts.public_url)).mimetype == "application/pdf"
    assert client.get(f"/api/v1/me/certificates/{code}", headers=bearer(cast.ali)).status_code == 404
    assert send("POST", f"/{code}/again").status_code == 201
    correct(record, 60, at)
    listed = client.get("/api/v1/me/certificates", headers=me).json
    assert [each["state"] for each in listed["certificates"]] == ["requested", "valid"]
    assert (listed["years"], [each["code"] for each in listed["teams"]]) == (["2026"], [cast.team.code])


def test_everything_that_service_brought_in_one_answer(
    cast: World, app: Any, client: Any, bearer: Any, at: datetime, count_statements: Any
) -> None:
    parts = app.extensions["parts"]
    serve(cast, at, minutes=60 * 150)
    seal(cast, at, parts)
    [code] = asking.ask(parts=parts, actor=cast.actor(cast.xiaobo), scope=Scope(), at=at)
    deciding.issue(parts=parts, actor=cast.actor(cast.officer, "console"), code=code, at=at)
    me = bearer(cast.xiaobo)
    found = client.get("/api/v1/me/recognition", headers=me).json
    assert (found["hours"]["total"], found["star"]["reached"], found["progress"]) == (9000, 1, 25)
    assert [each["code"] for each in found["certificates"]] == [code]
    assert (found["points"]["balance"], found["points"]["entries"][0]["amount"], found["honours"]) == (150, 150, [])
    assert found["points"]["entries"][0]["why"]
    with count_statements() as seen:
        client.get("/api/v1/me/recognition", headers=me)
    assert len(seen) <= 24
