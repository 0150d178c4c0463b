"""Requests for a certificate that wait too long: when it was last said, and the days that the house allows."""

import json

ANSWER_DAYS = 5


def up(migrator, db):
    db.execute_sql("ALTER TABLE certificate ADD COLUMN nagged_at BIGINT")
    _each(db, lambda params: {"answer_days": ANSWER_DAYS} | params)


def down(migrator, db):
    _each(db, lambda params: {name: value for name, value in params.items() if name != "answer_days"})
    db.execute_sql("ALTER TABLE certificate DROP COLUMN nagged_at")


def _each(db, change):
    """Sets are never edited by an act; here their shape changes, and every version says the default."""
    mark = "?" if db.dialect == "sqlite" else "%s"
    for number, params in list(db.execute_sql("SELECT id, params FROM rule_set WHERE kind = 'certificates'")):
        db.execute_sql(
            f"UPDATE rule_set SET params = {mark} WHERE id = {mark}", (json.dumps(change(json.loads(params))), number)
        )
