"""Messages in full (S120): the day's two, the evening digest, switches, who was called; numbers for all of it.

Quiet hours become times of the day ("21:30"), so that half hours can be set.
"""

import json
import re
from pathlib import Path

from migrations.schema import statements

FILE = Path(__file__).with_name("sql") / "0016_messages.sql"
NEW = {"quiet_from": "21:30", "quiet_until": "07:30", "pushes_a_day": 2, "digest_at": "18:30"}
OLD = {"quiet_from": 22, "quiet_until": 7}


def up(migrator, db):
    for statement in statements(FILE.read_text(encoding="utf-8"), db.dialect):
        db.execute_sql(statement)
    _each(db, lambda params, own: NEW | params | {name: _clock(params[name], name, own) for name in OLD})


def down(migrator, db):
    _each(
        db,
        lambda params, own: {name: value for name, value in params.items() if name not in NEW}
        | {name: _hour(params[name], name, own) for name in OLD},
    )
    text = FILE.read_text(encoding="utf-8")
    for name in re.findall(r"CREATE (?:UNIQUE )?INDEX (\w+)", text):
        db.execute_sql(f"DROP INDEX {name}")
    for table in reversed(re.findall(r"CREATE TABLE (\w+)", text)):
        db.execute_sql(f"DROP TABLE {table}")
    for table, column in reversed(re.findall(r"ALTER TABLE (\w+) ADD COLUMN (\w+)", text)):
        db.execute_sql(f"ALTER TABLE {table} DROP COLUMN {column}")


def _clock(value, name, own):
    """What a division had set for itself stays, on the hour; the default of the day is the new one."""
    return f"{value:02d}:00" if name in own and value != OLD[name] else NEW[name]


def _hour(value, name, own):
    return int(value[:2]) if name in own and value != NEW[name] else OLD[name]


def _each(db, change):
    """Sets are never edited by an act; here their shape changes, and every version says the default it had."""
    mark = "?" if db.dialect == "sqlite" else "%s"
    found = db.execute_sql("SELECT id, region_code, params, own FROM rule_set WHERE kind = 'reminders'")
    for number, region, params, own in list(found):
        said = json.loads(params)
        names = set(said) if not region else set(json.loads(own))
        db.execute_sql(
            f"UPDATE rule_set SET params = {mark} WHERE id = {mark}", (json.dumps(change(said, names)), number)
        )
