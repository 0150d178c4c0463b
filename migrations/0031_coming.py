"""When somebody with a place said that he will come (我会来)."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE signup ADD COLUMN coming_at BIGINT")


def down(migrator, db):
    db.execute_sql("ALTER TABLE signup DROP COLUMN coming_at")
