"""The certificate as it is printed: A4, from its frozen text, with the seal of its centre and a code to check it by.

The same certificate is the same file, byte for byte, whenever it is drawn. It can be edited like any file; so the code
leads to a page of ours that says what was issued (`checking`), and the sum stands there in figures and in capitals.
"""

from __future__ import annotations

import hmac
import io
import zipfile
from collections.abc import Sequence
from datetime import datetime, timedelta

from clock import local_day
from models import CentreSeal, Certificate
from services import audit, permissions
from services.access import belonging
from services.actors import Actor
from services.certificates import amounts, deciding, seals
from services.certificates.drafting import TEAMS, Content, Line
from services.codes import file_mac
from services.errors import Refusal, RefusalCode
from services.parts import Parts
from services.permissions import Verb
from services.printing import Paper
from wording import entry, say

C = RefusalCode
#: Millimetres: the seal (42 mm is a county's), the code, and what the names and the seal need at the foot.
SEAL, CODE, FOOT = 42, 30, 66
#: Where a page ends for the text.
BOTTOM = 277
#: How long an address opens the file.
LINK_FOR = timedelta(minutes=30)


def paper(*, parts: Parts, actor: Actor, code: str, at: datetime) -> tuple[str, bytes]:
    """(name of the file, PDF), for the person, for those who answer for it, for those who manage his division.
    Whoever else than himself draws it is noted. Refusals: NOT_FOUND, CERTIFICATE_STATE (not issued yet).
    """
    row = deciding.found(code)
    if row.volunteer_id != actor.volunteer_id:
        _require_reader(actor, row, at)
    if row.state not in deciding.ISSUED:
        raise Refusal(C.CERTIFICATE_STATE)
    if row.volunteer_id != actor.volunteer_id:
        audit.note(
            actor=actor, verb="certificate.paper", subject=f"volunteer:{row.volunteer_id}",
            detail={"certificate": row.code}, at=at, region_code=str(row.region_code),
        )  # fmt: skip
    return str(row.number), drawn(parts=parts, rows=[row])


def link(*, parts: Parts, code: str, at: datetime) -> str:
    """Where the file lies for half an hour for whoever holds this address: WeChat hands files on to a browser that is
    not logged in. The caller has looked at the reader's right."""
    until = f"{int((at + LINK_FOR).timestamp()):x}"
    return f"/v/{code}/{until}.{file_mac(sign_key=parts.sign_key, code=code, until=until)}.pdf"


def by_link(*, parts: Parts, code: str, until: str, mac: str, at: datetime) -> tuple[str, bytes]:
    """(name of the file, PDF) by such an address. Refusals: NOT_FOUND (not ours, over, or not issued)."""
    good = hmac.compare_digest(file_mac(sign_key=parts.sign_key, code=code, until=until).encode(), mac.encode())
    if not good or int(until, 16) < at.timestamp():
        raise Refusal(C.NOT_FOUND)
    row = deciding.found(code)
    if row.state not in deciding.ISSUED:
        raise Refusal(C.NOT_FOUND)
    return str(row.number), drawn(parts=parts, rows=[row])


def _require_reader(actor: Actor, row: Certificate, at: datetime) -> None:
    if permissions.manages(actor=actor, region_code=str(row.region_code), at=at):
        return
    if not belonging.may(actor=actor, person=row.volunteer, verb=Verb.MANAGE, at=at):
        raise Refusal(C.NOT_FOUND)


def of_team(
    *, parts: Parts, actor: Actor, codes: Sequence[str], at: datetime
) -> tuple[str, bytes]:  # fmt: skip
    """(name of the file, one PDF) of the certificates with these codes that hold, each on a page of its own, for those
    who answer for all of them. Refusals: NOT_FOUND (none, or not his)."""
    rows = _handed_out(actor, codes, at)
    return f"{rows[0].number}-{len(rows)}", drawn(parts=parts, rows=rows)


def singly(*, parts: Parts, actor: Actor, codes: Sequence[str], at: datetime) -> tuple[str, bytes]:
    """(name of the file, a ZIP) of the same, each a PDF of its own that bears its number and its person's name.
    Refusals: as `of_team`."""
    rows = _handed_out(actor, codes, at)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for row in rows:
            name = say("certificates.file", number=row.number, name=Content.of(row.content).name)
            archive.writestr(f"{name}.pdf", drawn(parts=parts, rows=[row]))
    return f"{rows[0].number}-{len(rows)}", out.getvalue()


def _handed_out(actor: Actor, codes: Sequence[str], at: datetime) -> list[Certificate]:
    rows = list(
        Certificate.select().where(Certificate.code.in_(list(codes)), Certificate.state == "valid")
        .order_by(Certificate.number)
    )  # fmt: skip
    if not rows or not all(
        permissions.manages(actor=actor, region_code=code, at=at) for code in {str(each.region_code) for each in rows}
    ):
        raise Refusal(C.NOT_FOUND)
    for code in sorted({str(each.region_code) for each in rows}):
        audit.note(
            actor=actor, verb="certificate.papers", subject=f"region:{code}", at=at,
            detail={"certificates": [each.code for each in rows if each.region_code == code]},
        )  # fmt: skip
    return rows


def drawn(*, parts: Parts, rows: Sequence[Certificate]) -> bytes:
    """The file; the caller has looked at the reader's right."""
    words = entry("certificates.paper")
    sheet = Paper(
        title=words["title"], made_at=max(each.issued_at for each in rows), first_page=False
    )
    sheet.pages.counted = len(rows) == 1  # of several, each page carries its number alone
    for row in rows:
        _one(parts, sheet, row)
    return sheet.pdf()


def _one(parts: Parts, sheet: Paper, row: Certificate) -> None:
    text = Content.of(row.content)
    words = entry("certificates.paper")
    sheet.page(words["title"], say("certificates.paper.number", number=row.number))
    sheet.pages.words = say("certificates.paper.footer", brand=parts.brand, number=row.number)
    _mark(sheet, row)
    sheet.pairs([
        (words["name"], text.name),
        (words["document"], say(
            "certificates.paper.document_line", kind=entry("certificates.documents").get(text.document_type, ""),
            number=deciding.document_of(parts, row) or words["no_document"],
        )),
        (words["public_no"], text.public_no),
        (words["span"], span_words(text)),
        (words["teams"], team_words(text, "\n")),
        (words["times"], say("certificates.times", times=text.times)),
        (words["total"], f"{amounts.duration(text.minutes)}（{amounts.in_capitals(text.minutes)}）"),
    ])  # fmt: skip
    sheet.space(3)
    _list(sheet, text)
    for line in notes(text):
        sheet.line(line, size=10, grey=True)
    sheet.line(words["truth"])
    _foot(parts, sheet, row, text)


def span_words(text: Content) -> str:
    """The days, in words."""
    return say("certificates.span", first=amounts.day(text.first), last=amounts.day(text.last))


def team_words(text: Content, between: str = "") -> str:
    """The teams, TEAMS of them by name, and how many they are where they are more."""
    named = (between or say("certificates.comma")).join(text.teams[:TEAMS])
    return named + (say("certificates.teams_of", teams=len(text.teams)) if len(text.teams) > TEAMS else "")


def notes(text: Content) -> list[str]:
    """What has to be said beside the sum: made-up hours, those that another system certifies."""
    found = []
    if text.made_up:
        found.append(say("certificates.note.made_up", total=amounts.duration(text.made_up)))
    if text.elsewhere:
        found.append(say("certificates.note.elsewhere", total=amounts.duration(text.elsewhere)))
    return found


def when_words(line: Line) -> str:
    """`2026-06-10`, `2026-06` or `2026` as a reader's day, month or year."""
    key = {4: "year", 7: "month"}.get(len(line.when), "")
    if not key:
        return line.when
    return say(f"certificates.{key}", year=line.when[:4], month=line.when[5:7].lstrip("0"))


def what_words(line: Line) -> str:
    """What was done, and that it was made up."""
    return say("certificates.made_up", what=line.what) if line.made_up else line.what


def _list(sheet: Paper, text: Content) -> None:
    words = entry("certificates.paper")
    several = len({line.team for line in text.lines}) > 1
    heads = [words["when"], words["what"], *([words["team"]] if several else []), words["minutes"]]
    rows = [
        [when_words(line), what_words(line), *([line.team] if several else []), amounts.duration(line.minutes)]
        for line in text.lines
    ]
    widths = [2.4, 5, 3, 3] if several else [2.4, 7, 3]
    sheet.table(headings=heads, rows=rows, widths=widths, right={len(heads) - 1}, size=10)
    sheet.space(2)


def _foot(parts: Parts, sheet: Paper, row: Certificate, text: Content) -> None:
    """Names, centre, day, the seal over both, and the code; together on one page."""
    words = entry("certificates.paper")
    if sheet.pages.get_y() > BOTTOM - FOOT:
        sheet.pages.add_page()
    top = max(sheet.pages.get_y() + 4, BOTTOM - FOOT - 30 if sheet.pages.page_no() == 1 else 0)
    sheet.code(address(parts, row), x=20, y=top, size=CODE)
    how = say("certificates.paper.scan", site=f"{parts.public_url}/v")
    sheet.text_at(how, x=18, y=top + CODE + 1, width=72, size=9, height=13, grey=True)
    sheet.text_at(say("certificates.paper.code", code=spaced(str(row.code))), x=18, y=top + CODE + 15, width=70, size=9,
                  grey=True)  # fmt: skip
    lines = [
        (words["head"], text.head), (words["handler"], text.handler), (words["phone"], text.phone),
        (words["issuer"], text.issuer), (words["issued"], amounts.day(local_day(row.issued_at).isoformat())),
    ]  # fmt: skip
    for place, (label, value) in enumerate(lines):
        sheet.text_at(f"{label}{value}", x=98, y=top + place * 9, width=94, size=12, height=7)
    seal = CentreSeal.get_by_id(row.seal_id)
    sheet.picture(seals.opened(parts=parts, seal=seal), x=150, y=top + 13, width=SEAL, height=SEAL)


def address(parts: Parts, row: Certificate) -> str:
    """Where it can be checked."""
    return f"{parts.public_url}/v/{row.code}"


def spaced(code: str) -> str:
    """A code in groups of four, to be typed."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def _mark(sheet: Paper, row: Certificate) -> None:
    """What holds no more says so in large letters."""
    if row.state == "valid":
        return
    sheet.line(entry("certificates.paper")[row.state], size=20, align="C")

