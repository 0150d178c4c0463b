"""From how many records on something is a sign, and how long a leader may set a missing end: numbers of the policy."""

import json

#: By kind of set. What the code had fixed until now; `end_days` is of domain §2.13, `travel_minutes` of
#: reliability.md §4.2 (from one township to another).
ADDED = {
    "review": {
        "by_hand_least": 3, "same_seconds_least": 3, "one_minute_least": 5, "assisted_least": 10,
        "assisted_percent": 90, "travel_minutes": 10,
    },
    "hours": {"end_days": 7},
}  # fmt: skip


def up(migrator, db):
    for kind, added in ADDED.items():
        _each_rule(db, kind, lambda params, added=added: added | params)


def down(migrator, db):
    for kind, added in ADDED.items():
        _each_rule(
            db,
            kind,
            lambda params, added=added: {name: value for name, value in params.items() if name not in added},
        )


def _each_rule(db, kind, change):
    """Sets are never edited by an act; here their shape changes, and every version says the default."""
    mark = "?" if db.dialect == "sqlite" else "%s"
    for number, params in list(db.execute_sql(f"SELECT id, params FROM rule_set WHERE kind = '{kind}'")):
        db.execute_sql(
            f"UPDATE rule_set SET params = {mark} WHERE id = {mark}",
            (json.dumps(change(json.loads(params))), number),
        )
