"""For proxies, the operator and Prometheus: /livez, /readyz, /healthz, /metrics."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

from apiflask import APIBlueprint
from flask import Response, current_app, jsonify

import clock
from handlers import parts
from services.messaging import catalogue
from services.operation import alarms, health

if TYPE_CHECKING:
    from handlers.doors import House

bp = APIBlueprint("health", __name__, enable_openapi=False)


@bp.get("/livez")
def livez() -> Any:
    """200 while this process and its database answer."""
    health.alive()
    return jsonify({"ok": True})


@bp.get("/readyz")
def readyz() -> Any:
    """200 when every door is open and the messages are in order: nobody who is sent here from now on waits."""
    catalogue.check()
    cast("House", current_app).open_all()
    return livez()


@bp.get("/healthz")
def healthz() -> Any:
    """200 if database, schema, worker, outbox and WeChat are well, else 503 and what is wrong."""
    found = health.health(at=clock.now(), backup_every=alarms.backup_every(parts()))
    body = {"ok": found.ok, "checks": [asdict(check) for check in found.checks]}
    return jsonify(body), 200 if found.ok else 503


@bp.get("/metrics")
def metrics() -> Response:
    """Prometheus' text format."""
    from handlers.counters import CONTENT_TYPE_LATEST, generate_latest, registry

    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
