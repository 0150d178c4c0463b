"""The organisation: full records of centres and teams, recruitment, imports, changes in people's lives."""

import json
import re
from pathlib import Path

from migrations.schema import guard, insert, statements

FILE = Path(__file__).with_name("sql") / "0002_organisation.sql"
APPEND_ONLY = ("reference", "examination", "acceptance", "proxy_act", "handover", "national_figure")

#: S19–S22 in the policy's order; the list stays open (A2). code, kind, name, high risk (S20).
SPECIALITIES = (
    ("red_lecture", "professional", "红色宣讲", False),
    ("rescue", "professional", "应急救援", True),
    ("law", "professional", "法律服务", False),
    ("health", "professional", "公共卫生", False),
    ("governance", "grassroots", "基层治理", False),
    ("relief", "grassroots", "解难帮困", False),
    ("army_support", "grassroots", "拥军优属", False),
    ("visits", "grassroots", "走访慰问", False),
    ("mediation", "grassroots", "矛盾调解", False),
    ("feature", "grassroots", "特色服务", False),
)
#: S83: who incubates teams beside the veterans' offices.
DEPARTMENTS = (
    ("civilisation", "文明办"), ("youth_league", "团委"), ("civil_affairs", "民政"), ("justice", "司法"),
    ("emergency", "应急"), ("social_work", "社会工作部"),
)  # fmt: skip
SKILLS = (
    ("first_aid", "急救护理", "military"), ("driving", "驾驶", "military"), ("boat", "驾船、冲锋舟", "military"),
    ("engineering", "工程、抢修", "military"), ("signals", "通信", "military"), ("cooking", "炊事", "military"),
    ("drill", "队列、军训", "military"), ("political_work", "思想政治工作", "military"),
    ("law", "法律", "civil"), ("medicine", "医疗", "civil"), ("counselling", "心理疏导", "civil"),
    ("teaching", "讲课", "civil"), ("electric", "电工", "civil"), ("computer", "电脑、手机", "civil"),
    ("photo", "摄影摄像", "civil"), ("writing", "写作", "civil"),
    ("haircut", "理发", "life"), ("repair", "家电修理", "life"), ("farming", "农技", "life"),
    ("mediation", "调解说和", "life"), ("music", "文艺", "life"), ("calligraphy", "书法", "life"),
)  # fmt: skip
#: Policy numbers of the organisation (domain A1, A3, A10, S31, S38, S39, S72); a division may set its own.
DEFAULT_RULES = {
    "team": {
        "min_members": 5, "veteran_majority": 50, "professional_min_level": 4, "grassroots_level": 5,
        "pilot_months": 6, "vetting": True, "min_references": 3, "qualification_warn_days": 30,
        "idle_days": [30, 60, 90],
    },
    "coverage": {"targets": {}},
    "lives": {"recovery_hours": 72, "merge_undo_days": 30},
    "transferred": {"counts_for_stars": True},
    "modules": {
        "recruitment": True, "imports": True, "national": True, "mall": False, "assessment": False, "dispatch": False,
        "training": False, "ranking": False,
    },
}  # fmt: skip


def up(migrator, db):
    for statement in statements(FILE.read_text(encoding="utf-8"), db.dialect):
        db.execute_sql(statement)
    for table in APPEND_ONLY:
        for statement in guard(table, db.dialect):
            db.execute_sql(statement)
    for place, (code, kind, name, risk) in enumerate(SPECIALITIES, 1):
        insert(
            db, "speciality", code=code, kind=kind, name=name, seeded=True, high_risk=risk, sort_order=place
        )
    for place, (code, name) in enumerate(DEPARTMENTS, 1):
        insert(db, "department", code=code, name=name, sort_order=place)
    for place, (code, name, category) in enumerate(SKILLS, 1):
        insert(db, "skill", code=code, name=name, category=category, sort_order=place)
    for kind, params in DEFAULT_RULES.items():
        insert(db, "rule_set", kind=kind, region_code="", version=1, params=json.dumps(params), valid_from=0)
    db.execute_sql("UPDATE team SET standard_name = name WHERE standard_name = ''")


def down(migrator, db):
    text = FILE.read_text(encoding="utf-8")
    parts = statements(text, db.dialect)
    for name in re.findall(r"CREATE (?:UNIQUE )?INDEX (\w+)", text):
        db.execute_sql(f"DROP INDEX {name}")
    for table in reversed(re.findall(r"CREATE TABLE (\w+)", text)):
        db.execute_sql(f"DROP TABLE {table}")
    kinds = ", ".join(f"'{kind}'" for kind in DEFAULT_RULES)
    db.execute_sql(f"DELETE FROM rule_set WHERE kind IN ({kinds})")
    for statement in reversed(parts):
        if added := re.match(r"ALTER TABLE (\w+) ADD COLUMN (\w+)", statement):
            db.execute_sql(f"ALTER TABLE {added[1]} DROP COLUMN {added[2]}")
