"""After how long without a run each job is late; how far the old seals have been proved again, and which did not
hold."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE job_run ADD COLUMN late_after BIGINT NOT NULL DEFAULT 0")
    db.execute_sql(
        "CREATE TABLE proof_mark (book TEXT PRIMARY KEY, reached BIGINT NOT NULL DEFAULT 0, "
        "broken TEXT NOT NULL DEFAULT '[]', at BIGINT NOT NULL)"
    )


def down(migrator, db):
    db.execute_sql("DROP TABLE proof_mark")
    db.execute_sql("ALTER TABLE job_run DROP COLUMN late_after")
