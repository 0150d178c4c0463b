"""Certificates of service record (S113, 民发〔2015〕149号): seals of centres, certificates, their numbers."""

import json
from pathlib import Path

from migrations.schema import insert, statements

FILE = Path(__file__).with_name("sql") / "0041_certificates.sql"
TABLES = ("certificate_serial", "certificate", "centre_seal")
NUMBERS = {"at_once": False, "notice_days": 0}


def up(migrator, db):
    for statement in statements(FILE.read_text(encoding="utf-8"), db.dialect):
        db.execute_sql(statement)
    insert(
        db, "rule_set", kind="certificates", region_code="", version=1, params=json.dumps(NUMBERS), valid_from=0
    )


def down(migrator, db):
    for table in TABLES:
        db.execute_sql(f"DROP TABLE {table}")
    db.execute_sql("DELETE FROM rule_set WHERE kind = 'certificates'")
