"""``python -m sandbox --port 8001 --app http://localhost:8000 --state var/sandbox.json [--clock-file F]``."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from typing import Any

from sandbox.config import Config, from_file, overlay
from sandbox.server import Sandbox


def from_settings() -> dict[str, Any]:
    """Accounts, brand and address as the project's settings name them."""
    import settings

    try:
        found = settings.load()
    except Exception as error:
        raise ValueError(f"{error} (or give --config)") from error

    def text(name: str) -> str:
        value = getattr(found, name)
        return str(value.get_secret_value() if hasattr(value, "get_secret_value") else value)

    return {
        "oa": {
            "appid": text("wechat_oa_appid"),
            "secret": text("wechat_oa_secret"),
            "id": text("wechat_oa_id"),
            "token": text("wechat_token"),
            "aes_key": text("wechat_aes_key"),
        },
        "mp": {
            "appid": text("wechat_mp_appid"),
            "secret": text("wechat_mp_secret"),
            "id": text("wechat_mp_id"),
            "token": text("wechat_mp_token"),
            "aes_key": text("wechat_mp_aes_key"),
        },
        "brand": text("brand"),
        "public_url": text("public_url"),
    }


def read_config(args: argparse.Namespace) -> Config:
    """Built-in values, then the config file or else the settings, then the command line."""
    config = Config(base_url=args.base_url or f"http://localhost:{args.port}")
    config = from_file(args.config, config) if args.config else overlay(from_settings(), config)
    given = {
        "app_url": args.app,
        "public_url": args.public_url,
        "state_file": args.state,
        "clock_file": args.clock_file,
        "program": args.program,
    }
    return overlay({key: value for key, value in given.items() if value}, config)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A WeChat of our own.")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--app", default="http://localhost:8000", help="where the app listens")
    parser.add_argument("--public-url", default="", help="how the app calls itself in links")
    parser.add_argument("--base-url", default="", help="how this sandbox is called in links")
    parser.add_argument("--state", default="", help="JSON file to load from and save to")
    parser.add_argument("--program", default="", help="folder of the mini-program's built web page")
    parser.add_argument("--clock-file", default="", help="first line: seconds added to real time")
    parser.add_argument(
        "--config", default="", help="JSON file with accounts and timings, instead of settings"
    )
    args = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        sandbox = Sandbox(read_config(args), args.host, args.port)
    except (OSError, ValueError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 1
    sandbox.start()
    print(f"sandbox on http://localhost:{sandbox.port}", flush=True)
    stop.wait()
    sandbox.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
