"""Pictures that the official account keeps at WeChat: the cover of the mini-program's cards."""


def up(migrator, db):
    db.execute_sql(
        "CREATE TABLE wechat_picture (name TEXT PRIMARY KEY, media_id TEXT NOT NULL, kept_at BIGINT NOT NULL)"
    )


def down(migrator, db):
    db.execute_sql("DROP TABLE wechat_picture")
