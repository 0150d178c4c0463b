"""One HTTP server for two faces: phones on ``p<N>.`` hosts, platform, control and desk on every other."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from sandbox import acts, control, desk, platform, sms
from sandbox.config import Config
from sandbox.phone import create_phone_app, phone_number
from sandbox.world import World

MOST_BYTES = 16_000_000


def create_app(world: World) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """The WSGI application of one world."""
    phones = create_phone_app(world)
    main = Flask(
        "sandbox",
        static_folder="static",
        static_url_path="/_phone/static",
        template_folder="templates",
        root_path=__file__.rsplit("/", 1)[0],
    )
    main.json.ensure_ascii = False  # type: ignore[attr-defined]
    main.config["MAX_CONTENT_LENGTH"] = phones.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    platform.register(main, world)
    main.register_blueprint(control.blueprint(world))
    desk.register(main, world)
    sms.register(main, world)

    def dispatch(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        app = phones if phone_number(environ.get("HTTP_HOST", "")) is not None else main
        return app(environ, start_response)

    return dispatch


class Sandbox:
    """A running sandbox; tests start one in their own process with ``port=0``."""

    def __init__(self, config: Config, host: str = "127.0.0.1", port: int = 0) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.world = World(config)
        self.server: BaseWSGIServer = make_server(host, port, create_app(self.world), threaded=True)
        self.server.daemon_threads = True  # type: ignore[attr-defined]
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self.server.serve_forever, name="sandbox", daemon=True)

    def start(self) -> Sandbox:
        """Serve, save and push in the background."""
        threading.Thread(target=acts.pump, args=(self.world,), name="pump", daemon=True).start()
        self.world.start_saving()
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and write the state."""
        self.server.shutdown()
        self.server.server_close()
        self.world.close()
