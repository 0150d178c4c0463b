"""What `/api/v1/openapi.json` says beyond the shapes of the single views.

The refusals that a view need not name because they come with what it is: a body can be too large, a secured
call can lack its token, a write under a key can meet its twin. All refusals have one shape, `Problem`.
"""

from __future__ import annotations

import re
from functools import cache, partial
from http import HTTPStatus
from typing import Any, cast

from apiflask import APIFlask
from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from handlers import idempotency
from handlers.api import mount
from handlers.api.schemas import CHECKS, Problem
from handlers.requests import DIGITS, WholeNumber
from services.errors import RefusalCode

Spec = dict[str, Any]

TOKEN = {"token": {"type": "http", "scheme": "bearer", "description": "The token of POST /api/v1/session."}}
KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "schema": {"type": "string", "pattern": f"^{idempotency.KEY.pattern}$"},
    "description": "The same write sent again under the same key within 48 hours gets the first answer.",
}  # fmt: skip
#: The code of what is our own fault (500); no refusal.
FAULT = "fault"
#: The framework's own shapes of errors, which nothing answers with here.
NOT_OURS = ("HTTPError", "ValidationError")


bp = Blueprint("openapi", __name__)


@bp.get("/api/v1/openapi.json")
def spec() -> ResponseReturnValue:
    """The description, for whoever writes a client."""
    return jsonify({**description(), "servers": [{"url": request.url_root}]})


@cache
def description() -> Spec:
    """The description of the API, made when it is first asked for.

    By an application of the framework's own: ours needs nothing of it but the checks of its views.
    """
    told = APIFlask("hongyao", title="红耀 API", version="1", docs_path=None, json_errors=False)
    told.config.update(CHECKS)
    told.url_map.converters["int"] = WholeNumber
    mount(told)
    told.spec_processor(partial(describe, told))
    return cast(Spec, told.spec)


def describe(app: APIFlask, spec: Spec) -> Spec:
    """Complete the description that the framework made from the views."""
    components = spec.setdefault("components", {})
    components["securitySchemes"] = TOKEN
    schemas = components.setdefault("schemas", {})
    for name in NOT_OURS:
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema()
    schemas["Problem"]["properties"]["code"]["enum"] = [*(code.value for code in RefusalCode), FAULT]
    views = _views(app)
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            _complete(operation, views[method.upper(), path])
    return spec


def _views(app: APIFlask) -> dict[tuple[str, str], Any]:
    """(method, path as OpenAPI writes it) → the view."""
    return {
        (method, re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule)): app.view_functions[rule.endpoint]
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }


def _complete(operation: Spec, view: Any) -> None:
    refusals = {status for status in operation["responses"] if status >= "400"} - {"422"} | {"503"}
    if operation.get("security"):
        refusals.add("401")
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
        refusals |= {"400", "413", "415"}
    if any(each["in"] == "query" for each in operation.get("parameters", ())):
        refusals.add("400")
    for each in operation.get("parameters", ()):
        if each["in"] == "path" and each["schema"].get("type") == "integer":
            each["schema"] |= {"minimum": 0, "maximum": 10**DIGITS - 1}  # as `requests.WholeNumber` reads it
    if getattr(view, "idempotent", False):
        operation["parameters"] = [*operation.get("parameters", ()), KEY]
        refusals |= {"400", "409", "422"}
    kept = {status: said for status, said in operation["responses"].items() if status < "400"}
    operation["responses"] = kept | {status: _refusal(status) for status in sorted(refusals)}


def _refusal(status: str) -> Spec:
    shape = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    said: Spec = {"description": HTTPStatus(int(status)).phrase, "content": shape}
    if status in ("429", "503"):
        said["headers"] = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}}
    return said
