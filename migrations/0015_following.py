"""What stays of an openid that unfollowed, and the tag that WeChat has for it (取消关注, 标签)."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE wechat_identity ADD COLUMN former_id BIGINT REFERENCES volunteer (id)")
    db.execute_sql("ALTER TABLE wechat_identity ADD COLUMN former_until BIGINT")
    db.execute_sql("ALTER TABLE wechat_identity ADD COLUMN tag TEXT NOT NULL DEFAULT ''")
    db.execute_sql("CREATE INDEX wechat_identity_former ON wechat_identity (former_id) WHERE former_id IS NOT NULL")
    db.execute_sql("CREATE INDEX inbound_message_openid ON inbound_message (openid)")


def down(migrator, db):
    db.execute_sql("DROP INDEX inbound_message_openid")
    db.execute_sql("DROP INDEX wechat_identity_former")
    for column in ("tag", "former_until", "former_id"):
        db.execute_sql(f"ALTER TABLE wechat_identity DROP COLUMN {column}")
