"""About when a broadcast that takes longer will be through: when its last message falls due."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE broadcast ADD COLUMN through BIGINT")


def down(migrator, db):
    db.execute_sql("ALTER TABLE broadcast DROP COLUMN through")
