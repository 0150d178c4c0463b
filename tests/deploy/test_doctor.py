"""`flask doctor` on a machine as it is set up: real HTTPS with a local CA, real calls to the platform, their faults."""

from __future__ import annotations

import re
import ssl
import threading
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import clock
from models import Volunteer, store
from services import audit
from services.accounts.vault import Vault
from services.actors import OPERATOR
from services.operation import doctor, doctor_platform, health, machine
from services.operation.findings import OK, WRONG, Callback
from storage.disk import Disk
from tests.deploy.stage import Stage, certify
from tests.support.bucket import Bucket
from tests.support.fakes import make_parts
from tests.support.world import World
from tests.wechat import callback
from tests.wechat.platform import Platform
from wechat.account import Account
from wechat.inspection import LINKS, MENU, MINI_TEMPLATES, OFFICIAL_TEMPLATES, Inspection
from wechat.site import Site, SiteFailure

pytestmark = [pytest.mark.xdist_group("deploy"), pytest.mark.parametrize("db", ["sqlite"], indirect=True)]

TOKEN = "/cgi-bin/stable_token"
NETWORK = "，请看出口网络；要走代理的，设 HTTPS_PROXY。"
PREFIX = "http://localhost:8000/q/"


def inspection(base: str, now: Callable[[], datetime] = clock.now) -> Inspection:
    return Inspection(
        mini=Account("wx-mp", "mp-secret"), official=Account(callback.APPID, "oa-secret"), now=now, api_base=base
    )


def asked(base: str, at: datetime | None = None, **parts: Any) -> list[str]:
    """What the examination of the platform says."""
    found = doctor_platform.examine(
        parts=make_parts(**parts), house_fields={}, inspection=inspection(base), at=at or clock.now()
    )
    return [each.sentence for each in found]


def test_machine_with_five_faults_is_told_of_them_and_of_what_is_right(stage: Stage, db: Any) -> None:
    settings = stage.folder / ".env"
    settings.chmod(0o644)
    said = stage.flask("doctor", WECHAT_TOKEN="another", WECHAT_OA_SECRET="typo", RENEWALS="domain=2020-01-01")
    settings.chmod(0o640)
    found: dict[str, list[str]] = {"好": [], "看看": [], "要改": []}
    for line in said.stdout.splitlines()[:-1]:
        found[line[1 : line.index("]")]].append(line[line.index("]") + 2 :])
    assert (said.returncode, said.stdout.splitlines()[-1]) == (1, "有5项要改，改好再运行一次。"), said.stderr
    begins = [
        f"{settings} 别的用户也能读", "密钥还没有打印出来放进保险柜", "公众号的回调地址没有回答对",
        "公众号的 AppSecret 不对", "域名注册已过期",
    ]  # fmt: skip
    assert [line[: len(begin)] for line, begin in zip(found["要改"], begins, strict=True)] == begins
    assert set(found["好"]) >= {
        f"网址 {stage.site}，前面有1层代理，设置对得上。", "证书手机认得，还有90天到期。", "从网址打得开本系统。",
        "小程序的 AppID、AppSecret、IP 名单都对。", "数据库有回答，版本和程序一样。",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (
            {"api": TOKEN, "kind": "errcode", "errcode": 40164,
             "errmsg": "invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist"},
            "公众号后台的 IP 名单里没有本机，请把 203.0.113.9 加进去。",
        ),
        ({"api": TOKEN, "kind": "errcode", "errcode": 40013}, "公众号的 AppID 不对，请照后台的抄。"),
        ({"api": MENU, "kind": "errcode", "errcode": 48001}, "公众号没有这个接口的权限，请看认证过没有、过期没有。"),
        ({"api": TOKEN, "kind": "cut"}, f"公众号连不上微信（ProtocolError）{NETWORK}"),
        ({"api": TOKEN, "kind": "html"}, f"公众号连不上微信（the answer is not JSON）{NETWORK}"),
    ],
)  # fmt: skip
def test_refusal_of_the_platform_becomes_a_sentence(
    stage: Stage, db: Any, fault: dict[str, Any], sentence: str
) -> None:
    stage.control("POST", "faults", **fault)
    try:
        said = asked(f"http://localhost:{stage.sandbox_port}")
    finally:
        stage.control("DELETE", "faults")
    assert sentence in said
    assert "小程序的 AppID、AppSecret、IP 名单都对。" in said


def test_clock_of_this_machine_is_held_against_the_platforms(stage: Stage, db: Any) -> None:
    said = asked(f"http://localhost:{stage.sandbox_port}", at=clock.now() - timedelta(minutes=5))
    assert re.fullmatch(r"本机的钟和微信的差(29\d|30\d)秒，超过一分钟签名会被退回，请装 chrony 对时。", said[0])


@pytest.fixture
def platform() -> Iterator[Platform]:
    platform = Platform()
    platform.will(MENU, {"errcode": 46003, "errmsg": "no menu"})
    yield platform
    platform.close()


def content(*fields: str) -> str:
    return "\n".join(f"名目：{{{{{field}.DATA}}}}" for field in fields)


def test_templates_are_those_of_the_accounts_with_the_keywords_that_are_filled(platform: Platform, db: Any) -> None:
    platform.will(OFFICIAL_TEMPLATES, {"template_list": [
        {"template_id": "R", "content": content("thing1", "time2", "thing3")},
        {"template_id": "N", "content": content("thing4", "thing2", "time7")},
    ]})  # fmt: skip
    platform.will(MINI_TEMPLATES, {"data": [{"priTmplId": "S", "content": content("thing1", "thing2", "time3")}]})
    platform.will(LINKS, {"errcode": 48001, "errmsg": "api unauthorized"})
    said = asked(platform.base, templates={"reminder": "R", "notice": "N", "confirm": "C", "sub_notice": "S"})
    assert [line for line in said if "模板" in line] == [
        "消息模板 reminder 在后台，关键词也对。",
        "消息模板 notice 的关键词是 thing4、thing2、time7，和设置的 thing1、thing2、time3 不一样，请写成 "
        "notice=编号:thing4.thing2.time7（次序照说明）。",
        "消息模板 confirm 的编号后台没有，请照后台的抄。",
        "没有设模板 sub_reminder，这类消息走客服消息和站内消息。",
        "消息模板 sub_notice 在后台，关键词也对。",
    ]
    assert "扫码规则问不到微信（48001），请用手机扫一个活动的码看看。" in said


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"path": "pages/home/home", "state": 2}, "扫普通链接的规则已经发布，扫码会打开小程序。"),
        ({"path": "pages/home/home", "state": 1}, f"规则 {PREFIX} 还没有发布，请在后台点发布。"),
        ({"path": "pages/a", "state": 2}, f"规则 {PREFIX} 打开的是 pages/a，请改成 pages/home/home。"),
        ({"prefix": PREFIX[:-1], "state": 2}, f"小程序后台没有 {PREFIX} 的规则，请加上，最后的斜杠不能少。"),
    ],
)  # fmt: skip
def test_rule_for_ordinary_codes(platform: Platform, db: Any, rule: dict[str, Any], sentence: str) -> None:
    platform.will(LINKS, {"rule_list": [{"prefix": PREFIX} | rule]})
    assert sentence in asked(platform.base, templates={})


def test_account_that_is_not_filled_in_is_not_asked_for(platform: Platform, db: Any, tmp_path: Path) -> None:
    parts = make_parts(mp_appid="", templates={})
    found = list(
        doctor_platform.examine(parts=parts, house_fields={}, inspection=inspection(platform.base), at=clock.now())
    )
    assert [each.name for each in found if each.name in ("official", "mini", "no_mini")] == ["official", "no_mini"]
    assert "没有填小程序的 AppID，还没有小程序的不用填，公众号和网页照常。" in [each.sentence for each in found]
    house = doctor.House(1, tmp_path / ".env", "", 3, (), tmp_path, missing=("WECHAT_OA_APPID", "WECHAT_OA_ID"))
    examined = doctor.examine(parts=parts, house=house, inspection=inspection(platform.base), at=clock.now())
    assert next(examined).sentence.startswith("设置里还没有填WECHAT_OA_APPID、WECHAT_OA_ID，网页和发消息的进程开不起来")


@contextmanager
def serving(folder: Path, days: int) -> Iterator[int]:
    """A bare HTTPS server with a certificate that ends in so many days."""
    certify(folder, days)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "fullchain.pem", folder / "privkey.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_walls_between_people_and_the_site_are_told_apart(
    db: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = doctor.House(1, tmp_path / ".env", "", 3, (), tmp_path)

    def first(site: Site) -> str:
        return next(doctor._site(site, house, clock.now())).sentence

    with serving(tmp_path / "a", 10) as port:
        assert first(Site(f"https://localhost:{port}")).startswith("证书链不全")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "a" / "ca.pem"))
        assert first(Site(f"https://127.0.0.1:{port}")) == "证书不是给 127.0.0.1 的，请换成这个域名的。"
        said = [each.sentence for each in doctor._site(Site(f"https://localhost:{port}"), house, clock.now())]
        assert said[:2] == ["证书只剩10天，请马上续。", "网址打开的不是本系统（回答 404），请看 nginx 转到哪里。"]
    assert first(Site(f"https://localhost:{port}")) == "localhost 连不上，请看 nginx 开着没有、防火墙放行 443 没有。"
    assert first(Site("https://nowhere.invalid")).startswith("域名 nowhere.invalid 解析不到")
    with serving(tmp_path / "b", -1) as port:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "b" / "ca.pem"))
        with pytest.raises(SiteFailure, match="over"):
            Site(f"https://localhost:{port}").certificate_ends()


def test_keys_are_proved_on_what_lies_in_the_database(cast: World, db: Any) -> None:
    right = make_parts()
    blob, key_id = right.vault.seal("110105194912310021", f"volunteer.document:{cast.xiaobo.public_no}")
    index = right.vault.index("id_no", "110105194912310021")
    store.write(lambda: Volunteer.update(document_sealed=None).execute())
    assert [each.name for each in doctor._keys(right)] == ["keys_unused"]
    store.write(
        lambda: Volunteer.update(document_sealed=blob, document_key=key_id, document_index=index)
        .where(Volunteer.id == cast.xiaobo.id)
        .execute()
    )
    assert [(each.state, each.name) for each in doctor._keys(right)] == [(OK, "keys")]
    for key, index_key, name in ((b"2", b"i", "keys"), (b"1", b"j", "keys_index")):
        vault = Vault({"k1": key * 32}, index_key * 32)
        assert [(each.state, each.name) for each in doctor._keys(make_parts(vault=vault))] == [(WRONG, name)]


def test_worker_and_disk_are_looked_at(db: Any, at: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    health.note_run(name="heartbeat", started_at=at, ended_at=at, outcome="ok")
    assert [each.name for each in doctor._database(at)] == ["database", "worker"]
    assert [each.state for each in doctor._database(at + timedelta(minutes=5))] == [OK, WRONG]
    audit.note(actor=OPERATOR, verb="province_generated", subject="province", detail={}, at=at)
    assert [each.sentence[:10] for each in doctor._database(at) if each.state == WRONG] == ["库里是编造的人和时长"]
    place = f"sqlite:///{tmp_path}/h.db"
    assert {each.name for each in machine.disk(place, Disk(tmp_path / "files"))} == {"disk"}
    full = namedtuple("Usage", "total used free")(2**40, 2**40 - 2**30, 2**30)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: full)
    assert [each.sentence for each in machine.disk("", Disk("f"))] == ["f只剩1.0 GB，快满了，请清理或者加大。"]
    monkeypatch.setattr(machine.os, "access", lambda *_: False)
    assert [each.name for each in machine.disk("postgresql://", Disk("f"))] == ["disk_closed"]


def test_place_for_photos_is_tried_and_left_as_it_was(db: Any, tmp_path: Path) -> None:
    assert machine.keeps(Disk(tmp_path / "files")).sentence == f"照片放在{tmp_path}/files，存得进、取得出、删得掉。"
    assert [each for each in (tmp_path / "files").rglob("*") if each.is_file()] == []
    with Bucket() as bucket:
        assert machine.keeps(bucket.storage()).sentence == f"照片放在{bucket.endpoint}/photos，存得进、取得出、删得掉。"
        assert bucket.objects == {}
        found = [machine.keeps(bucket.storage(**wrong)) for wrong in ({"secret": "no"}, {"bucket": "no"})]
        bucket.fault = (507, "XMinioStorageFull")
        found.append(machine.keeps(bucket.storage()))
    found += [machine.keeps(bucket.storage()), machine.keeps(Lossy(tmp_path / "files"))]
    assert [each.name for each in found] == [
        "storage_refused", "storage_no_bucket", "storage_full", "storage_away", "storage",
    ]  # fmt: skip
    assert {each.state for each in found} == {WRONG}
    assert found[0].sentence.startswith(f"存照片的{bucket.endpoint}/photos不让存取（SignatureDoesNotMatch）")


class Lossy(Disk):
    """A folder that gives back something else."""

    def get(self, name: str) -> bytes:
        return super().get(name)[:-1]


def test_settings_that_no_phone_can_use(db: Any) -> None:
    callback_ = Callback("oa", "/wechat/callback", "t", "a" * 43, "x")
    house = doctor.House(0, Path("none"), "", 3, (callback_,), Path("none"))
    for url, name in (("http://a.cn", "address"), ("https://10.0.0.1", "address"), ("https://a.cn", "address_proxies")):
        parts = make_parts(public_url=url, https=url.startswith("https"))
        assert (found := doctor._address(parts, house)).name == name
        assert found.sentence
