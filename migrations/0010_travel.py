"""The time it takes to get from one place to another, warned about when somebody signs up (domain U11)."""

import json

TRAVEL_MINUTES = 30


def up(migrator, db):
    _each_signup_rule(db, lambda params: {"travel": TRAVEL_MINUTES} | params)


def down(migrator, db):
    _each_signup_rule(db, lambda params: {name: value for name, value in params.items() if name != "travel"})


def _each_signup_rule(db, change):
    """Sets are never edited by an act; here their shape changes, and every version says the default."""
    mark = "?" if db.dialect == "sqlite" else "%s"
    for number, params in list(db.execute_sql("SELECT id, params FROM rule_set WHERE kind = 'signup'")):
        db.execute_sql(
            f"UPDATE rule_set SET params = {mark} WHERE id = {mark}",
            (json.dumps(change(json.loads(params))), number),
        )
