"""What ends by itself is told in time: once a week, in the last week every day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

import settings
from services.operation import renewals
from tests.support.fakes import FakeGateway, make_parts
from wechat.site import Site, SiteFailure
from wording import entry

TODAY = date(2026, 6, 10)


class Seen(Site):
    """A site whose certificate ends when the test says so."""

    def __init__(self, end: datetime | SiteFailure) -> None:
        super().__init__("https://hongyao.example.cn")
        self.end = end

    def certificate_ends(self) -> datetime:
        if isinstance(self.end, SiteFailure):
            raise self.end
        return self.end


def test_end_is_told_every_week_and_in_the_last_week_every_day(db: Any, at: datetime) -> None:
    gateway = FakeGateway()
    parts = make_parts(gateway, operator_openid="o-boss", renewals={"wechat_oa": TODAY + timedelta(days=62)})
    told = []
    for day in range(66):
        for hour in (0, 5):
            if renewals.tell_due(parts=parts, at=at + timedelta(days=day, hours=hour)):
                told.append(62 - day)
    assert told == [56, 49, 42, 35, 28, 21, 14, *range(7, -4, -1)]
    words = [call["data"]["thing2"] for call in gateway.named("send_template")]
    assert words[-5:] == [
        "公众号微信认证还有1天到期", "公众号微信认证今天到期", *(f"公众号微信认证已过期{days}天" for days in (1, 2, 3)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (timedelta(days=31), []),
        (timedelta(days=21), ["网站证书还有21天到期"]),
        (SiteFailure("over"), ["网站证书今天到期"]),
        (SiteFailure("refused"), []),
    ],
)
def test_certificate_is_looked_at_on_the_site_itself(
    db: Any, at: datetime, end: timedelta | SiteFailure, words: list[str]
) -> None:
    gateway = FakeGateway()
    parts = make_parts(gateway, operator_openid="o-boss", https=True, public_url="https://hongyao.example.cn")
    seen = Seen(at + end if isinstance(end, timedelta) else end)
    renewals.tell_due(parts=parts, at=at, site=seen)
    assert [call["data"]["thing2"] for call in gateway.named("send_template")] == words


def test_every_renewal_of_the_settings_has_its_words() -> None:
    assert set(entry("renewals.kind")) == {*settings.RENEWALS, "certificate"}
