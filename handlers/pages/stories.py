"""志愿者风采: for everybody the published stories, to read and to pass on; for whoever is shown, his yes and his no."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, g, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, known_form, redirected
from handlers.pages.home import after, done
from handlers.pictures import jpeg
from services import regions
from services.errors import Refusal, RefusalCode
from services.stories import consents, views

bp = APIBlueprint("stories", __name__, enable_openapi=False)

PAGE = 10
#: A story that was taken down is gone from everywhere after so long.
KEPT = "public, max-age=300"


@bp.get("/stories")
def listed() -> ResponseReturnValue:
    """The newest first, of a division (`?region=`) or of all."""
    chosen = field("region", 12)
    found = views.latest(region_code=chosen, before=after(), limit=PAGE + 1)
    return render_template(
        "pages/stories.html", found=found[:PAGE], more=found[PAGE - 1].cursor if len(found) > PAGE else None,
        region=chosen, place=regions.path_names([chosen])[chosen] if chosen else "", first=after() is None,
    )  # fmt: skip


@bp.get("/stories/<code>")
def one(code: str) -> ResponseReturnValue:
    """One story, with what a chat shows of the link."""
    shown = views.read(code=known_form(code))
    return render_template("pages/story.html", story=shown, address=f"{parts().public_url}/stories/{shown.code}")


@bp.get("/stories/<code>/photos/<int:number>")
def photo(code: str, number: int) -> ResponseReturnValue:
    """A photo of it."""
    answer = Response(views.photo(parts=parts(), code=known_form(code), number=number), mimetype="image/jpeg")
    answer.headers["Cache-Control"] = KEPT
    return answer


@bp.get("/m/stories")
@need_volunteer("h5")
def mine() -> ResponseReturnValue:
    """The stories that show me."""
    return render_template("pages/my_stories.html", tab="me", found=views.mine(actor=g.actor))


@bp.get("/m/stories/<code>")
@need_volunteer("h5")
def asked(code: str) -> ResponseReturnValue:
    """What is said and shown of me, and what I say to it."""
    return _asked(known_form(code))


def _asked(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    page = render_template(
        "pages/my_story.html", tab="me", story=views.my_one(actor=g.actor, code=code), done=done(),
        problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/m/stories/<code>")
@need_volunteer("h5")
def answer(code: str) -> ResponseReturnValue:
    """Yes, no, or no more."""
    code, at = known_form(code), clock.now()
    try:
        if "back" in request.form:
            consents.take_back(actor=g.actor, code=code, at=at)
        else:
            consents.answer(actor=g.actor, code=code, agrees="yes" in request.form, at=at)
    except Refusal as refusal:
        if refusal.code is not RefusalCode.STORY_STATE:
            raise
        return _asked(code, refusal)
    return redirected(f"/m/stories/{code}?done=saved")


@bp.get("/m/stories/<code>/photos/<int:number>")
@need_volunteer("h5")
def own_photo(code: str, number: int) -> ResponseReturnValue:
    """A photo of a story that shows me, before anybody else sees it."""
    return jpeg(views.my_photo(parts=parts(), actor=g.actor, code=known_form(code), number=number), "story")
