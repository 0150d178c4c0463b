"""Settings: all documented, wrong ones stop the start with one sentence."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from dotenv import dotenv_values

from settings import DEMO_ENV, MINI, NAMES, OFFICIAL, Settings, SettingsError, load

KEY, OTHER, THIRD = (base64.b64encode(letter * 32).decode() for letter in (b"k", b"o", b"t"))
GOOD: dict[str, Any] = {
    "data_keys": f"k1:{KEY}", "index_key": KEY, "sign_key": KEY,
    "wechat_mp_appid": "wx-mp", "wechat_mp_secret": "x", "wechat_oa_appid": "wx-oa", "wechat_oa_secret": "x",
    "wechat_oa_id": "gh_1", "wechat_token": "t", "wechat_aes_key": "A" * 43,
}  # fmt: skip


def good(**changes: Any) -> Settings:
    return load(env_file=None, **{**GOOD, **changes})


def test_every_setting_stands_in_the_example() -> None:
    lines = Path(".env.example").read_text(encoding="utf-8").splitlines()
    named = {line.split("=")[0].lower() for line in lines if line and not line.startswith("#")}
    assert named == NAMES


def test_key_ring_writes_with_the_first_key() -> None:
    assert list(good(data_keys=f"k2:{OTHER},k1:{KEY}").data_key_ring()) == ["k2", "k1"]


def key(start: int) -> str:
    return base64.b64encode(bytes(range(start, start + 32))).decode()


def public(**changes: Any) -> Settings:
    """The settings of a house on a public address, whose secrets are its own."""
    own = {
        "public_url": "https://hongyao.example.cn", "data_keys": f"k1:{key(0)}", "index_key": key(40),
        "sign_key": key(80), "wechat_token": "9f3a61c07be2d4851a0c", "wechat_aes_key": key(120)[:43],
        "wechat_mp_token": "04d7be19a6c35f82e9b1", "wechat_mp_aes_key": key(160)[:43],
    }  # fmt: skip
    return good(**{**own, **changes})


def test_house_whose_secrets_are_its_own_starts_on_a_public_address() -> None:
    assert public().https
    assert public().missing() == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"data_keys": f"k1:{KEY}"}, "DATA_KEYS k1 is no random value"),
        ({"index_key": base64.b64encode(b"demo-data-key-demo-data-key-demo").decode()}, "INDEX_KEY is no random value"),
        ({"sign_key": key(40)}, "must all be different"),
        ({"wechat_token": ""}, "safe mode only"),
        ({"wechat_aes_key": ""}, "safe mode only"),
        ({"wechat_token": "t"}, "WECHAT_TOKEN must be 16 to 32 random letters and digits"),
        ({"wechat_token": "a" * 16}, "WECHAT_TOKEN must be 16 to 32"),
        ({"wechat_token": "9f3a61c07be2d48-1a0c"}, "WECHAT_TOKEN must be 16 to 32"),
        ({"wechat_token": "9f3a61c07be2d4851a0c" * 2}, "WECHAT_TOKEN must be 16 to 32"),
        ({"wechat_mp_token": "t"}, "WECHAT_MP_TOKEN must be 16 to 32"),
        ({"wechat_aes_key": "A" * 43}, "WECHAT_AES_KEY is no random value"),
        ({"wechat_mp_aes_key": "A" * 43}, "WECHAT_MP_AES_KEY is no random value"),
    ],
)
def test_secret_that_anybody_could_guess_stops_a_public_house(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        public(**change)
    assert sentence in str(wrong.value)


SHOWN = {name: said for name, said in dotenv_values(DEMO_ENV).items() if name.startswith("WECHAT_") or "KEY" in name}


@pytest.mark.parametrize("name", sorted(SHOWN.keys() - {"WECHAT_TEMPLATES"}))
def test_value_that_this_repository_shows_stops_a_public_house(name: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        public(**{name.lower(): SHOWN[name]})
    assert name in str(wrong.value)


@pytest.mark.parametrize(
    ("empty", "missing"),
    [
        (["wechat_mp_appid", "wechat_mp_secret", "wechat_mp_token", "wechat_mp_aes_key"], []),
        (["wechat_mp_appid", "wechat_mp_secret"], ["WECHAT_MP_APPID", "WECHAT_MP_SECRET"]),
        (["wechat_mp_secret"], ["WECHAT_MP_SECRET"]),
        (["wechat_oa_id"], ["WECHAT_OA_ID"]),
        (["wechat_oa_appid", "wechat_oa_secret"], ["WECHAT_OA_APPID", "WECHAT_OA_SECRET"]),
    ],
    ids=["no mini-program", "its messages alone", "half a mini-program", "no original id", "no official account"],
)
def test_public_house_needs_the_official_account_and_no_half_mini_program(empty: list[str], missing: list[str]) -> None:
    assert public(**dict.fromkeys(empty, "")).missing() == missing
    assert good(**dict.fromkeys((*OFFICIAL, *MINI), "")).missing() == []  # on a developer's machine


@pytest.fixture
def bare() -> Settings:
    """What deploy/make-env.sh writes, with nothing filled in."""
    return public(**dict.fromkeys((*OFFICIAL, *MINI), ""), wechat_mp_token="", wechat_mp_aes_key="")


SENTENCE = "hongyao: WECHAT_OA_APPID, WECHAT_OA_SECRET, WECHAT_OA_ID must be filled in before people come in"


def test_web_process_refuses_accounts_that_are_not_filled_in(bare: Settings) -> None:
    from app import create_app

    with pytest.raises(SystemExit) as ended:
        create_app(bare)
    assert str(ended.value).startswith(SENTENCE)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_worker_refuses_accounts_that_are_not_filled_in_and_commands_run(
    bare: Settings, db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import app
    import schedulers

    monkeypatch.setattr(app, "_commanded", lambda: True)
    monkeypatch.setattr(schedulers, "run_worker", lambda parts: pytest.fail("the worker runs"))
    run = app.create_app(bare).test_cli_runner().invoke
    worker = run(args=["worker"])
    assert (worker.exit_code, str(worker.exception).startswith(SENTENCE)) == (1, True)
    assert run(args=["migrate", "--missing"]).output == "nothing to do\n"


def test_setting_of_an_older_version_does_not_stop_the_start(tmp_path: Path) -> None:
    old = tmp_path / ".env"
    old.write_text("SECRET_KEY=short\n" + "".join(f"{name.upper()}={said}\n" for name, said in GOOD.items()))
    assert load(env_file=old) == good()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"index_key": "abc"}, "INDEX_KEY must be 32 bytes in base64"),
        ({"data_keys": "nonsense"}, "DATA_KEYS must read like"),
        ({"data_keys": f"k1:{OTHER},k1:{KEY}"}, "DATA_KEYS names k1 twice"),
        ({"data_keys": f"k2:{KEY},k1:{KEY}"}, "DATA_KEYS holds the same key under two names"),
        ({"backup_key": f"b1:{OTHER},b1:{THIRD}"}, "BACKUP_KEY names b1 twice"),
        ({"backup_key": f"b2:{OTHER},b1:{OTHER}"}, "BACKUP_KEY holds the same key under two names"),
        ({"wechat_aes_key": "short"}, "43 characters"),
        ({"wechat_aes_key": "!" * 43}, "43 characters"),
        ({"wechat_mp_token": "t"}, "WECHAT_MP_TOKEN and WECHAT_MP_AES_KEY go together"),
        ({"public_url": "https://hongyao.example.cn/app"}, "PUBLIC_URL: must be https://host and nothing behind it"),
        ({"public_url": "https://hongyao.example.cn?a=1"}, "PUBLIC_URL: must be https://host and nothing behind it"),
        ({"public_url": "https://me@hongyao.example.cn"}, "PUBLIC_URL: must be https://host and nothing behind it"),
        ({"port": 99999}, "PORT: must be a whole number from 1 to 65535"),
        ({"port": "eighty"}, "PORT: must be a whole number from 1 to 65535"),
        ({"trusted_proxies": "yes"}, "TRUSTED_PROXIES: must be a whole number from 0 to 5"),
        ({"wechat_mp_linked": "perhaps"}, "WECHAT_MP_LINKED: must be true or false"),
        ({"log_format": "xml"}, "LOG_FORMAT: must be json or text"),
        ({"port": "eighty", "log_format": "xml"}, "65535; LOG_FORMAT: must"),
        ({"public_url": "hongyao"}, "https://host"),
        ({"public_url": "http://hongyao.example.cn"}, "must be https"),
        ({"public_url": "https://hongyao.example.cn", "clock_file": "var/clock"}, "DEMO and CLOCK_FILE"),
        ({"public_url": "https://hongyao.example.cn", "wechat_api_base": "http://x"}, "the sandbox"),
        ({"wechat_templates": "reminder"}, "WECHAT_TEMPLATES must read like"),
        ({"renewals": "wechat_oa=soon"}, "RENEWALS must read like"),
        ({"renewals": "moon=2027-01-01"}, "RENEWALS knows"),
        ({"backup_dir": "var/backup"}, "BACKUP_DIR needs a BACKUP_KEY"),
        ({"backup_key": "b1"}, "BACKUP_KEY must read like k1:BASE64"),
        ({"backup_key": f"b1:{KEY}"}, "BACKUP_KEY must be another key than DATA_KEYS"),
        ({"s3_endpoint": "https://s3.example.cn"}, "S3_ENDPOINT, S3_BUCKET, S3_KEY and S3_SECRET go together"),
        ({"s3_endpoint": "s3.example.cn"}, "https://host"),
        ({"processes": 0}, "PROCESSES"),
        ({"wechat_templates": "reminder=ID:"}, "WECHAT_TEMPLATES must read like"),
    ],
)
def test_wrong_setting_stops_with_a_sentence(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        good(**change)
    assert sentence in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_setting_that_is_needed_and_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INDEX_KEY", raising=False)
    with pytest.raises(SettingsError, match="INDEX_KEY: is missing"):
        load(env_file=None, **{name: said for name, said in GOOD.items() if name != "index_key"})


@pytest.mark.parametrize(("said", "meant"), [("true", True), ("1", True), ("On", True), ("no", False), ("0", False)])
def test_yes_and_no_may_be_said_as_shells_say_them(said: str, meant: bool) -> None:
    assert good(wechat_mp_linked=said).wechat_mp_linked is meant


def test_template_may_name_the_fields_of_its_own_account() -> None:
    told = good(wechat_templates="reminder=R, sub_notice=N:thing4.thing2.time7")
    assert told.templates() == {"reminder": "R", "sub_notice": "N"}
    assert told.template_fields() == {"sub_notice": ("thing4", "thing2", "time7")}


def test_secrets_do_not_show_in_an_error() -> None:
    with pytest.raises(SettingsError) as wrong:
        good(index_key="hunter2-is-my-password")
    assert "hunter2" not in str(wrong.value)


def test_secrets_do_not_show_in_the_repr() -> None:
    assert KEY not in repr(good())


def test_uploads_lie_in_the_bucket_where_one_is_set_and_else_in_the_folder() -> None:
    from app import build_storage

    assert build_storage(good(files_dir="var/some")).place == "var/some"
    bucket = {"s3_endpoint": "https://s3.example.cn/", "s3_bucket": "photos", "s3_key": "k", "s3_secret": "hunter2"}
    settings = good(files_dir="var/some", **bucket)
    assert build_storage(settings).place == "https://s3.example.cn/photos"
    assert "hunter2" not in repr(settings) + repr(build_storage(settings))
