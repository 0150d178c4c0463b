"""Reference reports (S108–S110), commendation of teams (S104), the superior's own Excel forms (套表)."""

import json
from pathlib import Path

from migrations.schema import insert, statements

FILE = Path(__file__).with_name("sql") / "0032_reports.sql"
TABLES = (
    "office_form_cell", "office_form", "nomination_step", "nomination", "reference_row", "reference_report",
)  # fmt: skip


def up(migrator, db):
    for statement in statements(FILE.read_text(encoding="utf-8"), db.dialect):
        db.execute_sql(statement)
    insert(
        db, "rule_set", kind="commendation", region_code="", version=1, params=json.dumps({"notice_days": 5}),
        valid_from=0,
    )  # fmt: skip


def down(migrator, db):
    for table in TABLES:
        db.execute_sql(f"DROP TABLE {table}")
    db.execute_sql("DELETE FROM rule_set WHERE kind = 'commendation'")
