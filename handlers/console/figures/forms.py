"""The superior's own Excel forms: uploaded, their cells named once, filled for a division and a period."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.figures.statistics import period_choice
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Column, Link, Sheet, answer, excel
from handlers.console.organisation import team_words as words
from handlers.pages.browser import field, known_form, redirected
from services import scopes
from services.errors import Refusal, RefusalCode
from services.imports.sheets import MOST_BYTES
from services.organisation import specialities
from services.participation import domains
from services.reporting import form_filling, forms
from services.reporting.forms import FormLine
from wording import entry

bp = APIBlueprint("console_forms", __name__, enable_openapi=False)

COLUMNS = (
    Column("name", "表", sort=True), Column("place", "哪里设的"), Column("file", "文件"),
    Column("cells", "对好的格子", figure=True), Column("at", "上传日期", sort=True, whole=True),
)  # fmt: skip
CELL_FIELDS = ("sheet", "cell", "figure", "kind", "speciality", "domain", "place")


@bp.before_request
def allow_files() -> None:
    """A form may be larger than what the house takes elsewhere; the service looks at its size."""
    request.max_content_length = MOST_BYTES + 1_000_000


def _cells(line: FormLine) -> Mapping[str, Any]:
    return {
        "name": Link(line.name, f"/console/forms/{line.code}"), "place": line.place, "file": line.file_name,
        "cells": line.cells, "at": clock.local_day(line.created_at).isoformat(),
    }  # fmt: skip


@bp.get("/forms")
@need_role
def page() -> ResponseReturnValue:
    """The forms of one's divisions and of those above."""
    at = clock.now()
    sheet = Sheet("上级的表（套表）", COLUMNS, search="表名", empty="还没有上传过。")
    return answer(
        sheet, lambda wanted: forms.listed(actor=actor(), wanted=wanted, at=at), _cells,
        template="planning/list_new", tab="manage",
        new_path="/console/forms/new" if scopes.managed(actor=actor(), at=at) else "", new_word="上传一张表",
    )  # fmt: skip


@bp.route("/forms/new", methods=["GET", "POST"])
@need_role
def new() -> ResponseReturnValue:
    """Upload one."""
    at = clock.now()
    managed = scopes.managed(actor=actor(), at=at)
    if not managed:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    refusal = None
    if request.method == "POST":
        sent = request.files.get("file")
        made: list[str] = []
        refusal = attempt(
            lambda: made.append(
                forms.upload(
                    actor=actor(), region_code=field("region", 12), name=field("name", 80),
                    file_name=(sent.filename or "") if sent else "", body=sent.read() if sent else b"", at=at,
                )
            )
        )  # fmt: skip
        if made:
            return back(f"/console/forms/{made[0]}", "created")
    body = render(
        "figures/form_new", tab="manage", areas=words.areas(actor(), managed[0], at), region=field("region", 12),
        called=field("name", 80), problem=words_of(refusal), wrong=_wrong(refusal),
    )  # fmt: skip
    return said(body, refusal)


def _wrong(refusal: Refusal | None) -> str:
    if refusal is None:
        return ""
    return str(refusal.facts.get("field") or ("region" if refusal.code is RefusalCode.REGION_UNKNOWN else "file"))


@bp.get("/forms/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """The form as it looks, its cells, what it is filled for."""
    return _one(known_form(code))


def _one(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    shown = forms.page(actor=actor(), code=code, at=at)
    mine = scopes.countable(actor=actor(), at=at)
    inside = shown.region_code if scopes.covers(mine, shown.region_code) else mine[0]
    left = [each for each in field("left", 200).split(",") if each.isdigit()]
    body = render(
        "figures/form", tab="manage", shown=shown, problem=words_of(refusal), wrong=_wrong(refusal) if refusal else "",
        left=left, typed={name: field(name, 60) for name in (*CELL_FIELDS, "names")},
        areas=words.areas(actor(), inside, at), periods=period_choice(),
        figures=list(entry("reports.form_figures").items()), kinds=words.options("kinds"),
        specialities=[(each.code, each.name) for each in specialities.listed()],
        domains=[(each.code, each.name) for each in domains.all_domains()],
        named={(each.sheet, each.cell): each for each in shown.named}, inside=inside,
        widest=max((each.columns for each in shown.grids), key=len, default=[]),
    )  # fmt: skip
    return said(body, refusal)


@bp.post("/forms/<code>/cells")
@need_role
def cells(code: str) -> ResponseReturnValue:
    """Name a cell, or with a column of places every cell below it; without a figure its name is taken away."""
    code = known_form(code)
    typed = {name: field(name, 60) for name in CELL_FIELDS}
    names, facts = field("names", 2), {"actor": actor(), "code": code, "at": clock.now()}
    rows = typed | {"names": names}
    rows.pop("place")
    left: list[int] = []
    refusal = attempt(
        lambda: left.extend(forms.name_rows(**facts, **rows)) if names else forms.name_cell(**facts, **typed)
    )
    if left:
        return redirected(f"/console/forms/{code}?left={','.join(map(str, left[:40]))}#cells")
    return _one(code, refusal) if refusal else back(f"/console/forms/{code}", "saved", "cells")


@bp.post("/forms/<code>/end")
@need_role
def end(code: str) -> ResponseReturnValue:
    """Nobody fills it from now on."""
    forms.end(actor=actor(), code=known_form(code), at=clock.now())
    return back("/console/forms", "saved")


@bp.get("/forms/<code>/filled.xlsx")
@need_role
def filled(code: str) -> ResponseReturnValue:
    """The form with its figures, to be kept."""
    name, body = form_filling.fill(
        actor=actor(), code=known_form(code), region_code=field("region", 12),
        period_text=field("period", 7) or str(clock.today().year), at=clock.now(),
    )  # fmt: skip
    return excel(body, name)
