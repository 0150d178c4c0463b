"""The build names what is wrong by file and line, before anybody opens a page."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import requests

from tests.client import runtime
from tests.client.semantics.conftest import APP


def problems(program: Path) -> list[str]:
    """What the build says, without the folder."""
    done = runtime.run_build(program, program.parent / "out")
    assert done.returncode == (1 if done.stderr else 0)
    return [line.removeprefix(f"{program}/") for line in done.stderr.splitlines()]


def test_everything_wrong_is_named_by_file_and_line(tmp_path: Path) -> None:
    program = tmp_path / "app"
    shutil.copytree(APP, program)
    for file, more in {
        "pages/kit/kit.js": "\nrequire('../../lib/none')\nrequire('../../sub/detail/detail')\nwx.chooseAddress({})\n",
        "pages/kit/kit.wxml": '\n<view bindtap="nobody"/>\n<image src="/images/none.png"/>\n<a>{{val.trim()}}</a>\n',
        "pages/other/other.wxss": "\n.x { background: url(/images/a.png) }\n",
        "parts/box.wxss": "\nview { color: red }\n#a { color: red }\n",
        "lib/twice.js": "\nnew Function('x')\n",
    }.items():
        (program / file).write_text((program / file).read_text() + more)
    app = json.loads((program / "app.json").read_text())
    app["pages"].append("pages/gone/gone")
    app["tabBar"]["list"][0]["iconPath"] = "a.png"
    app["requiredPrivateInfos"].append("getEverything")
    (program / "app.json").write_text(json.dumps(app, ensure_ascii=False))
    (program / "lib/broken.js").write_text("const a = 1\nconst = 2\n")
    (program / "lib/modern.js").write_text("export const a = 1\n")
    (program / "pages/misuse/misuse.wxml").write_text("<view>\n<text>{{a</text></view>")
    (program / "pages/list/list.wxml").unlink()
    (program / "images").mkdir(exist_ok=True)
    (program / "images/big.jpg").write_bytes(b"x" * 1_100_000)
    lines = {name: (program / name).read_text().count("\n") for name in ("pages/kit/kit.js", "pages/kit/kit.wxml")}
    said = problems(program)
    for part in (
        f"pages/kit/kit.js:{lines['pages/kit/kit.js'] - 2}: ../../lib/none is not found",
        f"pages/kit/kit.js:{lines['pages/kit/kit.js'] - 1}: ../../sub/detail/detail lies in sub-package sub",
        f"pages/kit/kit.js:{lines['pages/kit/kit.js']}: wx.chooseAddress is not named in requiredPrivateInfos",
        f"pages/kit/kit.wxml:{lines['pages/kit/kit.wxml']}: val.trim(…): a template calls only functions of wxs",
        f"pages/kit/kit.wxml:{lines['pages/kit/kit.wxml'] - 2}: no method nobody",
        f"pages/kit/kit.wxml:{lines['pages/kit/kit.wxml'] - 1}: picture /images/none.png is not found",
        "pages/other/other.wxss:5: a style sheet may not use a picture of the package",
        "parts/box.wxss:4: tag selector view may not be used in a component",
        "parts/box.wxss:5: id selector #a may not be used in a component",
        "lib/twice.js:3: eval and new Function do not work in WeChat",
        "lib/broken.js:2: Unexpected token", "lib/modern.js:1: import and export",
        "pages/misuse/misuse.wxml:2: column", "app.json:1: pages/list/list.wxml is missing",
        "app.json:1: pages/gone/gone.js is missing", "app.json:1: tabBar picture a.png is not found",
        "app.json:1: requiredPrivateInfos: getEverything is none of", "KB in all: we keep to 1024",
    ):  # fmt: skip
        assert any(line.startswith(part) or part in line for line in said), (part, said)


def test_server_for_writing_builds_at_every_load() -> None:
    command = [runtime.require_node(), str(runtime.TOOL / "serve.mjs"), str(APP), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            address = server.stdout.readline().strip()
            page = requests.get(address, timeout=10)
            assert page.headers["content-type"] == "text/html"
            assert "mp-login" in requests.get(f"{page.url}host.js", timeout=10).text
            assert requests.get(f"{page.url}../../etc/hostname", timeout=10).status_code in (404, 502)
        finally:
            server.terminate()
