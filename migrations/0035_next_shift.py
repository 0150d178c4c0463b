"""A call whose next shift is another call (S43)."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE dispatch ADD COLUMN follows_id BIGINT")
    db.execute_sql("CREATE INDEX dispatch_follows ON dispatch (follows_id) WHERE follows_id IS NOT NULL")


def down(migrator, db):
    db.execute_sql("DROP INDEX dispatch_follows")
    db.execute_sql("ALTER TABLE dispatch DROP COLUMN follows_id")
