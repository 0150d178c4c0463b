"""How many of a lane went out in the minute that runs, so that all workers together keep to so many a minute."""


def up(migrator, db):
    db.execute_sql(
        "CREATE TABLE send_pace (lane SMALLINT NOT NULL PRIMARY KEY, minute BIGINT NOT NULL, taken INTEGER NOT NULL)"
    )


def down(migrator, db):
    db.execute_sql("DROP TABLE send_pace")
