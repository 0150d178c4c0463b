"""Counts the QR codes that are built; what comes out of the cache is not among them."""

from __future__ import annotations

from typing import Any

import pytest

from handlers import qr


def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of which a code was built from now on, the cache being empty."""
    texts: list[str] = []
    build = qr._code

    def spy(text: str) -> Any:
        texts.append(text)
        return build(text)

    monkeypatch.setattr(qr, "_code", spy)
    forget()
    return texts


def forget() -> None:
    """Empty the caches, as more pictures than they hold would."""
    for cache in (qr.svg, qr.svg_uri):
        cache.cache_clear()
