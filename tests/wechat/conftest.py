"""A scripted platform, and a gateway to it."""

from collections.abc import Iterator

import pytest

from tests.wechat.calls import gateway_to
from tests.wechat.platform import Platform
from wechat import wire
from wechat.live import LiveGateway


@pytest.fixture
def platform() -> Iterator[Platform]:
    platform = Platform()
    yield platform
    platform.close()


@pytest.fixture
def gateway(platform: Platform) -> LiveGateway:
    return gateway_to(platform.base)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same limits of time, a tenth as long."""
    for name in ("CONNECT", "READ", "WHOLE", "PLACE"):
        monkeypatch.setattr(wire, name, getattr(wire, name) / 10)
