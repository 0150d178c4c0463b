"""Texts of strangers put into every column that holds one: whatever a service would refuse, its pages and files must
bear. Each Chinese text of the stage's world, however deep in a column of JSON, becomes one of those given."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import count
from typing import Any

from models import store

#: Texts that the stage leaves empty and a page may show.
ALSO = {
    "activity": ("contact", "host_contact"), "application": ("statement", "reply"), "assessment_card": ("self_text",),
    "assessment_peer": ("words",), "benefit": ("content",), "campaign": ("content",), "centre": ("address",),
    "complaint": ("answer",), "dispatch": ("contact",), "makeup": ("answer",), "money_grant": ("opinion",),
    "need": ("risks", "answer"), "objection": ("answer",), "partner": ("offers", "contact"), "plan": ("goal",),
    "position": ("requirement",), "project": ("summary", "closing"), "qualification": ("note",), "reward": ("about",),
    "star_award": ("merits", "why"), "story_photo": ("caption",), "team": ("feature", "site_name"),
    "team_guidance": ("answer",), "training_course": ("content",), "training_session": ("teacher",),
}  # fmt: skip
CHINESE = re.compile("[\u4e00-\u9fff]")


def spoil(texts: Sequence[str]) -> set[str]:
    """Put the texts in, in turn, each with a number behind it; `table.column` of each that got one."""
    database, numbers, done = store.current(), count(), set()

    def names(kind: str) -> list[str]:
        return [name for (name,) in database.execute_sql("SELECT name FROM sqlite_master WHERE type = ?", (kind,))]

    def instead(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: instead(each) for key, each in value.items()}
        if isinstance(value, list):
            return [instead(each) for each in value]
        if not isinstance(value, str) or not CHINESE.search(value):
            return value
        number = next(numbers)
        return f"{texts[number % len(texts)]}字{number}"

    for trigger in names("trigger"):
        database.execute_sql(f'DROP TRIGGER "{trigger}"')
    for table in names("table"):
        for column in [row[1] for row in database.execute_sql(f'PRAGMA table_info("{table}")')]:
            for rowid, kept in list(database.execute_sql(f'SELECT rowid, "{column}" FROM "{table}"')):
                old = "空" if kept == "" and column in ALSO.get(table, ()) else kept
                if isinstance(old, str) and CHINESE.search(old):
                    new = _changed(old, instead)
                    database.execute_sql(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', (new, rowid))
                    done.add(f"{table}.{column}")
    return done


def _changed(old: str, instead: Any) -> str:
    try:
        return json.dumps(instead(json.loads(old)), ensure_ascii=False)
    except ValueError:
        return str(instead(old))
