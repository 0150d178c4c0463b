"""Members by team; idle teams that were told before this are no first run."""


def up(migrator, db):
    db.execute_sql("CREATE INDEX team_member_team ON team_member (team_id)")
    db.execute_sql(
        "INSERT INTO counted (what, at) SELECT 'idle', MAX(marked_at) FROM team_idle HAVING COUNT(*) > 0"
    )


def down(migrator, db):
    db.execute_sql("DROP INDEX team_member_team")
    db.execute_sql("DELETE FROM counted WHERE what = 'idle'")
