"""A single shift that moves within its activity: old and new, and who has read it (U13)."""

from migrations.schema import TOKENS


def up(migrator, db):
    pk = TOKENS[db.dialect]["pk"]
    db.execute_sql(
        f"CREATE TABLE shift_change (id {pk}, shift_id BIGINT NOT NULL REFERENCES shift (id), number INTEGER NOT NULL, "
        "changes TEXT NOT NULL, at BIGINT NOT NULL, UNIQUE (shift_id, number))"
    )
    db.execute_sql(
        "CREATE TABLE shift_change_ack (change_id BIGINT NOT NULL REFERENCES shift_change (id), "
        "volunteer_id BIGINT NOT NULL REFERENCES volunteer (id), at BIGINT NOT NULL, "
        "PRIMARY KEY (change_id, volunteer_id))"
    )


def down(migrator, db):
    db.execute_sql("DROP TABLE shift_change_ack")
    db.execute_sql("DROP TABLE shift_change")
