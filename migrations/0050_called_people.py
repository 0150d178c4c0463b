"""What a member who was called says besides yes or no: when he is there, or why he does not come."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE person_call ADD COLUMN there_at BIGINT")
    db.execute_sql("ALTER TABLE person_call ADD COLUMN reason TEXT NOT NULL DEFAULT ''")


def down(migrator, db):
    db.execute_sql("ALTER TABLE person_call DROP COLUMN reason")
    db.execute_sql("ALTER TABLE person_call DROP COLUMN there_at")
