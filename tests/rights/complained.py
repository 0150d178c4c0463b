"""A complaint on the stage (made in tests/rights/hours.py): what its doors are called with."""

from __future__ import annotations

from typing import Any

#: As in tests/rights/examples.py.
VALUES: tuple[tuple[str, str, Any], ...] = (
    ("/console/complaints/", "code", lambda s: s.complaint.code),
    ("/api/v1/complaints/", "token", lambda s: "complaint-token"),
    ("/m/complaints/", "token", lambda s: "complaint-token"),
)
JSON: dict[str, Any] = {
    "POST /api/v1/complaints": lambda s: {"kind": "fee", "text": "收了钱", "team_code": s.team.code},
    "POST /api/v1/complaints/<token>/add": lambda s: {"text": "还有一件"},
    "POST /api/v1/complaints/<token>/further": lambda s: {"text": "不满意"},
}
FORMS: dict[str, Any] = {
    "POST /m/complaints": lambda s: {"kind": "fee", "text": "收了钱", "team": s.team.code, "region": ""},
}
