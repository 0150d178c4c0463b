"""Every write of the API may be sent twice under one key (design §6.5)."""

from __future__ import annotations

from flask import Flask

from handlers.api import register_api

#: Opening and keeping give away a secret that we hold only as a hash, so it cannot be given twice: a repeat gets
#: another one. A phone that opens its kit brings the secret itself: a repeat opens the same. Closing ends the session
#: to which the key would belong. How to reach whoever needs help, a liaison's or a called member's telephone are
#: sealed: an answer kept for a repeat would be an open copy of it.
WITHOUT_KEY = {
    "POST /api/v1/session",
    "POST /api/v1/scan-tickets",
    "POST /api/v1/activities/<code>/offline-kits",
    "POST /api/v1/offline/open",
    "POST /api/v1/offline/done",
    "POST /api/v1/needs/<code>/contact",
    "POST /api/v1/activities/<code>/calls",
    "POST /api/v1/me/liaison",
    "POST /api/v1/dispatch/<code>/people/<public_no>/ring",
    "DELETE /api/v1/session",
    "DELETE /api/v1/me/sessions",
}


def test_every_write_of_the_api_takes_an_idempotency_key() -> None:
    app = Flask("routes")
    register_api(app)
    writes = {
        f"{method} {rule.rule}": app.view_functions[rule.endpoint]
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}
        if rule.rule.startswith("/api/")
    }
    assert {name for name, view in writes.items() if not getattr(view, "idempotent", False)} == WITHOUT_KEY
