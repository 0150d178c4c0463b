"""Twenty scripts put into every text that a person can have written, then every page that shows one is opened.

The world is that of the table of rights, which has an object for every address; each of its Chinese texts, whatever the
table and column, becomes a script under the guards' back, so nothing that a service would refuse is spared a page. The
pages are answered by the application in this process, with its own headers, into a real browser. Nothing may run, and
the browser may have nothing to report of the pages' policy. Two controls show that both would be seen.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route

from models import Evaluation, ImportBatch, ImportRow, store
from services.imports import cells
from services.imports.kinds import KINDS
from tests.rights import matrix
from tests.rights.spoiled import spoil
from tests.rights.stage import AT, Stage, standing
from tests.support.browser import PHONE, new_context, require_browser
from tests.support.world import VILLAGE

pytestmark = [pytest.mark.browser, pytest.mark.case(29)]

RUN = "hit(1)"
SCRIPTS = (
    f"<script>{RUN}</script>", f"\"><script>{RUN}</script>", f"'><img src=x onerror={RUN}>",
    f"<img src=x onerror={RUN}>", f"\" autofocus onfocus={RUN} x=\"", f"' autofocus onfocus={RUN} x='",
    f"<svg/onload={RUN}>", f"</title><script>{RUN}</script>", f"</textarea><script>{RUN}</script>",
    f"<details open ontoggle={RUN}>", f"<body onload={RUN}>", f"javascript:{RUN}",
    f'<a href="javascript:{RUN}">x</a>', f'<iframe srcdoc="<script>parent.{RUN}</script>">', f"{{{{{RUN}}}}}",
    f"${{{RUN}}}", f"<style>@import 'data:text/css,x';</style><video><source onerror={RUN}></video>",
    f"--><script>{RUN}</script>", f"<math><mtext></table><img src=x onerror={RUN}>",
    f"\\u003cscript\\u003e{RUN}\\u003c/script\\u003e",
)  # fmt: skip
#: Who looks: whoever sees most behind each door.
LOOKS = {"console": "county_admin", "h5": "leader"}
WATCH = """window.ran = []; window.told = []; window.hit = (n) => window.ran.push(n);
document.addEventListener('securitypolicyviolation', (e) => window.told.push(e.violatedDirective));"""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with standing(tmp_path_factory.mktemp("scripts")) as made:
        yield made


@pytest.fixture(scope="module")
def written(stage: Stage) -> set[str]:
    store.write(lambda: _said_and_imported(stage))
    return spoil(SCRIPTS)


def _said_and_imported(stage: Stage) -> None:
    """What organisers, volunteers and recipients said; a file of every kind with a row whose every cell is a text."""
    words = {"activity": stage.activity, "score": 5, "verified": True, "at": AT, "updated_at": AT}
    for kind, author, subject in (
        ("organiser", stage.person, stage.people["leader"]), ("volunteer", stage.people["leader"], None),
        ("recipient", None, None),
    ):  # fmt: skip
        Evaluation.create(kind=kind, author=author, subject=subject, words="说的话", **words)
    for kind in KINDS:
        batch = ImportBatch.create(
            code=kind, kind=kind, region_code=VILLAGE, file_name="名单.xlsx", file_hash="x", state="checked", total=1,
            actor=stage.people["county_admin"], created_at=AT,
        )  # fmt: skip
        keys = [column.key for column in cells.columns(kind)]
        ImportRow.create(
            batch=batch, row_no=2, sealed=b"", verdict="changed", shown=dict.fromkeys(keys, "格子"),
            changes={key: ["原来", "现在"] for key in keys}, problems=[[keys[0], "name_invalid"]],
        )  # fmt: skip


class Visitor:
    """A browser to which pages are handed as they were answered; counts what ran and what the policy stopped."""

    def __init__(self, page: Page, stage: Stage) -> None:
        self.page, self.stage = page, stage
        self.static: dict[str, Any] = {}
        self.body, self.headers = "", {}
        self.dialogs: list[str] = []
        page.route("**/*", self._serve)
        page.on("dialog", self._dismiss)

    def _serve(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if route.request.is_navigation_request() and route.request.frame == self.page.main_frame:
            route.fulfill(status=200, headers=self.headers, body=self.body)
        elif path.startswith("/static/") and path.endswith(".js"):
            found = self.static.setdefault(path, self.stage.call("anonymous", "GET", path))
            route.fulfill(status=found.status_code, headers=dict(found.headers), body=found.data)
        else:
            route.abort()

    def _dismiss(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def sees(self, path: str, body: str, headers: dict[str, str]) -> tuple[int, int]:
        """(scripts that ran, reports of the policy) on a page."""
        self.body, self.headers, self.dialogs = body, headers, []
        self.page.goto(f"http://localhost{path}", wait_until="load")
        ran, told = self.page.evaluate("[window.ran.length, window.told.length]")
        return ran + len(self.dialogs), told


@pytest.fixture(scope="module")
def visitor(stage: Stage) -> Iterator[Visitor]:
    with new_context(require_browser(), viewport=PHONE) as context:
        context.add_init_script(WATCH)
        yield Visitor(context.new_page(), stage)


def _pages(stage: Stage) -> Iterator[tuple[str, Any]]:
    """(path, answer) of every page that shows a script."""
    for method, rule in matrix.routes(stage):
        if method != "GET" or rule.startswith(("/api/", "/static/")):
            continue
        role = LOOKS["console" if rule.startswith("/console") else "h5"]
        files = [f"/console/imports/{kind}" for kind in KINDS] if rule == "/console/imports/<code>" else []
        for path in (matrix.path(stage, f"GET {rule}"), *files):
            answer = stage.call(role, "GET", path)
            if answer.mimetype == "text/html" and answer.status_code == 200 and "hit(1)" in html.unescape(answer.text):
                yield path, answer


def _imported() -> set[str]:
    """Every text of a file's rows and every word of a judgement."""
    texts = {row.words for row in Evaluation.select()}
    for row in ImportRow.select():
        texts |= {*row.shown.values(), *(text for pair in row.changes.values() for text in pair)}
    return texts


def test_case_29_no_script_in_any_text_runs_on_any_page(
    stage: Stage, written: set[str], visitor: Visitor, figure: Callable[[str], None]
) -> None:
    assert written >= {
        "volunteer.name", "team.name", "activity.title", "activity.place", "notice.text", "need.title", "need.content",
        "complaint.text", "makeup.reason", "nomination.merits", "story.title", "story.body", "region.place_name",
        "evaluation.words", "import_row.shown", "import_row.changes",
    }  # fmt: skip
    found, shown, unseen = {}, set(), _imported()
    for path, answer in _pages(stage):
        text = html.unescape(answer.text)
        shown |= {number for number, script in enumerate(SCRIPTS) if script in text}
        unseen -= {each for each in unseen if each in text}
        found[path] = visitor.sees(path, answer.text, dict(answer.headers))
    assert {path: seen for path, seen in found.items() if seen != (0, 0)} == {}
    assert len(found) > 100
    assert unseen == set()
    assert shown == set(range(len(SCRIPTS)))
    figure(f"{len(SCRIPTS)} scripts in {len(written)} columns, {len(found)} pages in Chromium, none ran")


def _unguarded(stage: Stage) -> tuple[str, dict[str, str]]:
    """A page that forgot to escape what it shows."""
    answer = stage.call("county_admin", "GET", "/console/login")
    return f"<!doctype html><html><body>{''.join(f'<p>{each}</p>' for each in SCRIPTS)}", dict(answer.headers)


def test_case_29_control_page_that_forgets_to_escape_is_stopped_by_its_policy_and_reported(
    stage: Stage, visitor: Visitor
) -> None:
    body, headers = _unguarded(stage)
    ran, told = visitor.sees("/console/login", body, headers)
    assert ran == 0
    assert told > 5


def test_case_29_control_page_without_a_policy_runs_them(stage: Stage, visitor: Visitor) -> None:
    body, headers = _unguarded(stage)
    del headers["Content-Security-Policy"]
    ran, told = visitor.sees("/console/login", body, headers)
    assert (ran > 5, told) == (True, 0)
