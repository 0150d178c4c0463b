"""How long the two families of access_token live (§3.1)."""

from __future__ import annotations

from collections.abc import Callable

from tests.sandbox.conftest import Platform


def plain(platform: Platform) -> str:
    oa = platform.config.oa
    answer = platform.get("/cgi-bin/token", grant_type="client_credential", appid=oa.appid, secret=oa.secret)
    return str(answer["access_token"])


def stable(platform: Platform, **more: bool) -> dict[str, object]:
    oa = platform.config.oa
    body = {"grant_type": "client_credential", "appid": oa.appid, "secret": oa.secret, **more}
    return dict(platform.post("/cgi-bin/stable_token", body))


def verdict(platform: Platform, token: object) -> int:
    """40003 means the token passed: the openid after it is nobody's."""
    return int(platform.get("/cgi-bin/user/info", access_token=str(token), openid="nobody")["errcode"])


def test_token_again_gives_a_new_one(platform: Platform) -> None:
    assert plain(platform) != plain(platform)


def test_former_token_lives_five_minutes(platform: Platform, later: Callable[[float], None]) -> None:
    former = plain(platform)
    plain(platform)
    later(298)
    assert verdict(platform, former) == 40003
    later(4)
    assert verdict(platform, former) == 40001


def test_token_expires_after_two_hours(platform: Platform, later: Callable[[float], None]) -> None:
    token = plain(platform)
    later(7201)
    assert verdict(platform, token) == 42001


def test_stable_token_again_gives_the_same_with_the_rest_of_its_time(
    platform: Platform, later: Callable[[float], None]
) -> None:
    first = stable(platform)
    later(1000)
    second = stable(platform)
    assert second["access_token"] == first["access_token"]
    assert 6190 <= int(str(second["expires_in"])) <= 6200


def test_stable_token_is_renewed_in_its_last_five_minutes_and_both_are_good(
    platform: Platform, later: Callable[[float], None]
) -> None:
    first = stable(platform)
    later(6950)
    second = stable(platform)
    assert second["access_token"] != first["access_token"]
    assert [verdict(platform, token["access_token"]) for token in (first, second)] == [40003, 40003]


def test_families_do_not_touch_each_other(platform: Platform, later: Callable[[float], None]) -> None:
    steady = stable(platform)["access_token"]
    plain(platform)
    plain(platform)
    later(400)
    assert verdict(platform, steady) == 40003


def test_forced_refresh_kills_the_former_token(platform: Platform) -> None:
    former = stable(platform)["access_token"]
    fresh = stable(platform, force_refresh=True)["access_token"]
    assert [verdict(platform, former), verdict(platform, fresh)] == [40001, 40003]


def test_forced_refresh_within_30_seconds_does_nothing(platform: Platform) -> None:
    stable(platform)
    first = stable(platform, force_refresh=True)["access_token"]
    assert stable(platform, force_refresh=True)["access_token"] == first


def test_forced_refresh_is_limited_to_20_a_day(platform: Platform, later: Callable[[float], None]) -> None:
    stable(platform)
    for _ in range(20):
        stable(platform, force_refresh=True)
        later(31)
    assert stable(platform, force_refresh=True)["errcode"] == 45009


def test_wrong_appid_secret_and_grant_type(platform: Platform) -> None:
    oa, path = platform.config.oa, "/cgi-bin/token"
    assert platform.get(path, grant_type="client_credential")["errcode"] == 41002
    assert platform.get(path, grant_type="client_credential", appid="wx1", secret="x")["errcode"] == 40013
    assert platform.get(path, grant_type="client_credential", appid=oa.appid)["errcode"] == 41004
    assert platform.get(path, grant_type="client_credential", appid=oa.appid, secret="x")["errcode"] == 40125
    assert platform.get(path, grant_type="x", appid=oa.appid, secret=oa.secret)["errcode"] == 40002


def test_token_missing_malformed_unknown_and_of_the_other_account(platform: Platform) -> None:
    path = "/cgi-bin/user/info"
    assert platform.get(path, openid="x")["errcode"] == 41001
    assert platform.get(path, openid="x", access_token="short")["errcode"] == 40014
    assert platform.get(path, openid="x", access_token="A" * 100)["errcode"] == 40001
    assert platform.get(path, openid="x", access_token=platform.token("mp"))["errcode"] == 48001


def test_daily_quota_of_the_token(platform: Platform) -> None:
    platform.control("quota", {"path": "/cgi-bin/token", "limit": 1})
    plain(platform)
    oa = platform.config.oa
    answer = platform.get("/cgi-bin/token", grant_type="client_credential", appid=oa.appid, secret=oa.secret)
    assert answer["errcode"] == 45009
    assert "getStableAccessToken" in answer["errmsg"]


def test_errors_end_with_a_rid_in_a_200(platform: Platform) -> None:
    answer = platform.http.get(platform.sandbox.url + "/cgi-bin/token")
    assert answer.status_code == 200
    assert " rid: " in answer.json()["errmsg"]
