"""Somebody's log-ins are found without reading everybody's: all of them end when he asks, leaves or is merged."""


def up(migrator, db):
    db.execute_sql("CREATE INDEX session_identity ON session (identity_id) WHERE identity_id IS NOT NULL")
    db.execute_sql("CREATE INDEX session_volunteer ON session (volunteer_id) WHERE volunteer_id IS NOT NULL")


def down(migrator, db):
    db.execute_sql("DROP INDEX session_volunteer")
    db.execute_sql("DROP INDEX session_identity")
