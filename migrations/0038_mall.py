"""Points by rule (coefficients, caps, a last day), marked debts, the mall's rewards and redemptions (S101)."""

import json
from pathlib import Path

from migrations.schema import guard, insert, statements

FILE = Path(__file__).with_name("sql") / "0038_mall.sql"
TABLES = ("redemption", "reward", "point_debt")
#: What a division may set beside the rate; nothing of it changes what was earned before (domain A7, §2.11).
POINTS = {
    "domains": {}, "skilled_percent": 100, "danger_percent": 100, "emergency_percent": 100, "good_percent": 100,
    "poor_percent": 100, "day_cap": 0, "month_cap": 0, "year_cap": 0, "expiry_months": 36, "remind_days": 30,
}  # fmt: skip
MALL = {"pick_days": 30, "pick_remind_days": 5}
#: The last day of the month in which points of a local day have been there for 36 months.
LASTS = {
    "sqlite": "date(local_day, 'start of month', '+37 months', '-1 day')",
    "postgres": "to_char(date_trunc('month', local_day::date) + interval '37 months' - interval '1 day', 'YYYY-MM-DD')",
}  # fmt: skip


def up(migrator, db):
    for statement in statements(FILE.read_text(encoding="utf-8"), db.dialect):
        db.execute_sql(statement)
    came = "kind NOT IN ('redemption', 'expiry')"
    _unguarded(db, f"UPDATE point_entry SET expires_on = {LASTS[db.dialect]} WHERE {came}")
    db.execute_sql("CREATE INDEX point_entry_lasting ON point_entry (volunteer_id, expires_on, amount)")
    _numbers(db, lambda params: POINTS | params)
    insert(db, "rule_set", kind="mall", region_code="", version=1, params=json.dumps(MALL), valid_from=0)


def down(migrator, db):
    db.execute_sql("DROP INDEX point_entry_lasting")
    db.execute_sql("DROP INDEX point_entry_redemption")
    for column in ("redemption_id", "expires_on"):
        db.execute_sql(f"ALTER TABLE point_entry DROP COLUMN {column}")
    for table in TABLES:
        db.execute_sql(f"DROP TABLE {table}")
    _numbers(db, lambda params: {name: value for name, value in params.items() if name not in POINTS})
    db.execute_sql("DELETE FROM rule_set WHERE kind = 'mall'")


def _unguarded(db, statement):
    """The book of points is append-only; a new column of it is filled once, before its guard stands again."""
    names = {"sqlite": ("no_update", "no_delete"), "postgres": ("append_only", "no_truncate")}[db.dialect]
    for name in names:
        table = " ON point_entry" if db.dialect == "postgres" else ""
        db.execute_sql(f"DROP TRIGGER point_entry_{name}{table}")
    db.execute_sql(statement)
    for each in guard("point_entry", db.dialect):
        db.execute_sql(each)


def _numbers(db, change):
    mark = "?" if db.dialect == "sqlite" else "%s"
    for number, params in list(db.execute_sql("SELECT id, params FROM rule_set WHERE kind = 'points'")):
        said = json.dumps(change(json.loads(params)))
        db.execute_sql(f"UPDATE rule_set SET params = {mark} WHERE id = {mark}", (said, number))
