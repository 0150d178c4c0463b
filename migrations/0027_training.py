"""Training: providers, bases, courses, orders, sessions, results, certificates; recruitment drives (S42, S83–S89)."""

import json
from pathlib import Path

from migrations.schema import insert, statements

FILE = Path(__file__).with_name("sql") / "0027_training.sql"
#: Attendance as for a service; what a class hour is, and what is asked of everybody in a year.
NUMBERS = {
    "scan_before": 30, "scan_after": 30, "auto_close_after": 30, "extend_max": 720, "min_share": 0, "end_days": 7,
    "makeup_days": 30, "objection_days": 7, "answer_days": 5,
    "class_hour": 45, "year_hours": 8, "remind_days": 30, "order_days": 7,
}  # fmt: skip
TABLES = (
    "drive_scan", "recruitment_drive", "training_certificate", "training_result", "training_session",
    "training_order", "training_base", "training_course", "training_provider",
)  # fmt: skip


def up(migrator, db):
    for statement in statements(FILE.read_text(encoding="utf-8"), db.dialect):
        db.execute_sql(statement)
    insert(db, "rule_set", kind="training", region_code="", version=1, params=json.dumps(NUMBERS), valid_from=0)


def down(migrator, db):
    hours = "(SELECT id FROM rule_set WHERE kind = 'hours' AND region_code = '' AND version = 1)"
    trained = "(SELECT id FROM rule_set WHERE kind = 'training')"
    db.execute_sql(f"UPDATE activity SET hours_rule_id = {hours} WHERE hours_rule_id IN {trained}")
    db.execute_sql(f"UPDATE service_record SET rule_set_id = {hours} WHERE rule_set_id IN {trained}")
    for table in TABLES:
        db.execute_sql(f"DROP TABLE {table}")
    db.execute_sql("DROP INDEX application_drive")
    db.execute_sql("ALTER TABLE application DROP COLUMN drive_id")
    db.execute_sql("ALTER TABLE activity DROP COLUMN purpose")
    db.execute_sql("DELETE FROM rule_set WHERE kind = 'training'")
