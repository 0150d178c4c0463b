"""The year's assessment (S45–S47, A4): cycles, phases, cards, peers, objections, exits, honours; its numbers."""

import json
import re
from pathlib import Path

from migrations.schema import insert, statements

FILE = Path(__file__).with_name("sql") / "0025_assessment.sql"
NUMBERS = {
    "weight_self": 20, "weight_peer": 30, "weight_review": 50, "pass_mark": 60, "excellent_mark": 90,
    "excellent_cap": 20, "clear_margin": 5, "peers": 4, "min_votes": 3, "part_hours": 40, "part_attendance": 30,
    "part_evaluation": 20, "part_training": 10, "hours_target": 20, "training_target": 8, "min_months": 3,
    "objection_days": 7, "answer_days": 5, "rejoin_months": 12, "excellent_points": 100, "late_days": 3,
}  # fmt: skip


def up(migrator, db):
    for statement in statements(FILE.read_text(encoding="utf-8"), db.dialect):
        db.execute_sql(statement)
    insert(
        db, "rule_set", kind="assessment", region_code="", version=1, params=json.dumps(NUMBERS), valid_from=0
    )
    _module(db, True)


def down(migrator, db):
    text = FILE.read_text(encoding="utf-8")
    for table in reversed(re.findall(r"CREATE TABLE (\w+)", text)):
        db.execute_sql(f"DROP TABLE {table}")
    db.execute_sql("DELETE FROM rule_set WHERE kind = 'assessment'")
    _module(db, False)


def _module(db, on):
    """The module is there now, so it is on wherever no division said otherwise."""
    mark = "?" if db.dialect == "sqlite" else "%s"
    found = db.execute_sql("SELECT id, region_code, params, own FROM rule_set WHERE kind = 'modules'")
    for number, region, params, own in list(found):
        if not region or "assessment" not in json.loads(own):
            said = json.dumps(json.loads(params) | {"assessment": on})
            db.execute_sql(f"UPDATE rule_set SET params = {mark} WHERE id = {mark}", (said, number))
