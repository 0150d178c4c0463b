"""The official account's own codes for teams and activities, made once and kept (带参数二维码)."""


def up(migrator, db):
    db.execute_sql(
        "CREATE TABLE account_code (scene TEXT PRIMARY KEY, url TEXT NOT NULL, until BIGINT, at BIGINT NOT NULL)"
    )


def down(migrator, db):
    db.execute_sql("DROP TABLE account_code")
