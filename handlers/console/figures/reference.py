"""Reference reports: the list, a new one, one report with every number a door to its rows, Excel, Word and PDF."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.figures.files import pdf, word
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer, excel
from handlers.console.organisation import team_words as words
from handlers.pages.browser import field, known_form
from services import regions, scopes
from services.errors import Refusal, RefusalCode
from services.reporting import reference, reference_files, reference_views
from services.reporting.reference_views import ReportLine, Row
from wording import entry

bp = APIBlueprint("console_reference", __name__, enable_openapi=False)

KINDS = (("centre", "示范型中心（站）"), ("leader", "优秀主任（站长）"))
STATES = {
    "making": ("正在算", "wait"), "draft": ("草稿", "wait"), "submitted": ("已报送", "ok"), "withdrawn": ("作废", ""),
}  # fmt: skip
COLUMNS = (
    Column("name", "对象", sort=True), Column("kind", "用于评选"), Column("place", "地区"),
    Column("span", "时段", whole=True), Column("issuer", "出具单位"), Column("state", "状态"),
    Column("made", "数字截至", sort=True, whole=True),
)  # fmt: skip


def _cells(line: ReportLine) -> Mapping[str, Any]:
    return {
        "name": Link(line.name, f"/console/references/{line.code}"), "kind": dict(KINDS)[line.kind],
        "place": line.place, "span": f"{line.from_on} 至 {line.to_on}", "issuer": line.issuer,
        "state": Mark(*STATES[line.state]), "made": clock.local_day(line.made_at).isoformat(),
    }  # fmt: skip


@bp.get("/references")
@need_role
def page() -> ResponseReturnValue:
    """The reports of his divisions."""
    at = clock.now()
    if not scopes.readable(actor=actor(), at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    chosen = request.args.get("region", "")[:12]
    managed = scopes.managed(actor=actor(), at=at)
    sheet = Sheet(
        "评选参考报告", COLUMNS,
        (
            Choice("region", "地区", words.areas(actor(), chosen, at)), Choice("kind", "用于评选", KINDS),
            Choice("state", "状态", [(key, name) for key, (name, _) in STATES.items()]),
        ),
        search="对象", empty="还没有报告。",
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: reference_views.listed(actor=actor(), wanted=wanted, at=at), _cells,
        template="planning/list_new", tab="manage", new_path="/console/references/new" if managed else "",
        new_word="做一份报告",
    )  # fmt: skip


@bp.route("/references/new", methods=["GET", "POST"])
@need_role
def new() -> ResponseReturnValue:
    """First the division, then whom it is about and which days."""
    at = clock.now()
    managed = scopes.managed(actor=actor(), at=at)
    if not managed:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    region = field("region", 12) or managed[0]
    heads = reference.heads(actor=actor(), region_code=region, at=at)
    refusal = None
    if request.method == "POST":
        made: list[str] = []
        refusal = attempt(
            lambda: made.append(
                reference.make(
                    actor=actor(), region_code=region, public_no=field("person", 40), from_on=field("from_on", 10),
                    to_on=field("to_on", 10), note=field("note", 600), at=at,
                )
            )
        )  # fmt: skip
        if made:
            return back(f"/console/references/{made[0]}", "created")
    today = clock.today()
    body = render(
        "figures/reference_new", tab="manage", areas=words.areas(actor(), region, at), region=region, heads=heads,
        place=regions.path_name(region), problem=words_of(refusal),
        wrong=str(refusal.facts.get("field", "")) if refusal else "",
        typed={name: field(name, 600) for name in ("person", "from_on", "to_on", "note")},
        first=f"{today.year}-01-01", last=today.isoformat(),
    )  # fmt: skip
    return said(body, refusal)


@bp.get("/references/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """One report."""
    return _one(known_form(code))


def _one(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = reference_views.page(actor=actor(), code=code, at=clock.now())
    return said(
        render(
            "figures/reference", tab="manage", shown=shown, kinds=dict(KINDS), states=STATES,
            problem=words_of(refusal), reason=field("reason", 200),
        ),
        refusal,
    )  # fmt: skip


@bp.post("/references/<code>/<any('again', 'submit', 'withdraw'):step>")
@need_role
def act(code: str, step: str) -> ResponseReturnValue:
    """Count a draft anew, freeze it, or say that it is not to be used."""
    code = known_form(code)
    facts: dict[str, Any] = {"actor": actor(), "code": code, "at": clock.now()}
    acts = {
        "again": (lambda: reference.again(**facts), "saved"),
        "submit": (lambda: reference.submit(**facts), "saved"),
        "withdraw": (lambda: reference.withdraw(**facts, reason=field("reason", 200)), "withdrawn"),
    }
    do, done = acts[step]
    refusal = attempt(do)
    return _one(code, refusal) if refusal else back(f"/console/references/{code}", done)


@bp.get("/references/<code>/rows")
@need_role
def rows(code: str) -> ResponseReturnValue:
    """The rows that a number came from."""
    code, at = known_form(code), clock.now()
    figure = field("figure", 40)
    term = int(field("term", 2)) if field("term", 2).isdigit() else 0
    found = entry("reports.figures")
    if figure not in found or figure == "team_months":
        raise Refusal(RefusalCode.NOT_FOUND)
    part = reference_views.part_of(figure)
    figures = reference_views.FIGURE_COLUMNS.get(part, ())
    columns = [
        Column(f"c{n}", name, figure=n in figures, whole=n == 0 and part != "teams")
        for n, name in enumerate(reference_views.headings(part))
    ]
    sheet = Sheet(f"{found[figure]}：从哪里来", (*columns, Column("adds", "计入", figure=True)), empty="没有，是 0。")
    return answer(
        sheet,
        lambda wanted: reference_views.rows(
            actor=actor(), code=code, term=term, figure=figure, wanted=wanted, at=at
        ),
        _row, template="figures/reference_rows", tab="manage", leads_back=f"/console/references/{code}",
    )  # fmt: skip


def _row(row: Row) -> Mapping[str, Any]:
    return {f"c{n}": text for n, text in enumerate(row.cells)} | {"adds": row.adds}


@bp.get("/references/<code>/file.xlsx")
@need_role
def as_excel(code: str) -> ResponseReturnValue:
    """Numbers and rows, sheet by sheet."""
    name, body = reference_files.workbook(actor=actor(), code=known_form(code), at=clock.now())
    return excel(body, name)


@bp.get("/references/<code>/file.docx")
@need_role
def as_word(code: str) -> ResponseReturnValue:
    """In the look of an official paper, to go on writing in."""
    name, body = reference_files.letter(actor=actor(), code=known_form(code), at=clock.now())
    return word(body, name)


@bp.get("/references/<code>/file.pdf")
@need_role
def as_pdf(code: str) -> ResponseReturnValue:
    """To hand in as it is."""
    name, body = reference_files.paper(parts=parts(), actor=actor(), code=known_form(code), at=clock.now())
    return pdf(body, name)
