"""What we say to the platform and what we make of its good answers."""

import subprocess
import sys
from datetime import datetime, timezone
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.wechat.calls import NOW, OK
from tests.wechat.platform import TOKEN, Platform
from wechat.account import Account
from wechat.gateway import (
    Follower,
    FollowerPage,
    Gateway,
    Menus,
    MiniLogin,
    QrTicket,
    Sent,
    TextVerdict,
    WebLogin,
    WechatFailure,
)
from wechat.live import LiveGateway
from wechat.tokens import MemoryTokenStore


def test_live_gateway_keeps_the_contract(gateway: Gateway):
    promised = {name for name in vars(Gateway) if not name.startswith("_")}
    assert promised <= set(dir(gateway))
    assert len(promised) == 27


def test_token_is_the_stable_one_and_never_forced(platform: Platform, gateway: LiveGateway):
    platform.will("/cgi-bin/menu/create", OK)
    gateway.set_menu({"button": []})
    gateway.set_menu({"button": []})
    assert platform.count(TOKEN) == 1
    assert platform.last(TOKEN).body == {
        "grant_type": "client_credential",
        "appid": "wxoa",
        "secret": "oa-secret",
        "force_refresh": False,
    }
    assert platform.last("/cgi-bin/menu/create").query == {"access_token": "token-1"}


def test_each_account_has_its_own_token(platform: Platform, gateway: LiveGateway):
    platform.will("/cgi-bin/menu/create", OK)
    platform.will("/cgi-bin/message/subscribe/send", OK)
    gateway.set_menu({})
    gateway.send_subscribe("o1", "T", {})
    assert platform.count(TOKEN) == 2
    assert platform.last(TOKEN).body["appid"] == "wxmini"
    assert platform.last("/cgi-bin/message/subscribe/send").query == {"access_token": "token-2"}


def test_mini_program_login_needs_no_access_token(platform: Platform, gateway: LiveGateway):
    platform.will("/sns/jscode2session", {"openid": "o1", "session_key": "k", "unionid": "u1"})
    assert gateway.session_for_code("c1") == MiniLogin("o1", "u1")
    assert platform.count(TOKEN) == 0
    assert platform.last("/sns/jscode2session").query == {
        "appid": "wxmini",
        "secret": "mini-secret",
        "js_code": "c1",
        "grant_type": "authorization_code",
    }


def test_mini_program_login_without_an_open_platform_has_no_unionid(platform: Platform, gateway: LiveGateway):
    platform.will("/sns/jscode2session", {"errcode": 0, "openid": "o1", "session_key": "k"})
    assert gateway.session_for_code("c1") == MiniLogin("o1", None)


@pytest.mark.parametrize(
    ("country", "number"), [("86", "13800138000"), (86, "13800138000"), ("852", "+85213800138000")]
)
def test_phone_of_the_mainland_is_plain(
    platform: Platform, gateway: LiveGateway, country: str | int, number: str
):
    info = {"phoneNumber": "x", "purePhoneNumber": "13800138000", "countryCode": country}
    platform.will("/wxa/business/getuserphonenumber", OK | {"phone_info": info})
    assert gateway.phone_for_code("c1", openid="o1") == number
    assert platform.last("/wxa/business/getuserphonenumber").body == {"code": "c1", "openid": "o1"}


def test_subscription_message_says_which_version_it_opens(platform: Platform, gateway: LiveGateway):
    platform.will("/cgi-bin/message/subscribe/send", OK | {"msgid": 1700})
    sent = gateway.send_subscribe("o1", "T1", {"thing1": "义诊"}, page="pages/a?x=1")
    assert sent == Sent("1700")
    assert platform.last("/cgi-bin/message/subscribe/send").body == {
        "touser": "o1",
        "template_id": "T1",
        "page": "pages/a?x=1",
        "data": {"thing1": {"value": "义诊"}},
        "miniprogram_state": "trial",
        "lang": "zh_CN",
    }


def test_template_with_fields_of_its_own_gets_the_values_under_their_names(platform: Platform, gateway: LiveGateway):
    platform.will("/cgi-bin/message/subscribe/send", OK)
    gateway.send_subscribe("o1", "T9", {"thing1": "义诊", "time2": "9:00"})
    assert platform.last("/cgi-bin/message/subscribe/send").body["data"] == {
        "thing4": {"value": "义诊"},
        "time1": {"value": "9:00"},
    }


def test_subscription_message_without_an_id_in_the_answer_is_sent(platform: Platform, gateway: LiveGateway):
    platform.will("/cgi-bin/message/subscribe/send", OK)
    assert gateway.send_subscribe("o1", "T1", {}) == Sent(None)


def test_template_message_carries_its_own_id(platform: Platform, gateway: LiveGateway):
    platform.will("/cgi-bin/message/template/send", OK | {"msgid": 200228332})
    sent = gateway.send_template(
        "o1", "T1", {"thing1": "义诊"}, url="https://a.cn/", page="pages/a", client_msg_id="d-1"
    )
    assert sent == Sent("200228332")
    assert platform.last("/cgi-bin/message/template/send").body == {
        "touser": "o1",
        "template_id": "T1",
        "url": "https://a.cn/",
        "miniprogram": {"appid": "wxmini", "pagepath": "pages/a"},
        "data": {"thing1": {"value": "义诊"}},
        "client_msg_id": "d-1",
    }


def test_template_message_already_there_counts_as_sent(platform: Platform, gateway: LiveGateway):
    platform.will("/cgi-bin/message/template/send", {"errcode": 45065, "errmsg": "clientmsgid exist"})
    assert gateway.send_template("o1", "T1", {}, client_msg_id="d-1") == Sent(None)


def test_customer_service_text_is_raw_chinese(platform: Platform, gateway: LiveGateway):
    platform.will("/cgi-bin/message/custom/send", OK)
    gateway.send_text("o1", "累计 12 小时\ud800")
    asked = platform.last("/cgi-bin/message/custom/send")
    assert asked.body == {"touser": "o1", "msgtype": "text", "text": {"content": "累计 12 小时?"}}
    assert "累计".encode() in asked.raw


def test_customer_service_menu_has_its_tappable_lines(platform: Platform, gateway: LiveGateway):
    platform.will("/cgi-bin/message/custom/send", OK)
    gateway.send_menu("o1", "请选择", [("1", "我的时长"), ("2", "活动")], "谢谢")
    assert platform.last("/cgi-bin/message/custom/send").body["msgmenu"] == {
        "head_content": "请选择",
        "list": [{"id": "1", "content": "我的时长"}, {"id": "2", "content": "活动"}],
        "tail_content": "谢谢",
    }


def test_code_with_an_end_is_a_temporary_one(platform: Platform, gateway: LiveGateway):
    answer = {"ticket": "gQ/=", "expire_seconds": 600, "url": "http://weixin.qq.com/q/x"}
    platform.will("/cgi-bin/qrcode/create", answer)
    assert gateway.create_qr("b.x7", seconds=600) == QrTicket("gQ/=", "http://weixin.qq.com/q/x", 600)
    assert platform.last("/cgi-bin/qrcode/create").body == {
        "action_name": "QR_STR_SCENE",
        "expire_seconds": 600,
        "action_info": {"scene": {"scene_str": "b.x7"}},
    }


def test_code_without_an_end_is_a_permanent_one(platform: Platform, gateway: LiveGateway):
    platform.will("/cgi-bin/qrcode/create", {"ticket": "gQ", "url": "http://weixin.qq.com/q/x"})
    assert gateway.create_qr("a.1", seconds=None).seconds is None
    assert platform.last("/cgi-bin/qrcode/create").body["action_name"] == "QR_LIMIT_STR_SCENE"


def test_picture_of_a_ticket_is_found_under_its_quoted_name(platform: Platform, gateway: LiveGateway):
    assert gateway.qr_image_url("gQ/=") == platform.base + "/cgi-bin/showqrcode?ticket=gQ%2F%3D"


@pytest.mark.parametrize("picture", [b"\xff\xd8\xff\xe0jpeg", b"\x89PNG\r\n\x1a\npng"])
def test_mini_program_code_is_its_picture(platform: Platform, gateway: LiveGateway, picture: bytes):
    platform.will("/wxa/getwxacodeunlimit", picture)
    found = gateway.mini_code("a=1", page="pages/a", check_path=False, env_version="trial")
    assert found == picture
    assert platform.last("/wxa/getwxacodeunlimit").body == {
        "scene": "a=1",
        "page": "pages/a",
        "check_path": False,
        "env_version": "trial",
    }


def test_follower_is_known_with_scene_and_time(platform: Platform, gateway: LiveGateway):
    answer = {
        "subscribe": 1,
        "openid": "o1",
        "subscribe_time": 1_700_000_000,
        "unionid": "u1",
        "qr_scene_str": "b.x",
    }
    platform.will("/cgi-bin/user/info", answer)
    since = datetime(2023, 11, 14, 22, 13, 20, tzinfo=timezone.utc)
    assert gateway.follower("o1") == Follower("o1", True, "u1", since, "b.x")
    assert platform.last("/cgi-bin/user/info").query["openid"] == "o1"


def test_one_who_does_not_follow_is_only_an_openid(platform: Platform, gateway: LiveGateway):
    platform.will("/cgi-bin/user/info", {"subscribe": 0, "openid": "o1"})
    assert gateway.follower("o1") == Follower("o1", False)


def test_text_check_is_the_second_version(platform: Platform, gateway: LiveGateway):
    answer = OK | {"result": {"suggest": "risky", "label": 20001}, "trace_id": "t-1"}
    platform.will("/wxa/msg_sec_check", answer)
    assert gateway.check_text("o1", "话", scene=2) == TextVerdict("risky", 20001, "t-1")
    assert platform.last("/wxa/msg_sec_check").body == {
        "openid": "o1",
        "content": "话",
        "scene": 2,
        "version": 2,
    }


def test_menu_is_sent_in_raw_characters(platform: Platform, gateway: LiveGateway):
    platform.will("/cgi-bin/menu/create", OK)
    gateway.set_menu({"button": [{"type": "click", "name": "我的时长", "key": "hours"}]})
    raw = platform.last("/cgi-bin/menu/create").raw
    assert "我的时长".encode() in raw
    assert b"\\u" not in raw


def test_login_page_address_is_in_the_platforms_order(platform: Platform, gateway: LiveGateway):
    url = gateway.authorize_url("https://a.cn/m/?x=1&y=2", state="s1")
    assert url == (
        platform.base
        + "/connect/oauth2/authorize?appid=wxoa&redirect_uri=https%3A%2F%2Fa.cn%2Fm%2F%3Fx%3D1%26y%3D2"
        "&response_type=code&scope=snsapi_base&state=s1#wechat_redirect"
    )
    odd = urlsplit(gateway.authorize_url("https://a.cn/", state="a&b=c#d", scope="snsapi_userinfo"))
    assert parse_qs(odd.query)["state"] == ["a&b=c#d"]
    assert odd.fragment == "wechat_redirect"


def test_without_a_stand_in_the_three_hosts_are_wechats():
    gateway = LiveGateway(
        mini=Account("m", "s"),
        official=Account("o", "s"),
        store=MemoryTokenStore(lambda: NOW),
        now=lambda: NOW,
    )
    assert gateway.qr_image_url("t") == "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=t"
    assert gateway.authorize_url("https://a.cn/", state="").startswith(
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=o&"
    )


def test_page_login_tells_the_snapshot_user_apart(platform: Platform, gateway: LiveGateway):
    answer = {"access_token": "user-token", "openid": "o1", "scope": "snsapi_base", "is_snapshotuser": 1}
    platform.will("/sns/oauth2/access_token", answer, {"openid": "o2", "unionid": "u2"})
    assert gateway.web_login("c1") == WebLogin("o1", None, "snsapi_base", True)
    assert gateway.web_login("c2") == WebLogin("o2", "u2", "snsapi_base", False)
    assert platform.last("/sns/oauth2/access_token").query["code"] == "c2"


def test_connection_is_kept_between_calls(platform: Platform, gateway: LiveGateway):
    platform.will("/cgi-bin/user/info", {"subscribe": 0})
    doors = set()
    platform.will(
        "/cgi-bin/user/info",
        lambda handler: (
            doors.add(handler.client_address),
            handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"subscribe":0}'),
        )[0],
    )
    for _ in range(5):
        gateway.follower("o1")
    assert len(doors) == 1


def test_wechatpy_and_requests_are_not_loaded_before_the_first_call():
    script = "import sys, wechat.live, wechat.inbound; print([m for m in ('wechatpy', 'requests') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


HOURS = {"type": "click", "name": "我的时长", "key": "hours"}


def test_menus_in_place_are_read_with_the_tag_of_each(platform: Platform, gateway: LiveGateway):
    answer = {
        "menu": {"button": [HOURS], "menuid": 7},
        "conditionalmenu": [
            {"button": [HOURS], "matchrule": {"group_id": 101}, "menuid": 9},
            {"button": [], "matchrule": {"tag_id": "100"}, "menuid": "8"},
        ],
    }
    platform.will("/cgi-bin/menu/get", answer)
    assert gateway.menus() == Menus([HOURS], [("9", 101, [HOURS]), ("8", 100, [])])


def test_no_menu_in_place_is_an_answer(platform: Platform, gateway: LiveGateway):
    platform.will("/cgi-bin/menu/get", {"errcode": 46003, "errmsg": "menu no exist"})
    assert gateway.menus() == Menus([], [])


def test_menu_that_cannot_be_read_is_a_failure(platform: Platform, gateway: LiveGateway):
    platform.will("/cgi-bin/menu/get", {"selfmenu": {}})
    with pytest.raises(WechatFailure):
        gateway.menus()


def test_conditional_menu_names_its_tag(platform: Platform, gateway: LiveGateway):
    platform.will("/cgi-bin/menu/addconditional", {"menuid": "208379533"})
    platform.will("/cgi-bin/menu/delconditional", OK)
    gateway.add_conditional_menu([HOURS], tag_id=101)
    gateway.drop_conditional_menu("208379533")
    body = platform.last("/cgi-bin/menu/addconditional").body
    assert body == {"button": [HOURS], "matchrule": {"tag_id": "101"}}
    assert platform.last("/cgi-bin/menu/delconditional").body == {"menuid": "208379533"}


def test_tags_are_read_made_given_and_taken(platform: Platform, gateway: LiveGateway):
    platform.will(
        "/cgi-bin/tags/get",
        {"tags": [{"id": 2, "name": "星标组", "count": 0}, {"id": 101, "name": "志愿者", "count": 3}]},
    )
    platform.will("/cgi-bin/tags/create", {"tag": {"id": 102, "name": "队长"}})
    platform.will("/cgi-bin/tags/members/batchtagging", OK)
    platform.will("/cgi-bin/tags/members/batchuntagging", OK)
    assert gateway.tags() == {"星标组": 2, "志愿者": 101}
    assert gateway.create_tag("队长") == 102
    gateway.tag(["o1", "o2"], tag_id=102)
    gateway.untag(["o1"], tag_id=101)
    assert platform.last("/cgi-bin/tags/create").body == {"tag": {"name": "队长"}}
    assert platform.last("/cgi-bin/tags/members/batchtagging").body == {
        "tagid": 102,
        "openid_list": ["o1", "o2"],
    }
    assert platform.last("/cgi-bin/tags/members/batchuntagging").body == {"tagid": 101, "openid_list": ["o1"]}


def test_follower_list_ends_with_a_page_that_has_no_data(platform: Platform, gateway: LiveGateway):
    first = {"total": 2, "count": 2, "data": {"openid": ["o1", "o2"]}, "next_openid": "o2"}
    platform.will("/cgi-bin/user/get", first)
    assert gateway.follower_page() == FollowerPage(["o1", "o2"], "o2")
    platform.will("/cgi-bin/user/get", {"total": 2, "count": 0, "next_openid": ""})
    assert gateway.follower_page("o2") == FollowerPage([], "")
    assert platform.last("/cgi-bin/user/get").query["next_openid"] == "o2"


def test_mass_send_names_its_tag_and_its_own_number(platform: Platform, gateway: LiveGateway):
    platform.will("/cgi-bin/message/mass/sendall", {"errcode": 0, "msg_id": 1000001625, "msg_data_id": 7})
    assert gateway.mass_send("汛期值守", tag_id=101, client_msg_id="mass-1") == Sent("1000001625")
    assert platform.last("/cgi-bin/message/mass/sendall").body == {
        "filter": {"is_to_all": False, "tag_id": 101},
        "text": {"content": "汛期值守"},
        "msgtype": "text",
        "clientmsgid": "mass-1",
    }


def test_mass_send_that_was_accepted_before_is_sent(platform: Platform, gateway: LiveGateway):
    platform.will("/cgi-bin/message/mass/sendall", {"errcode": 45065, "errmsg": "clientmsgid exist"})
    assert gateway.mass_send("汛期值守", tag_id=None, client_msg_id="mass-1") == Sent()
    assert platform.last("/cgi-bin/message/mass/sendall").body["filter"] == {"is_to_all": True}
