"""The first schema: every table of the house, append-only books, the default rule sets."""

import json
from pathlib import Path

from migrations.schema import guard, insert, statements

#: Tables in which nothing is ever changed or removed.
APPEND_ONLY = ("minute_entry", "point_entry", "attempt", "consent", "audit_entry", "history", "seal")
#: The programme's default numbers (domain A6, A7, §2.13; design §6.3). Divisions may set their own above these.
DEFAULT_RULES = {
    "hours": {"scan_before": 30, "scan_after": 30, "auto_close_after": 30, "extend_max": 720},
    "points": {"per_hour": 1},
    "stars": {"hours": [100, 300, 600, 1000, 1500]},
    "reminders": {"steps_hours": [24, 2], "quiet_from": 22, "quiet_until": 7},
}


def up(migrator, db):
    sql = Path(__file__).with_name("sql") / "0001_initial.sql"
    for statement in statements(sql.read_text(encoding="utf-8"), db.dialect):
        db.execute_sql(statement)
    if db.dialect == "postgres":
        db.execute_sql(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$",
            (),
        )
    for table in APPEND_ONLY:
        for statement in guard(table, db.dialect):
            db.execute_sql(statement)
    for kind, params in DEFAULT_RULES.items():
        insert(db, "rule_set", kind=kind, region_code="", version=1, params=json.dumps(params), valid_from=0)


def down(migrator, db):
    sql = Path(__file__).with_name("sql") / "0001_initial.sql"
    tables = [
        statement.split("(")[0].removeprefix("CREATE TABLE").strip()
        for statement in statements(sql.read_text(encoding="utf-8"), db.dialect)
        if statement.startswith("CREATE TABLE")
    ]
    if db.dialect == "postgres":
        for table in tables:
            db.execute_sql(f"DROP TABLE {table} CASCADE")
        db.execute_sql("DROP FUNCTION refuse_change()")
        return
    for table in reversed(tables):
        db.execute_sql(f"DROP TABLE {table}")
