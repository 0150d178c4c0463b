"""The files of deploy/ say what the code says: commands, names of settings, places."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from demo.children import commands
from services.operation.log_lines import KEYED
from settings import NAMES, load
from tests.deploy.places import DEPLOY, ROOT, example

UNITS = {name: DEPLOY / "systemd" / f"hongyao-{file}.service" for name, file in (("app", "web@"), ("worker", "worker"))}


def test_units_start_what_the_demo_starts() -> None:
    wanted = commands(load(demo=True, port=1234), state=Path("s"), program=Path("p"))
    for name, unit in UNITS.items():
        start = next(line for line in unit.read_text().splitlines() if line.startswith("ExecStart="))
        words = start.removeprefix("ExecStart=").replace("%i", "1234").replace("--no-ws ", "").split()
        assert [words[0].rsplit("/", 1)[1], *words[1:]] == [Path(wanted[name][0]).name, *wanted[name][1:]]


@pytest.mark.parametrize("unit", UNITS.values(), ids=list(UNITS))
def test_units_see_no_more_than_they_need(unit: Path) -> None:
    lines = set(unit.read_text().splitlines())
    assert lines >= {
        "User=hongyao", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=", "ProtectHome=yes",
        "Restart=always", "StartLimitIntervalSec=0", "StateDirectory=hongyao",
    }  # fmt: skip


def test_environment_of_a_new_machine_holds_every_setting_and_fresh_keys(tmp_path: Path) -> None:
    make = [str(DEPLOY / "make-env.sh"), "hy.example.cn"]
    made = [subprocess.run(make, capture_output=True, text=True, check=True).stdout for _ in range(2)]
    names = [line.split("=")[0] for line in made[0].splitlines() if line and not line.startswith("#")]
    assert names == list(example())
    assert {name.lower() for name in names} == NAMES
    accounts = {"wechat_mp_appid": "a", "wechat_mp_secret": "b", "wechat_oa_appid": "c", "wechat_oa_secret": "d",
                "wechat_oa_id": "gh_e"}  # fmt: skip
    loaded = []
    for number, text in enumerate(made):
        (tmp_path / str(number)).write_text(text)
        loaded.append(load(env_file=tmp_path / str(number), **accounts))
    one, two = loaded
    assert load(env_file=tmp_path / "0").missing() == ["WECHAT_OA_APPID", "WECHAT_OA_SECRET", "WECHAT_OA_ID"]
    assert one.missing() == []
    assert (one.public_url, one.trusted_proxies) == ("https://hy.example.cn", 1)
    assert one.database_url == "sqlite:////var/lib/hongyao/hongyao.db"
    keys = ("data_keys", "index_key", "sign_key", "wechat_token", "wechat_aes_key")
    assert all(getattr(one, key) != getattr(two, key) for key in keys)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_addresses_that_are_keys_are_cut_in_the_log(app: Any) -> None:
    conf = (DEPLOY / "nginx" / "hongyao.conf").read_text(encoding="utf-8")
    cut = re.search(r'"~(\^\(\?<begin>.*?)" "', conf)
    assert cut is not None
    begin = re.compile(cut[1].replace("?<begin>", "?P<begin>"))
    keys = [rule.rule for rule in app.url_map.iter_rules() if {"token", "link"} & rule.arguments]
    assert len(keys) >= 5
    assert [key for key in keys if not ((found := begin.match(key)) and "<" not in found["begin"])] == []
    assert cut[1] == f"^(?<begin>/(?:{KEYED})/)."  # our own log cuts the same


def test_walk_through_names_only_what_is_there() -> None:
    page = (ROOT / "docs" / "zh" / "部署.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?<![\w/])deploy/[\w./-]+\w", page))
    assert len(named) >= 10
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
    code = "".join((ROOT / name).read_text() for name in ("app.py", "commands.py", "commands_access.py"))
    commands = set(re.findall(r'(?:app\.cli\.command|AppGroup)\("([a-z-]+)"', code))
    asked = set(re.findall(r"flask --app app ([a-z-]+)", page))
    assert {"doctor", "copy-database", "regions", "verify-books"} <= asked <= commands
    renewals = re.search(r"RENEWALS=(\S+?)`", page)
    assert renewals is not None
    assert load(demo=True, renewals=renewals[1]).renewal_days()
