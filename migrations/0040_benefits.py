"""Benefits (S102, S103): catalogue, counted uses, what was given; how many minutes a show-card is good."""

import json
from pathlib import Path

from migrations.schema import insert, statements

FILE = Path(__file__).with_name("sql") / "0040_benefits.sql"


def up(migrator, db):
    for statement in statements(FILE.read_text(encoding="utf-8"), db.dialect):
        db.execute_sql(statement)
    params = json.dumps({"card_minutes": 5})
    insert(db, "rule_set", kind="benefits", region_code="", version=1, params=params, valid_from=0)


def down(migrator, db):
    for table in ("benefit_grant", "benefit_use", "benefit"):
        db.execute_sql(f"DROP TABLE {table}")
    db.execute_sql("DELETE FROM rule_set WHERE kind = 'benefits'")
