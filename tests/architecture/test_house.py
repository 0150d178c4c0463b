"""The house rules hold in every file, and each rule can fail."""

from __future__ import annotations

import pytest

from tests.architecture import rules
from tests.architecture.rules import RULES, Rule, Source

FILES = rules.sources()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_house_rule_holds_everywhere(rule: Rule) -> None:
    assert [fault for source in FILES for fault in rule(source)] == []


def test_migration_numbers_are_unique() -> None:
    assert rules.doubled_migrations(FILES) == []


def test_the_whole_project_is_looked_at() -> None:
    paths = {source.path for source in FILES}
    assert {"settings.py", "clock.py", "models/base.py", "tests/architecture/rules.py"} <= paths
    assert not any(path.startswith((".venv/", "var/")) for path in paths)


BAD = [
    (
        rules.frozen_classes_with_slots_come_from_frozen,
        "services/a.py",
        "from dataclasses import dataclass as d\n@d(frozen=True, slots=True)\nclass A:\n    b: str",
    ),
    (rules.heavy_libraries_wait_for_their_use, "services/a.py", "import openpyxl"),
    (rules.heavy_libraries_wait_for_their_use, "handlers/a.py", "from qrcode.constants import ERROR_CORRECT_M"),
    (rules.heavy_libraries_wait_for_their_use, "services/a.py", "from services import typefaces"),
    (rules.only_clock_asks_the_time, "services/a.py", "from datetime import datetime\nx = datetime.now()"),
    (rules.only_clock_asks_the_time, "services/a.py", "import datetime as d\nx = d.datetime.utcnow()"),
    (
        rules.only_clock_asks_the_time,
        "models/a.py",
        "from datetime import date\nx = dict(default=date.today)",
    ),
    (rules.only_clock_asks_the_time, "app.py", "import time\nx = time.time()"),
    (rules.only_clock_asks_the_time, "wechat/a.py", "from time import time as t\nx = t()"),
    (rules.only_settings_reads_the_environment, "app.py", "import os\nx = os.environ['PORT']"),
    (rules.only_settings_reads_the_environment, "wechat/a.py", "from os import getenv\nx = getenv('PORT')"),
    (rules.only_queries_and_models_run_sql, "services/a.py", "db.execute_sql('SELECT 1')"),
    (rules.only_queries_and_models_run_sql, "handlers/api/a.py", "run = db.execute_sql"),
    (rules.rules_hold_no_chinese_sentence, "services/a.py", "x = '您还没有报名'"),
    (rules.rules_hold_no_chinese_sentence, "models/a.py", "x = f'本次{n}分钟服务时长'"),
    (rules.file_fits_in_the_head, "services/a.py", "x = 1\n" * 401),
    (rules.file_says_what_it_is_for, "services/a.py", "x = 1"),
    (rules.file_has_a_telling_name, "services/utils.py", ""),
    (rules.file_has_a_telling_name, "wechat/utils/xml.py", ""),
    (rules.file_has_a_telling_name, "services/date_utils.py", ""),
    (rules.nobody_imports_app_or_sandbox, "schedulers/a.py", "from app import create_app"),
    (rules.nobody_imports_app_or_sandbox, "sandbox/a.py", "import app"),
    (rules.nobody_imports_app_or_sandbox, "app.py", "def demo():\n    import sandbox.world"),
    (rules.only_app_imports_demo, "app.py", "from demo.launch import launch"),
    (rules.only_app_imports_demo, "services/a.py", "def act():\n    import demo"),
    (rules.only_app_imports_demo, "clock.py", "from demo import world"),
]


@pytest.mark.parametrize(("rule", "path", "text"), BAD)
def test_rule_finds_the_fault(rule: Rule, path: str, text: str) -> None:
    assert len(list(rule(Source(path, text)))) == 1


GOOD = [
    (rules.frozen_classes_with_slots_come_from_frozen, "services/a.py", "from dataclasses import dataclass\n"
     "@dataclass(frozen=True)\nclass A:\n    b: str"),
    (rules.frozen_classes_with_slots_come_from_frozen, "services/a.py", "from frozen import dataclass\n"
     "@dataclass(frozen=True, slots=True)\nclass A:\n    b: str"),
    (rules.heavy_libraries_wait_for_their_use, "services/a.py", "def book():\n    import openpyxl"),
    (rules.heavy_libraries_wait_for_their_use, "wechat/a.py", "if TYPE_CHECKING:\n    import requests"),
    (rules.heavy_libraries_wait_for_their_use, "services/typefaces.py", "from fpdf import FPDF"),
    (rules.heavy_libraries_wait_for_their_use, "bench/a.py", "import qrcode"),
    (rules.only_clock_asks_the_time, "clock.py", "from datetime import datetime\nx = datetime.now()"),
    (rules.only_clock_asks_the_time, "services/a.py", "import clock\nx = clock.now()"),
    (rules.only_clock_asks_the_time, "services/a.py", "import time\nx = time.monotonic()"),
    (rules.only_clock_asks_the_time, "services/a.py", "import time\nx = time.perf_counter()"),
    (rules.only_clock_asks_the_time, "services/a.py", "time = today\nx = time.time"),
    (rules.only_clock_asks_the_time, "sandbox/a.py", "import time\nx = time.time()"),
    (rules.only_settings_reads_the_environment, "settings.py", "import os\nx = os.environ"),
    (rules.only_settings_reads_the_environment, "services/a.py", "import os\nx = os.urandom(16)"),
    (rules.only_queries_and_models_run_sql, "queries/a.py", "db.execute_sql('SELECT 1')"),
    (rules.rules_hold_no_chinese_sentence, "services/a.py", '"""退役军人服务队"""\nx = "志愿者"  # 退役军人服务'),
    (rules.rules_hold_no_chinese_sentence, "services/a.py", "x = re.compile('村民委员会|居民委员会')"),
    (rules.rules_hold_no_chinese_sentence, "handlers/a.py", "x = '您还没有报名'"),
    (rules.file_fits_in_the_head, "migrations/0001_initial.py", "x = 1\n" * 401),
    (rules.file_says_what_it_is_for, "services/__init__.py", ""),
    (rules.file_has_a_telling_name, "services/futility.py", ""),
    (rules.nobody_imports_app_or_sandbox, "tests/test_a.py", "import app"),
    (rules.nobody_imports_app_or_sandbox, "sandbox/a.py", "from sandbox import world"),
    (rules.only_app_imports_demo, "app.py", "def demo():\n    from demo.launch import launch"),
    (rules.only_app_imports_demo, "demo/a.py", "from demo import names"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "path", "text"), GOOD)
def test_rule_lets_the_right_place_do_it(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(path, text))) == []


def test_two_migrations_with_one_number_are_found() -> None:
    files = [Source(f"migrations/{name}.py", "") for name in ("0001_initial", "0002_books", "0002_files")]
    assert rules.doubled_migrations(files) == ["migration 0002 is there twice"]
