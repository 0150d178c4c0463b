"""Needs without an account, judged by whoever asked; how often an activity was opened (S12, S52)."""

from pathlib import Path

from migrations.schema import statements

FILE = Path(__file__).with_name("sql") / "0012_needs.sql"
COLUMNS = "id, kind, activity_id, author_id, subject_id, need_id, link_hash, score, words, verified, at, updated_at"
INDEXES = (
    "CREATE UNIQUE INDEX evaluation_organiser ON evaluation (activity_id, subject_id) WHERE kind = 'organiser'",
    "CREATE UNIQUE INDEX evaluation_volunteer ON evaluation (activity_id, author_id) WHERE kind = 'volunteer'",
    "CREATE INDEX evaluation_subject ON evaluation (subject_id) WHERE subject_id IS NOT NULL",
    "CREATE INDEX evaluation_activity ON evaluation (activity_id, kind)",
)


def _evaluation(db, needed):
    """Make the activity of a judgement needed or not; SQLite can only by writing the table anew."""
    if db.dialect != "sqlite":
        verb = "SET" if needed else "DROP"
        db.execute_sql(f"ALTER TABLE evaluation ALTER COLUMN activity_id {verb} NOT NULL")
        return
    null = " NOT NULL" if needed else ""
    db.execute_sql(
        "CREATE TABLE evaluation_new (id INTEGER PRIMARY KEY AUTOINCREMENT, "
        "kind TEXT NOT NULL CHECK (kind IN ('organiser', 'volunteer', 'recipient')), "
        f"activity_id BIGINT{null} REFERENCES activity (id), author_id BIGINT REFERENCES volunteer (id), "
        "subject_id BIGINT REFERENCES volunteer (id), need_id BIGINT REFERENCES need (id), link_hash TEXT, "
        "score INTEGER NOT NULL CHECK (score BETWEEN 1 AND 5), words TEXT NOT NULL DEFAULT '', "
        "verified BOOLEAN NOT NULL DEFAULT FALSE, at BIGINT NOT NULL, updated_at BIGINT NOT NULL)"
    )
    db.execute_sql(f"INSERT INTO evaluation_new ({COLUMNS}) SELECT {COLUMNS} FROM evaluation")
    db.execute_sql("DROP TABLE evaluation")
    db.execute_sql("ALTER TABLE evaluation_new RENAME TO evaluation")
    for statement in INDEXES:
        db.execute_sql(statement)


def up(migrator, db):
    for statement in statements(FILE.read_text(encoding="utf-8"), db.dialect):
        db.execute_sql(statement)
    _evaluation(db, needed=False)
    # Whoever asked judges once, and may change his word.
    db.execute_sql(
        "CREATE UNIQUE INDEX evaluation_asker ON evaluation (need_id) WHERE kind = 'recipient' AND link_hash IS NULL"
    )


def down(migrator, db):
    db.execute_sql("DROP INDEX evaluation_asker")
    db.execute_sql("DELETE FROM evaluation WHERE activity_id IS NULL")
    _evaluation(db, needed=True)
    db.execute_sql("DROP TABLE activity_view")
    db.execute_sql("DROP INDEX need_token")
    db.execute_sql("ALTER TABLE need DROP COLUMN consent")
    db.execute_sql("ALTER TABLE need DROP COLUMN token_hash")
