"""Certificates on the console: the seal put down, a request decided, one for a person without a phone, a whole team."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pypdfium2

from models import AuditEntry, Certificate, Team, store
from services.certificates import asking
from tests.services.certificates.world import EVER, PARTS, correct, picture, serve
from tests.support.world import COUNTY, World


def test_office_issues_prints_withdraws_and_issues_anew(cast: World, desk: Any, at: Any) -> None:
    record = serve(cast, at)
    [code] = asking.ask(parts=PARTS, actor=cast.actor(cast.xiaobo, "pages"), scope=EVER, at=at)
    office, path = desk(cast.officer), f"/console/certificates/{code}"
    assert "份服务证明等出具" in office.get("/console").text
    assert "还没有放公章" in office.get(path).text
    assert office.post(f"{path}/issue").status_code == 409
    there = f"/console/centres/{COUNTY}/seal"
    assert "证明的公章" in office.get(f"/console/centres/{COUNTY}").text
    names = {"head": "孙主任", "handler": "周小办"}
    assert office.post(there, names).status_code == 400
    sent = office.post(there, names | {"picture": (io.BytesIO(picture()), "章.png")})
    assert sent.location == f"{there}?done=saved"
    assert office.get(f"{there}.png").mimetype == "image/png"
    assert desk(cast.ali).get(there).status_code == 404
    assert office.post(f"{path}/issue").location == f"{path}?done=approved"
    assert office.get(f"{path}.pdf").mimetype == "application/pdf"
    assert AuditEntry.select().where(AuditEntry.verb == "certificate.paper").count() == 1
    page = office.get("/console/certificates?q=小博").text
    assert [word in page for word in ("ZM341522-2026-00001", "有效", "王小博")] == [True] * 3
    correct(record, 65, at)
    assert "按现在的时长重开" in office.get(path).text
    again = office.post(f"{path}/reissue").location.partition("?")[0]
    assert ("已换新证明" in office.get(path).text, "1 小时 5 分钟" in office.get(again).text) == (True, True)
    assert office.post(f"{again}/withdraw").status_code == 400
    assert office.post(f"{again}/withdraw", {"reason": "人写错了"}).location == f"{again}?done=revoked"
    assert "人写错了" in office.get(again).text
    assert desk(cast.ali).get(again).status_code == 404


def test_office_issues_for_a_person_and_for_a_whole_team(cast: World, desk: Any, at: Any) -> None:
    for person in (cast.xiaobo, cast.ali, cast.officer):
        serve(cast, at, person=person)
    office = desk(cast.officer)
    new = f"/console/certificates/new?person={cast.xiaobo.public_no}"
    assert new in office.get(f"/console/people/{cast.xiaobo.public_no}").text
    assert "王小博" in office.get(new).text
    assert office.post(new, {"when": "2019"}).status_code == 409
    assert office.post(new, {"when": "2026"}).location.endswith("done=certifying")  # no seal yet
    seal = {"head": "孙主任", "handler": "周小办", "picture": (io.BytesIO(picture()), "seal.png")}
    office.post(f"/console/centres/{COUNTY}/seal", seal)
    assert office.post(new, {"when": "2026"}).location.endswith("done=approved")
    merged = Team.update(state="merged", merged_into=cast.other_team.id).where(Team.id == cast.team.id)
    store.write(merged.execute)
    form = f"/console/certificates/team?team={cast.team.code}"
    assert (form in office.get(f"/console/teams/{cast.team.code}").text, cast.team.name in office.get(form).text) == (
        True, True,
    )  # fmt: skip
    assert office.post("/console/certificates/team", {"when": "2026"}).status_code == 400
    page = office.post("/console/certificates/team", {"team": cast.team.code, "when": "2026"}).text
    assert ("2 张" in page, "孙主任" in page) == (True, True)
    with_team = Certificate.team.is_null(False) & (Certificate.state == "valid")
    codes = [row.code for row in Certificate.select().where(with_team)]
    body = office.post("/console/certificates/papers", {"codes": ",".join(codes)}).data
    assert len(pypdfium2.PdfDocument(body)) == len(codes) == 2
    packed = office.post("/console/certificates/papers", {"codes": ",".join(codes), "singly": "1"})
    with zipfile.ZipFile(io.BytesIO(packed.data)) as archive:
        assert sorted(archive.namelist())[0].startswith("ZM341522-2026-00002 ")
        assert {archive.read(each)[:5] for each in archive.namelist()} == {b"%PDF-"}
    assert office.post("/console/certificates/papers", {"codes": "nothing"}).status_code == 404
    assert desk(cast.ali).get("/console/certificates/team").status_code == 403
