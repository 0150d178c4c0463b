"""Room for a card to grow on PostgreSQL: a year makes it three times as long, and where it no longer fits on its page
every change writes its place into all of its indexes anew. Pages that are full already stay as they are."""


def up(migrator, db):
    if db.dialect == "postgres":
        db.execute_sql("ALTER TABLE assessment_card SET (fillfactor = 20)")


def down(migrator, db):
    if db.dialect == "postgres":
        db.execute_sql("ALTER TABLE assessment_card RESET (fillfactor)")
