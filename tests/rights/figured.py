"""Figures and papers on the stage of the rights: a plan that runs, a report, a nomination, a form; of `stage.team`."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import openpyxl

from models import Nomination, OfficeForm, ReferenceReport, ReferenceRow, RevivalPlan
from tests.support.world import TOWN, VILLAGE

Value = Callable[[Any], Any]

#: (beginning of the rule, variable, the example), as in examples.py.
VALUES: tuple[tuple[str, str, Value], ...] = (
    ("/console/activeness/", "code", lambda s: s.team.code),
    ("/console/teams/<code>/binder/", "year", lambda s: 2026),
    ("/console/references/", "code", lambda s: "refer001"),
    ("/console/references/<code>/", "step", lambda s: "submit"),
    ("/console/nominations/", "code", lambda s: "nomin001"),
    ("/console/nominations/<code>/", "step", lambda s: "agree"),
    ("/console/forms/", "code", lambda s: "sform001"),
)  # fmt: skip
FORMS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "POST /console/activeness/<code>/plan": lambda s: {"text": "月底清河岸", "due_on": "2026-08-01"},
    "POST /console/activeness/<code>/outcome": lambda s: {"outcome": "failed", "result": "人手不够"},
    "POST /console/hand-figures/new": lambda s: {"team": s.team.code, "month": "2026-05", "activities": "2"},
    "POST /m/hand-figures": lambda s: {"team": s.team.code, "month": "2026-05", "activities": "2"},
    "POST /console/references/new": lambda s: {"from_on": "2026-01-01", "to_on": "2026-06-01"},
    "POST /console/nominations/new": lambda s: {
        "team": s.other_team.code, "award_region": TOWN, "title": "先进", "merits": "守堤",
    },
    "POST /console/forms/new": lambda s: {"region": VILLAGE, "name": "月报"},
    "POST /console/forms/<code>/cells": lambda s: {"sheet": "Sheet", "cell": "B1", "figure": "activities"},
}  # fmt: skip
QUERIES: dict[str, Callable[[Any], str]] = {
    "GET /console/references/new": lambda s: f"?region={VILLAGE}",
    "POST /console/references/new": lambda s: f"?region={VILLAGE}",
    "GET /console/references/<code>/rows": lambda s: "?term=0&figure=activities",
    "GET /console/forms/<code>/filled.xlsx": lambda s: f"?region={VILLAGE}&period=2026",
    "GET /console/hand-figures/new": lambda s: f"?team={s.team.code}&month=2026-05",
    "GET /m/hand-figures": lambda s: f"?team={s.team.code}&month=2026-05",
    "GET /console/nominations/new": lambda s: f"?team={s.team.code}",
}


def make(stage: Any, *, at: datetime) -> None:
    """All of it, inside the write that makes the stage."""
    RevivalPlan.create(
        code="reviv001", team=stage.team, region_code=VILLAGE, text="月底清河岸", starts_on="2026-06-01",
        due_on="2026-07-01", created_at=at,
    )  # fmt: skip
    term = {"region_code": VILLAGE, "team_id": None, "label": "村", "from_on": "2026-01-01", "to_on": "2026-06-01"}
    report = ReferenceReport.create(
        code="refer001", kind="centre", region_code=VILLAGE, name="村服务站", issuer="县中心", from_on="2026-01-01",
        to_on="2026-06-01", terms=[term], figures=[{"activities": 1}], state="draft", made_at=at,
    )  # fmt: skip
    ReferenceRow.create(
        report=report, term=0, part="activities", number=1, cells=["2026-05-01", "清河岸", *"1234567"],
        sums={"activities": 1},
    )  # fmt: skip
    figures = dict.fromkeys(
        ("members", "activities", "attendances", "hours", "served", "activeness", "idle", "upheld"), 0
    )
    Nomination.create(
        code="nomin001", team=stage.team, region_code=VILLAGE, award_region=TOWN, at_region=TOWN, title="先进",
        merits="守堤", figures=figures | {"first": "2025-06", "last": "2026-05", "commendations": 0}, created_at=at,
    )  # fmt: skip
    body = io.BytesIO()
    openpyxl.Workbook().save(body)
    OfficeForm.create(
        code="sform001", region_code=VILLAGE, name="月报", file_name="月报.xlsx", body=body.getvalue(), created_at=at
    )
