"""Hours in words: why a record counts as it does (domain U33), and the rule by which an activity's hours count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from frozen import dataclass
from models import ServiceRecord
from services import rules
from wording import known, say

#: Reasons of a record that say something about its minutes; the others say only how it stands.
COUNTS = ("counted", "clamped", "too_short", "below_share", "overlap", "rounded", "made_up", "reviewed", "training")


@dataclass(frozen=True, slots=True)
class Words:
    """`badge` colours `word`, the state; `why` says in sentences where the minutes come from and what comes next."""

    badge: str
    word: str
    why: str


def words(record: ServiceRecord) -> Words:
    """A record as its owner reads it."""
    key = _state(record)
    said = [*_counted(record), say(f"records.{key}.why")]
    return Words(say(f"records.{key}.badge"), say(f"records.{key}.word"), "".join(said))


def _state(record: ServiceRecord) -> str:
    if record.source == "transferred":
        return f"transferred_{record.state}"
    if record.state == "void" and record.why == "forged":
        return "forged"
    if record.state == "confirmed" and record.why == "training":
        return "class_confirmed"
    if record.state != "pending":
        return "held" if record.held_by_case and record.state != "void" else str(record.state)
    if record.out_at is None:
        return "forgotten" if record.why == "forgotten" else "inside"
    if record.needs_naming:
        return "to_name"
    if record.needs_review:
        return "to_review"
    return record.why if known(f"records.{record.why}.why") else "pending"


def _counted(record: ServiceRecord) -> list[str]:
    """Where the minutes come from; nothing while somebody is still inside, nothing of what was annulled."""
    if record.source == "transferred" or record.state == "void" or record.out_at is None:
        return []
    params: Mapping[str, Any] = rules.rule_by_id(record.rule_set_id).params
    keys = [record.why] if record.why in COUNTS else []
    if record.overlap and "overlap" not in keys and "below_share" not in keys:
        keys.append("overlap")
    if record.source == "supplement":
        keys = [key for key in keys if key not in ("counted", "made_up")] + ["made_up"]
    elif record.in_mode == "list":
        keys.append("list")
    elif record.closed_by == "leader" and record.out_mode == "list":
        keys.append("set_end")
    facts = {
        "overlap": record.overlap, "share": params.get("min_share", 0), "step": params.get("round_to", 1),
    }  # fmt: skip
    return [say(f"records.counts.{key}", **facts) for key in keys]


def rule_lines(rule_id: int) -> list[str]:
    """The frozen rule of an activity, sentence by sentence."""
    params = rules.rule_by_id(rule_id).params
    share, step = params.get("min_share", 0), params.get("round_to", 1)
    keys = [
        "whole", "inside", "share" if share else "", "step" if step > 1 else "", "overlap", "midnight", "forgotten",
        "confirm", "makeup", "objection",
    ]  # fmt: skip
    facts = {
        "before": params["scan_before"], "after": params["scan_after"], "share": share, "step": step,
        "answer": params["answer_days"],
    }  # fmt: skip
    days = {
        "forgotten": params["end_days"], "makeup": params["makeup_days"], "objection": params["objection_days"]
    }  # fmt: skip
    return [say(f"hours.rule.{key}", days=days.get(key, 0), **facts) for key in keys if key]
