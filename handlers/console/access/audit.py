"""The audit of one's divisions: who looked at, changed, took away what; for auditors and administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

import clock
from handlers.console.access.person_view import told, word
from handlers.console.frame import actor, need_role
from handlers.console.lists import Choice, Column, Link, Sheet, answer
from handlers.console.manage import name_of
from handlers.pages.format import moment
from services.access import oversight
from services.access.oversight import AuditLine
from wording import entry

bp = APIBlueprint("console_audit", __name__, enable_openapi=False)

KINDS = {"volunteer": "人", "team": "服务队", "region": "地区", "list": "名单", "file": "文件", "house": "本系统"}
#: Who acts without being anybody of ours.
OTHERS = {"operator": "运维人员", "worker": "系统"}
SHEET = Sheet(
    "查看记录",
    (
        Column("at", "时间", sort=True, whole=True), Column("who", "谁", whole=True),
        Column("verb", "做了什么"), Column("subject", "对谁"),
        Column("facts", "内容"), Column("reason", "理由"),
    ),
    (
        Choice("verb", "做了什么", tuple(entry("access.verbs").items())),
        Choice("subject", "对象", tuple((kind, KINDS[kind]) for kind in oversight.SUBJECTS)),
        Choice("side", "名字是", (("actor", "做的人"), ("subject", "被查看、被改的人"))),
        Choice("from", "从哪天", day=True), Choice("to", "到哪天", day=True),
    ),
    search="姓名",
)  # fmt: skip


def cells(line: AuditLine) -> Mapping[str, Any]:
    """A line as the list shows it."""
    shown: Any = line.subject
    if line.public_no:
        shown = Link(line.subject, f"/console/people/{line.public_no}")
    elif line.kind == "list":
        shown = name_of(line.subject)
    elif line.kind == "house":
        shown = word("house", line.subject)
    who = line.who or OTHERS.get(str(line.facts.get("door")), "没有登录的人")
    return {
        "at": moment(line.at), "who": who, "verb": word("verbs", line.verb), "subject": shown,
        "facts": told(line.facts), "reason": str(line.facts.get("reason", "")),
    }  # fmt: skip


@bp.get("/audit")
@need_role
def audit() -> ResponseReturnValue:
    """The list."""
    at = clock.now()
    return answer(
        SHEET, lambda wanted: oversight.entries(actor=actor(), wanted=wanted, at=at), cells, tab="manage"
    )
