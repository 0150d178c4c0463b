"""What the pages of the assessment call things: states, grades and phases, with their colours."""

from __future__ import annotations

from wording import entry

CYCLES = {
    "planned": ("还没开始", ""), "running": ("进行中", "wait"), "results": ("出结果", "wait"),
    "closed": ("已办完", "ok"), "cancelled": ("已取消", "bad"),
}  # fmt: skip
CARDS = {
    "open": ("待定", "wait"), "decided": ("已定，没告诉本人", ""), "told": ("已告诉本人", "ok"),
    "objected": ("有异议", "bad"), "final": ("最后定了", "ok"), "aside": ("今年不考核", ""),
}  # fmt: skip
TONES = {"excellent": "ok", "pass": "ok", "fail": "bad", "look": "wait"}
PHASES = {"waiting": ("还没开始", ""), "open": ("正在进行", "ok"), "closed": ("结束了", "")}
OBJECTIONS = {"open": ("等答复", "wait"), "answered": ("已答复", "ok"), "withdrawn": ("已撤回", "")}
EXITS = {
    "proposed": ("等审批", "wait"), "approved": ("已退出", "bad"), "refused": ("没有批准", "ok"),
    "withdrawn": ("不再办", ""),
}  # fmt: skip


def grade(name: str) -> str:
    """优秀, 合格, 不合格, 待复核; "" for none."""
    return str(entry("assessment.grades")[name]) if name else ""


def aside(why: str) -> str:
    """Why somebody is not assessed this year, in words."""
    return str(entry("assessment.aside").get(why, "其他原因")) if why else ""
