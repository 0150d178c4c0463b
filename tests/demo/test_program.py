"""The demo's mini-program where Node cannot be had: the phone says so, in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo import program


def test_without_node_the_phone_says_what_does_the_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install = tmp_path / "install.sh"
    install.write_text("#!/bin/sh\nexit 1\n")
    install.chmod(0o755)
    monkeypatch.setattr(program, "TOOL", tmp_path)
    assert not program.build(tmp_path)
    assert (tmp_path / "why.txt").read_text(encoding="utf-8") == (
        "小程序要用 Node 才能在这里打开；聊天和网页能办全部的事。"
    )
