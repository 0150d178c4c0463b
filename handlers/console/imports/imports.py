"""Imports by Excel: templates, a dry run, what becomes of each row, applying it, the report."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import current_app, make_response, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, from_htmx, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer, excel
from handlers.console.story import steps
from handlers.pages.browser import field, known_form
from services import regions, scopes
from services.errors import Refusal, RefusalCode
from services.imports import batches, cells, reports, transferred
from services.imports.batches import BatchView, RowView
from services.imports.kinds import KINDS
from services.imports.sheets import MOST_BYTES, MOST_ROWS
from wording import entry, say

bp = APIBlueprint("console_imports", __name__, enable_openapi=False)

#: A file and the rest of its form.
MOST_BODY = MOST_BYTES + 200_000
TONES = {"new": "ok", "changed": "ok", "same": "", "refused": "bad"}
STATES = {
    "reading": "wait",
    "checked": "wait",
    "applying": "wait",
    "applied": "ok",
    "refused": "bad",
    "dropped": "",
}
OUTCOMES = {"applied": "ok", "refused": "bad", "waiting": "wait"}


@bp.before_request
def allow_files() -> None:
    """A list of twenty thousand is larger than what the house takes elsewhere."""
    request.max_content_length = MOST_BODY


def _kinds() -> list[tuple[str, str]]:
    return [(kind, say(f"imports.kinds.{kind}.name")) for kind in KINDS]


def _list_sheet() -> Sheet:
    return Sheet(
        name="导入 Excel",
        columns=(
            Column("file", "文件"), Column("kind", "内容"), Column("place", "地区"), Column("state", "进度"),
            Column("rows", "行数", sort=True, figure=True), Column("by", "谁", whole=True),
            Column("at", "什么时候", sort=True, whole=True),
        ),
        choices=(
            Choice("kind", "内容", _kinds()),
            Choice("state", "进度", [(state, say(f"imports.states.{state}")) for state in STATES]),
        ),
        search="文件名",
        empty="还没有导入过。点“导入一个文件”开始。",
    )  # fmt: skip


def _batch_cells(batch: BatchView) -> dict[str, Any]:
    return {
        "file": Link(batch.file_name, f"/console/imports/{batch.code}"),
        "kind": say(f"imports.kinds.{batch.kind}.name"),
        "place": batch.region_name,
        "state": Mark(say(f"imports.states.{batch.state}"), STATES[batch.state]),
        "rows": batch.total,
        "by": batch.by,
        "at": batch.created_at.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M"),
    }


@bp.get("/imports")
@need_role
def listed() -> ResponseReturnValue:
    """All imports of the actor's divisions."""
    at = clock.now()
    if not scopes.readable(actor=actor(), at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    return answer(
        _list_sheet(), lambda wanted: batches.listed(actor=actor(), wanted=wanted, at=at), _batch_cells,
        template="imports/imports", tab="manage", may=bool(scopes.managed(actor=actor(), at=at)),
    )  # fmt: skip


def _form(refusal: Refusal | None = None) -> ResponseReturnValue:
    mine = scopes.managed(actor=actor(), at=clock.now())
    if not mine:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    kind = field("kind", 30) if field("kind", 30) in KINDS else next(iter(KINDS))
    about = [(each, say(f"imports.kinds.{each}.name"), say(f"imports.kinds.{each}.hint")) for each in KINDS]
    page = render(
        "imports/import_new", tab="manage",
        kinds=about, kind=kind, columns={each: cells.columns(each) for each in KINDS},
        places=[(code, regions.path_name(code)) for code in mine], region=field("region", 12) or mine[0],
        most_rows=MOST_ROWS, problem=words_of(refusal), wrong=_beside(refusal),
    )  # fmt: skip
    return said(page, refusal)


def _beside(refusal: Refusal | None) -> str:
    if refusal is None:
        return ""
    return {RefusalCode.BAD_REQUEST: "kind", RefusalCode.REGION_UNKNOWN: "region"}.get(refusal.code, "file")


@bp.get("/imports/new")
@need_role
def new() -> ResponseReturnValue:
    """What can be imported, the templates, the form."""
    return _form()


@bp.post("/imports/new")
@need_role
def upload() -> ResponseReturnValue:
    """Take the file for a dry run."""
    sent = request.files.get("file")
    made: list[str] = []
    refusal = attempt(
        lambda: made.append(
            batches.upload(
                parts=parts(), actor=actor(), kind=field("kind", 30), region_code=field("region", 12),
                file_name=(sent.filename or "") if sent else "", body=sent.read() if sent else b"", at=clock.now(),
            )
        )
    )  # fmt: skip
    return _form(refusal) if refusal else back(f"/console/imports/{made[0]}")


@bp.get("/imports/templates/<kind>")
@need_role
def template(kind: str) -> ResponseReturnValue:
    """The template of a kind, every cell set to text."""
    if kind not in KINDS:
        raise Refusal(RefusalCode.NOT_FOUND)
    name = f"{entry('imports.report.template')}-{say(f'imports.kinds.{kind}.name')}"
    return excel(reports.template(kind=kind), name)


def _row_sheet(batch: BatchView) -> Sheet:
    columns = [Column("row", "行", sort=True, figure=True)]
    columns += [Column(f"c.{each.key}", each.heading) for each in cells.columns(batch.kind)]
    columns += [Column("verdict", "试读结果"), Column("problems", "问题"), Column("changes", "变化")]
    if batch.state in ("applying", "applied", "dropped"):
        columns.append(Column("outcome", "办理结果"))
    verdicts = [(each, say(f"imports.verdicts.{each}")) for each in batches.VERDICTS]
    return Sheet(
        name=batch.file_name, columns=columns, choices=(Choice("verdict", "结果", verdicts),),
        search="这一行里的字", empty="正在读，读完再看。" if batch.running else "没有这样的行。",
    )  # fmt: skip


def _row_cells(batch: BatchView, row: RowView) -> dict[str, Any]:
    shown = {f"c.{each.key}": row.shown.get(each.key, "") for each in cells.columns(batch.kind)}
    return shown | {
        "row": row.row_no,
        "verdict": Mark(say(f"imports.verdicts.{row.verdict}"), TONES[row.verdict]),
        "problems": "".join(reports.problems_told(batch.kind, row)),
        "changes": "；".join(reports.changes_told(batch.kind, row)),
        "outcome": Mark(say(f"imports.outcomes.{row.outcome}"), OUTCOMES.get(row.outcome, "")),
    }


def _batch_page(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    batch = batches.view(actor=actor(), code=known_form(code), at=at)
    hours = batch.kind == "hours" and batch.state == "applied"
    facts = {
        "batch": batch,
        "state": say(f"imports.states.{batch.state}"),
        "kind_name": say(f"imports.kinds.{batch.kind}.name"),
        "why": say(f"refusals.{batch.why}", most=MOST_ROWS, columns="", megabytes="") if batch.why else "",
        "waiting": transferred.waiting(actor=actor(), code=batch.code, at=at) if hours else None,
        "officers": any(rule.rule == "/console/officers" for rule in current_app.url_map.iter_rules()),
        "past": steps("import", batch.number),
        "problem": words_of(refusal),
        "wrong": "reason" if refusal and refusal.code is RefusalCode.REASON_REQUIRED else "",
    }
    page = answer(
        _row_sheet(batch), lambda wanted: batches.rows(actor=actor(), code=batch.code, wanted=wanted, at=at),
        lambda row: _row_cells(batch, row), template="imports/import_batch", tab="manage", **facts,
    )  # fmt: skip
    return said(page, refusal) if isinstance(page, str) else page


@bp.get("/imports/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """A batch with its rows."""
    return _batch_page(code)


@bp.get("/imports/<code>/progress")
@need_role
def progress(code: str) -> ResponseReturnValue:
    """The part that moves; once the worker is done, the whole page is asked for anew."""
    batch = batches.view(actor=actor(), code=known_form(code), at=clock.now())
    if not from_htmx():
        return back(f"/console/imports/{batch.code}")
    page = make_response(
        render("imports/_import_progress", batch=batch, state=say(f"imports.states.{batch.state}"))
    )
    if not batch.running:
        page.headers["HX-Refresh"] = "true"
    return page


@bp.get("/imports/<code>/report")
@need_role
def report(code: str) -> ResponseReturnValue:
    """The Excel report."""
    body = reports.report(actor=actor(), code=known_form(code), at=clock.now())
    return excel(body, f"{entry('imports.report.title')}-{code}")


def _done(code: str, refusal: Refusal | None, word: str = "noted") -> ResponseReturnValue:
    return _batch_page(code, refusal) if refusal else back(f"/console/imports/{code}", word)


@bp.post("/imports/<code>/apply")
@need_role
def apply(code: str) -> ResponseReturnValue:
    """Let the worker apply it."""
    return _done(code, attempt(lambda: batches.start(actor=actor(), code=known_form(code), at=clock.now())))


@bp.post("/imports/<code>/drop")
@need_role
def drop(code: str) -> ResponseReturnValue:
    """Give it up."""
    return _done(code, attempt(lambda: batches.drop(actor=actor(), code=known_form(code), at=clock.now())))


@bp.post("/imports/<code>/verify")
@need_role
def verify(code: str) -> ResponseReturnValue:
    """The hours of this batch are right."""
    return _done(
        code, attempt(lambda: transferred.verify(actor=actor(), code=known_form(code), at=clock.now()))
    )


@bp.post("/imports/<code>/refuse")
@need_role
def refuse(code: str) -> ResponseReturnValue:
    """The hours of this batch are not proved."""
    why = field("reason", 200)
    return _done(
        code,
        attempt(lambda: transferred.refuse(actor=actor(), code=known_form(code), reason=why, at=clock.now())),
    )
