"""Stars awarded by review (S100): their rows, objections to public notices, the numbers beside the hours."""

import json
from pathlib import Path

from migrations.schema import statements

FILE = Path(__file__).with_name("sql") / "0039_stars.sql"
#: Which level reviews each star; from which star on merits are asked for; the mean evaluation it takes, below that
#: star and from it on (0: not looked at); over how many months evaluation, assessment and bars are looked at; whether a
#: failed year stands in the way; working days of public notice; days until one may ask again (domain A6, §2.4, §2.8).
NUMBERS = {
    "level_1": 3, "level_2": 3, "level_3": 2, "level_4": 2, "level_5": 1, "merits_from": 3, "evaluation": 3,
    "evaluation_high": 4, "months": 12, "no_fail": True, "notice_days": 5, "again_days": 30,
}  # fmt: skip


def up(migrator, db):
    for statement in statements(FILE.read_text(encoding="utf-8"), db.dialect):
        db.execute_sql(statement)
    _each(db, lambda params: NUMBERS | params)


def down(migrator, db):
    db.execute_sql("DROP INDEX service_record_brought")
    for table in ("star_objection", "star_award"):
        db.execute_sql(f"DROP TABLE {table}")
    _each(db, lambda params: {name: value for name, value in params.items() if name not in NUMBERS})


def _each(db, change):
    """A set is kept whole, so each gets the new numbers."""
    mark = "?" if db.dialect == "sqlite" else "%s"
    for number, params in list(db.execute_sql("SELECT id, params FROM rule_set WHERE kind = 'stars'")):
        db.execute_sql(
            f"UPDATE rule_set SET params = {mark} WHERE id = {mark}", (json.dumps(change(json.loads(params))), number)
        )
