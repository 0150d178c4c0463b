"""People and minutes counted per division by the worker: an overview reads 20,000 rows, not a million."""

from migrations.schema import TOKENS

TABLE = """
CREATE TABLE region_tally (
    region_code {code} NOT NULL PRIMARY KEY,
    volunteers INTEGER NOT NULL,
    veterans INTEGER NOT NULL,
    members INTEGER NOT NULL,
    member_veterans INTEGER NOT NULL,
    year VARCHAR(4) NOT NULL,
    minutes BIGINT NOT NULL,
    served INTEGER NOT NULL,
    counted_at BIGINT NOT NULL
)
"""


def up(migrator, db):
    db.execute_sql(TABLE.format(code=TOKENS[db.dialect]["code"]))
    db.execute_sql("CREATE INDEX team_member_now ON team_member (volunteer_id, team_id) WHERE to_at IS NULL")


def down(migrator, db):
    db.execute_sql("DROP INDEX team_member_now")
    db.execute_sql("DROP TABLE region_tally")
