"""The application: `create_app()` chooses the real parts, the command line runs the house.

`flask --app app <command>`: migrate, regions load, demo, worker, grant, verify-books.
"""

from __future__ import annotations

import base64
import logging
import sys
from typing import Any

from apiflask import APIFlask
from werkzeug.middleware.proxy_fix import ProxyFix

import clock
import migrations
from handlers import register
from handlers.body import StrictRequest
from models import store
from models.dialect import open_database
from services.parts import Parts
from services.vault import Vault
from services.wechat_tokens import DatabaseTokenStore
from settings import Settings, SettingsError, load
from wechat.gateway import Gateway
from wechat.live import Account, LiveGateway

#: The largest body anybody may send; the callback's own limit is 64 KB.
MAX_BODY = 1024 * 1024


def build_parts(settings: Settings, gateway: Gateway | None = None) -> Parts:
    """Choose the real parts from the settings."""
    vault = Vault(settings.data_key_ring(), base64.b64decode(settings.index_key.get_secret_value()))
    return Parts(
        brand=settings.brand,
        public_url=settings.public_url,
        https=settings.https,
        demo=settings.demo,
        mp_appid=settings.wechat_mp_appid,
        oa_appid=settings.wechat_oa_appid,
        oa_id=settings.wechat_oa_id,
        vault=vault,
        gateway=gateway
        or LiveGateway(
            mini=Account(settings.wechat_mp_appid, settings.wechat_mp_secret.get_secret_value()),
            official=Account(settings.wechat_oa_appid, settings.wechat_oa_secret.get_secret_value()),
            store=DatabaseTokenStore(vault),
            now=clock.now,
            api_base=settings.wechat_api_base or None,
        ),
        secret=settings.secret_key.get_secret_value().encode(),
        sign_key=base64.b64decode(settings.sign_key.get_secret_value()),
        operator_openid=settings.operator_openid,
        templates=settings.templates(),
    )


def create_app(settings: Settings | None = None, gateway: Gateway | None = None, **config: Any) -> APIFlask:
    """The WSGI application. Opens the database unless one is bound already (tests bind their own)."""
    try:
        settings = settings or load()
    except SettingsError as wrong:
        sys.exit(f"hongyao: {wrong}")
    clock.shift_by(settings.clock_file or None)
    if store.proxy.obj is None:
        store.bind(open_database(settings.database_url))
    app = APIFlask(
        "hongyao", title="红耀 API", version="1", root_path=str(migrations.HERE.parent), docs_path=None,
        spec_path="/api/v1/openapi.json", json_errors=False,
    )  # fmt: skip
    app.request_class = StrictRequest
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(), MAX_CONTENT_LENGTH=MAX_BODY,
        VALIDATION_ERROR_STATUS_CODE=400, SEND_FILE_MAX_AGE_DEFAULT=3600, **config,
    )  # fmt: skip
    app.extensions["parts"] = build_parts(settings, gateway)
    app.extensions["settings"] = settings
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    register(app)
    add_commands(app)
    return app


def add_commands(app: APIFlask) -> None:
    """The command line; each command's work is in `commands/`."""
    import commands

    commands.register(app)


logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
