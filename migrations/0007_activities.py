"""Activities and attendance in full (S49–S62, S73–S75, S94, S111, S112, S117, S118): tables and default numbers."""

import json
import re
from pathlib import Path

from migrations.schema import guard, insert, statements

FILE = Path(__file__).with_name("sql") / "0007_activities.sql"
APPEND_ONLY = ("activity_change", "scan_answer")
#: What a set of `hours` says beside the scan window: both off by default, whole minutes are credited as they are.
HOURS = {"min_share": 0, "round_to": 1, "makeup_days": 30, "objection_days": 7, "answer_days": 5}
#: Sign-up (domain U1, U10, U16), approval (S80), and the look at forged hours (reliability.md §4.2).
DEFAULT_RULES = {
    "signup": {
        "offer_minutes": 120, "near_minutes": 30, "near_hours": 6, "day_cap": 480, "rest": 480, "cancel_hours": 12,
    },
    "activities": {"approval": True, "approval_days": 1, "repeat_weeks": 4},
    "review": {
        "sample_percent": 5, "by_hand_percent": 30, "ask_one_in": 20, "hearing_days": 5, "bar_days": 365,
        "complaint_days": 10, "need_days": 3,
    },
}  # fmt: skip


def up(migrator, db):
    for statement in statements(FILE.read_text(encoding="utf-8"), db.dialect):
        db.execute_sql(statement)
    for table in APPEND_ONLY:
        for statement in guard(table, db.dialect):
            db.execute_sql(statement)
    for kind, params in DEFAULT_RULES.items():
        insert(db, "rule_set", kind=kind, region_code="", version=1, params=json.dumps(params), valid_from=0)
    _each_hours_rule(db, lambda params: HOURS | params)


def down(migrator, db):
    _each_hours_rule(db, lambda params: {name: value for name, value in params.items() if name not in HOURS})
    text = FILE.read_text(encoding="utf-8")
    for name in re.findall(r"CREATE (?:UNIQUE )?INDEX (\w+)", text):
        db.execute_sql(f"DROP INDEX {name}")
    for table in reversed(re.findall(r"CREATE TABLE (\w+)", text)):
        db.execute_sql(f"DROP TABLE {table}")
    kinds = ", ".join(f"'{kind}'" for kind in DEFAULT_RULES)
    db.execute_sql(f"DELETE FROM rule_set WHERE kind IN ({kinds})")
    for statement in reversed(statements(text, db.dialect)):
        if added := re.match(r'ALTER TABLE ("?\w+"?) ADD COLUMN (\w+)', statement):
            db.execute_sql(f"ALTER TABLE {added[1]} DROP COLUMN {added[2]}")


def _each_hours_rule(db, change):
    """Sets are never edited by an act; here their shape changes, and every version says the default it had."""
    mark = "?" if db.dialect == "sqlite" else "%s"
    for number, params in list(db.execute_sql("SELECT id, params FROM rule_set WHERE kind = 'hours'")):
        db.execute_sql(
            f"UPDATE rule_set SET params = {mark} WHERE id = {mark}",
            (json.dumps(change(json.loads(params))), number),
        )
