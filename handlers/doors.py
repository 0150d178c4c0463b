"""The application and its doors: what stands behind a door is loaded when somebody first comes to it.

A process that only answers phones never loads the console, a worker none of them. Whoever comes to a door that is
shut waits until it is open whole: its files imported, its routes on a copy of the map, which then takes the place of
the one that others are reading. `open_all` is for whoever must see every route (`docs/adr/0007-doors.md`).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from flask import Flask, has_request_context
from flask.ctx import RequestContext
from flask.globals import request_ctx
from jinja2 import FileSystemLoader
from werkzeug.routing import BuildError, Map, Rule, RuleFactory

from frozen import dataclass

#: Where the templates of all doors lie: the page of a refusal is shown at more than one.
TEMPLATES = ("handlers/pages/templates", "handlers/console/templates")


@dataclass(frozen=True, slots=True)
class Door:
    """A part of the site that is loaded as one."""

    name: str
    #: How the paths behind it begin; the door without any has what no other has.
    begins: tuple[str, ...]
    #: Imports what stands behind it and mounts it.
    mount: Callable[[Flask], None]


def _room(name: str, mount: str) -> Callable[[Flask], None]:
    return lambda app: getattr(import_module(f"handlers.{name}"), mount)(app)


DOORS = (
    Door("health", ("/livez", "/readyz", "/healthz", "/metrics"), _room("api", "register_health")),
    Door("api", ("/api/",), _room("api", "register_api")),
    Door("bot", ("/wechat/",), _room("bot", "register_bot")),
    Door("console", ("/console",), _room("console", "register_console")),
    Door("pages", (), _room("pages", "register_pages")),
)


#: Where Flask keeps what blueprints want done around their views.
HOOKS = (
    "before_request_funcs", "after_request_funcs", "teardown_request_funcs", "template_context_processors",
    "url_value_preprocessors", "url_default_functions",
)  # fmt: skip


class House(Flask):
    """A Flask application that opens its doors one by one."""

    def __init__(self, *args: Any, doors: Iterable[Door] = DOORS, **options: Any) -> None:
        self._map = self._copy = Routes()
        self._mounting = 0  # the thread that opens a door; it alone sees the copy
        self._lock = threading.RLock()
        self._open: frozenset[str] = frozenset()
        self.doors = {door.name: door for door in doors}
        super().__init__(*args, **options)
        self.jinja_loader = FileSystemLoader([f"{self.root_path}/{folder}" for folder in TEMPLATES])

    @property
    def url_map(self) -> Map:  # type: ignore[override]
        """The routes of the doors that are open; nobody but its own thread sees those of one that is opening."""
        return self._copy if self._mounting == threading.get_ident() else self._map

    @url_map.setter
    def url_map(self, made: Map) -> None:
        self._map = made

    def door_of(self, path: str) -> Door:
        """The door that a path lies behind."""
        plain = re.sub("/{2,}", "/", path)  # as the map reads it
        for door in self.doors.values():
            if plain.startswith(door.begins):
                return door
        return next(door for door in self.doors.values() if not door.begins)

    def open(self, *doors: Door) -> None:
        """Load what stands behind these doors, once; who comes meanwhile waits."""
        if all(door.name in self._open for door in doors):
            return
        with self._lock:
            shut = [door for door in doors if door.name not in self._open]
            if shut and not self._mounting:
                self._mount(shut)
                self._open |= {door.name for door in shut}

    def open_all(self) -> House:
        """Open every door that is shut, on one map: one for each would be copied, and thrown away, four times."""
        self.open(*self.doors.values())
        return self

    def _mount(self, doors: Iterable[Door]) -> None:
        blueprints, views = dict(self.blueprints), set(self.view_functions)
        hooks = {name: {key: len(found) for key, found in getattr(self, name).items()} for name in HOOKS}
        self._copy, self._mounting = _copied(self._map), threading.get_ident()
        try:
            for door in doors:
                door.mount(self)
            self._copy.update()
            self._map = self._copy
        except BaseException:
            self.blueprints = blueprints  # the next one may try again
            for name in set(self.view_functions) - views:
                del self.view_functions[name]
            for name, before in hooks.items():  # shortened where they are: somebody may be on his way through
                for key, found in list(getattr(self, name).items()):
                    del found[before.get(key, 0) :]
            raise
        finally:
            self._mounting = 0

    def request_context(self, environ: dict[str, Any]) -> RequestContext:
        """As in Flask, behind an open door."""
        path = environ.get("PATH_INFO", "")
        if not path.startswith("/static/"):
            self.open(self.door_of(path))
        return super().request_context(environ)

    def iter_blueprints(self) -> Any:
        """As they are now: another thread may add one."""
        return tuple(self.blueprints.values())

    def handle_url_build_error(self, error: BuildError, endpoint: str, values: dict[str, Any]) -> str:
        """The address may lie behind a door that is still shut."""
        if len(self._open) < len(self.doors):
            self.open_all()
            if has_request_context():
                request_ctx.url_adapter = self.create_url_adapter(request_ctx.request)
            return self.url_for(endpoint, **values)
        return super().handle_url_build_error(error, endpoint, values)

    def _check_setup_finished(self, f_name: str) -> None:
        """Flask wants everything mounted before the first request; a door that opens mounts its own."""
        if self._mounting != threading.get_ident():
            super()._check_setup_finished(f_name)


class Routes(Map):
    """A map that lets go of what it has read: the pieces of each rule's path and their weights, which every rule keeps
    and nobody reads again, are three megabytes for those of the whole site."""

    def add(self, rulefactory: RuleFactory) -> None:
        """Take in a rule, or several."""
        super().add(rulefactory)
        if isinstance(rulefactory, Rule):
            rulefactory._parts = []


class Route(Rule):
    """A rule that compiles the functions which build its address when an address is first built.

    Werkzeug compiles two of them for each rule: half a second and eight megabytes for those of the whole site, of
    which one is ever asked.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        return _build_unknown if append_unknown else _build


def _build(rule: Route, /, **values: Any) -> tuple[str, str]:
    rule._build = Rule._compile_builder(rule, False).__get__(rule, None)  # type: ignore[attr-defined]
    return rule._build(**values)


def _build_unknown(rule: Route, /, **values: Any) -> tuple[str, str]:
    rule._build_unknown = Rule._compile_builder(rule, True).__get__(rule, None)  # type: ignore[attr-defined]
    return rule._build_unknown(**values)


House.url_rule_class, House.url_map_class = Route, Routes


def _copied(before: Map) -> Map:
    """The same rules on a map of their own, in the same order."""
    made = Routes(host_matching=before.host_matching)
    made.converters = before.converters
    for rule in before.iter_rules():
        copy = rule.empty()
        copy.provide_automatic_options = rule.provide_automatic_options  # type: ignore[attr-defined]
        made.add(copy)
    return made
