"""Whether the computer that waits for a log-in stands in the phone's own network: a hash, never the address."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE login_ticket ADD COLUMN network TEXT NOT NULL DEFAULT ''")


def down(migrator, db):
    db.execute_sql("ALTER TABLE login_ticket DROP COLUMN network")
