"""Seals of the points book cover the last day and the redemption, too: it is sealed anew in the next night."""


def up(migrator, db):
    db.execute_sql("DELETE FROM seal WHERE book = 'point_entry'")


def down(migrator, db):
    db.execute_sql("DELETE FROM seal WHERE book = 'point_entry'")
