"""What an answered complaint was found to be: upheld, unfounded, unclear; "" of those answered before it was asked."""


def up(migrator, db):
    db.execute_sql(
        "ALTER TABLE complaint ADD COLUMN finding TEXT NOT NULL DEFAULT '' "
        "CHECK (finding IN ('', 'upheld', 'unfounded', 'unclear'))"
    )


def down(migrator, db):
    db.execute_sql("ALTER TABLE complaint DROP COLUMN finding")
