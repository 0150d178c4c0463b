"""Figures by month and year, activeness, idle teams and their revival, figures by hand, monthly reports (S48–S50)."""

import json
from pathlib import Path

from migrations.schema import insert, statements

FILE = Path(__file__).with_name("sql") / "0030_figures.sql"
#: What counts how much in a team's month, what is a full mark, and after how many days a team is idle.
NUMBERS = {
    "weight_activities": 30, "weight_people": 30, "weight_hours": 20, "weight_regular": 20,
    "target_activities": 2, "target_people": 50, "target_hours": 120, "regular_months": 3, "lively_from": 60,
    "idle_first": 30, "idle_second": 60, "idle_third": 90, "report_day": 5,
}  # fmt: skip
TABLES = (
    "month_report", "hand_figure", "revival_plan", "team_idle", "counted", "team_year", "team_month", "service_month",
)  # fmt: skip


def up(migrator, db):
    for statement in statements(FILE.read_text(encoding="utf-8"), db.dialect):
        db.execute_sql(statement)
    insert(db, "rule_set", kind="activeness", region_code="", version=1, params=json.dumps(NUMBERS), valid_from=0)


def down(migrator, db):
    for table in TABLES:
        db.execute_sql(f"DROP TABLE {table}")
    db.execute_sql("DROP INDEX activity_day")
    db.execute_sql("DROP INDEX service_record_alone")
    db.execute_sql("DELETE FROM rule_set WHERE kind = 'activeness'")
