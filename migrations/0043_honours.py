"""Honours of people and teams (S103–S107): what can be given, nominations of people, objections to public notices."""

import json
from pathlib import Path

from migrations.schema import insert, statements

FILE = Path(__file__).with_name("sql") / "0043_honours.sql"
COLUMNS = (
    "id, code, team_id, region_code, award_region, at_region, title, merits, figures, state, notice_from, "
    "notice_until, nagged_at, made_by_id, created_at, ended_at, commendation_id"
)  # fmt: skip
STATES = ("review", "announced", "awarded", "refused", "withdrawn")
INDEXES = (
    "CREATE INDEX nomination_team ON nomination (team_id)",
    "CREATE INDEX nomination_there ON nomination (region_code)",
    "CREATE INDEX nomination_award ON nomination (award_region, state)",
)
ONCE = (
    "CREATE UNIQUE INDEX nomination_open ON nomination (team_id, award_region) "
    "WHERE {}state IN ('review', 'announced')"
)
#: What the policy names in 四(四); `outside`: somebody else gives it, the programme only recommends. Level 0: it exists
#: at several levels, the nomination says which.
NAMED = (
    ("中华慈善奖", "both", 1), ("全国学雷锋志愿服务“四个100”先进典型", "both", 1), ("道德模范", "person", 0),
    ("青年五四奖章", "both", 0), ("模范退役军人", "person", 0), ("最美退役军人", "person", 0),
    ("最美拥军人物", "person", 0), ("安徽好人（XX好人）", "person", 0),
)  # fmt: skip
#: What counts as a good record (S107): hours confirmed in so many months, the mean evaluation, no failed year.
GOOD = {"months": 12, "hours": 20, "evaluation": 3, "no_fail": True}
ADDED = (
    "kind_id BIGINT REFERENCES honour_kind (id)", "volunteer_id BIGINT REFERENCES volunteer (id)",
    "year TEXT NOT NULL DEFAULT ''", "notice_days SMALLINT NOT NULL DEFAULT 0",
    "posthumous BOOLEAN NOT NULL DEFAULT FALSE", "honour_id BIGINT REFERENCES honour (id)",
)  # fmt: skip
GIVEN = {
    "honour": (
        "code TEXT NOT NULL DEFAULT ''", "kind_id BIGINT REFERENCES honour_kind (id)",
        "awarded_by TEXT NOT NULL DEFAULT ''", "awarded_on TEXT NOT NULL DEFAULT ''",
        "posthumous BOOLEAN NOT NULL DEFAULT FALSE", "revoked_by_id BIGINT REFERENCES volunteer (id)",
    ),
    "commendation": (
        "kind_id BIGINT REFERENCES honour_kind (id)", "year TEXT NOT NULL DEFAULT ''", "revoked_at BIGINT",
        "revoked_why TEXT NOT NULL DEFAULT ''", "revoked_by_id BIGINT REFERENCES volunteer (id)",
    ),
}  # fmt: skip


def up(migrator, db):
    first, *rest = FILE.read_text(encoding="utf-8").split("-- after\n")
    for statement in statements(first, db.dialect):
        db.execute_sql(statement)
    for table, columns in GIVEN.items():
        for column in columns:
            db.execute_sql(f"ALTER TABLE {table} ADD COLUMN {column}")
    _nomination(db, team="", states=(*STATES, "revoked"))
    for column in ADDED:
        db.execute_sql(f"ALTER TABLE nomination ADD COLUMN {column}")
    db.execute_sql(ONCE.format("kind_id IS NULL AND "))
    for statement in statements("".join(rest), db.dialect):
        db.execute_sql(statement)
    for place, (name, whom, level) in enumerate(NAMED, 1):
        insert(
            db, "honour_kind", code=f"named{place}", region_code="", name=name, for_whom=whom, level=level,
            every_years=0, outside=True, source="四（四）", self_proposed=False, place=place, created_at=0,
        )  # fmt: skip
    insert(db, "rule_set", kind="good_record", region_code="", version=1, params=json.dumps(GOOD), valid_from=0)
    db.execute_sql("UPDATE honour SET code = CAST(id AS TEXT) || 'h' WHERE code = ''")
    db.execute_sql("CREATE UNIQUE INDEX honour_code ON honour (code)")


def down(migrator, db):
    """Nominations of people, which the older schema cannot hold, are gone with it."""
    db.execute_sql("DROP INDEX honour_code")
    ranked = ("period_minutes_top", "period_minutes_city", "period_minutes_county")
    for name in ("honour_wall", "honour_given", "commendation_given", *ranked):
        db.execute_sql(f"DROP INDEX {name}")
    db.execute_sql("DROP TABLE nomination_objection")
    for name in ("nomination_open", "nomination_kind_team", "nomination_kind_person", "nomination_person"):
        db.execute_sql(f"DROP INDEX {name}")
    db.execute_sql(
        "DELETE FROM nomination_step WHERE nomination_id IN (SELECT id FROM nomination WHERE volunteer_id IS NOT NULL)"
    )
    db.execute_sql("DELETE FROM nomination WHERE volunteer_id IS NOT NULL")
    db.execute_sql("UPDATE nomination SET state = 'withdrawn' WHERE state = 'revoked'")
    for column in ADDED:
        db.execute_sql(f"ALTER TABLE nomination DROP COLUMN {column.split()[0]}")
    _nomination(db, team=" NOT NULL", states=STATES)
    db.execute_sql(ONCE.format(""))
    for table, columns in GIVEN.items():
        for column in columns:
            db.execute_sql(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}")
    db.execute_sql("DROP TABLE honour_kind")
    db.execute_sql("DELETE FROM rule_set WHERE kind = 'good_record'")


def _nomination(db, *, team, states):
    """Let a nomination be of a person; SQLite builds the table anew for it."""
    allowed = ", ".join(f"'{state}'" for state in states)
    if db.dialect == "postgres":
        db.execute_sql(f"ALTER TABLE nomination ALTER COLUMN team_id {'SET' if team else 'DROP'} NOT NULL")
        db.execute_sql("ALTER TABLE nomination DROP CONSTRAINT nomination_state_check")
        db.execute_sql(f"ALTER TABLE nomination ADD CONSTRAINT nomination_state_check CHECK (state IN ({allowed}))")
        db.execute_sql("DROP INDEX IF EXISTS nomination_open")
        return
    db.execute_sql(
        "CREATE TABLE nomination_new (id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL UNIQUE, "
        f"team_id BIGINT{team} REFERENCES team (id), region_code TEXT NOT NULL, award_region TEXT NOT NULL, "
        "at_region TEXT NOT NULL, title TEXT NOT NULL, merits TEXT NOT NULL, figures TEXT NOT NULL, "
        f"state TEXT NOT NULL CHECK (state IN ({allowed})), notice_from VARCHAR(10), notice_until VARCHAR(10), "
        "nagged_at BIGINT, made_by_id BIGINT REFERENCES volunteer (id), created_at BIGINT NOT NULL, ended_at BIGINT, "
        "commendation_id BIGINT REFERENCES commendation (id))"
    )
    db.execute_sql(f"INSERT INTO nomination_new ({COLUMNS}) SELECT {COLUMNS} FROM nomination")
    # Dropped with what points at it, the table would take its steps along.
    db.execute_sql("CREATE TABLE step_kept AS SELECT * FROM nomination_step")
    db.execute_sql("DELETE FROM nomination_step")
    db.execute_sql("DROP TABLE nomination")
    db.execute_sql("ALTER TABLE nomination_new RENAME TO nomination")
    db.execute_sql("INSERT INTO nomination_step SELECT * FROM step_kept")
    db.execute_sql("DROP TABLE step_kept")
    for statement in INDEXES:
        db.execute_sql(statement)
