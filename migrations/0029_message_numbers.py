"""Numbers of messages that were fixed in the code: how near is urgent, when an answered question closes by itself."""

import json

NEW = {"reminders": {"urgent_hours": 12}, "review": {"question_close_days": 14}}
DAY = 86_400_000


def up(migrator, db):
    db.execute_sql("ALTER TABLE ticket ADD COLUMN closes_at BIGINT")
    days = NEW["review"]["question_close_days"]
    db.execute_sql(f"UPDATE ticket SET closes_at = updated_at + {days * DAY} WHERE state = 'answered'")
    db.execute_sql("CREATE INDEX ticket_closes ON ticket (closes_at) WHERE closes_at IS NOT NULL")
    for kind, numbers in NEW.items():
        _each(db, kind, lambda params, numbers=numbers: numbers | params)


def down(migrator, db):
    for kind, numbers in NEW.items():
        _each(
            db, kind,
            lambda params, numbers=numbers: {name: value for name, value in params.items() if name not in numbers},
        )  # fmt: skip
    db.execute_sql("DROP INDEX ticket_closes")
    db.execute_sql("ALTER TABLE ticket DROP COLUMN closes_at")


def _each(db, kind, change):
    """Sets are never edited by an act; here their shape changes, and every version says the default."""
    mark = "?" if db.dialect == "sqlite" else "%s"
    for number, params in list(db.execute_sql(f"SELECT id, params FROM rule_set WHERE kind = {mark}", (kind,))):
        db.execute_sql(
            f"UPDATE rule_set SET params = {mark} WHERE id = {mark}", (json.dumps(change(json.loads(params))), number)
        )
