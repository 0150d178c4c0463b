"""志愿者风采: the list, a story with its photos and people, the centre's word, the way into the official account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import g, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console import story
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.lives.proxies import photo
from handlers.console.organisation import team_words as words
from handlers.console.planning import simple
from handlers.pages.browser import field, known_form
from handlers.pictures import jpeg
from services import leading, regions, scopes
from services.errors import Refusal, RefusalCode
from services.lives import proxies
from services.lives.files import MOST_BYTES
from services.stories import consents, posting, review, views, writing
from services.stories.views import StoryLine
from services.stories.writing import StoryDraft
from wording import entry

bp = APIBlueprint("console_stories", __name__, enable_openapi=False)

C = RefusalCode
STATES = {
    "draft": ("", "草稿"), "asking": ("wait", "等本人同意"), "review": ("wait", "等审核"),
    "published": ("ok", "已发布"), "withdrawn": ("bad", "已撤下"),
}  # fmt: skip
POSTS = {
    "": "", "due": "马上放", "begun": "正在放", "done": "已放进草稿箱", "failed": "没有放成",
    "unknown": "不知道放成没有",
}  # fmt: skip
COLUMNS = (
    Column("title", "故事", sort=True), Column("team", "服务队"), Column("place", "地区"), Column("state", "状态"),
    Column("waiting", "还等几个人", figure=True), Column("author", "谁写的", whole=True),
    Column("created", "开始写", sort=True, whole=True), Column("published", "发布", sort=True, whole=True),
    Column("post", "公众号"),
)  # fmt: skip
LONG = writing.LENGTHS["body"] + 100


@bp.before_request
def allow_photos() -> None:
    """A photo is larger than what the house takes elsewhere."""
    request.max_content_length = MOST_BYTES + 200_000


def _cells(line: StoryLine) -> Mapping[str, Any]:
    tone, word = STATES[line.state]

    def day(at: Any) -> str:
        return clock.local_day(at).isoformat() if at else ""

    return {
        "title": Link(line.title, f"/console/stories/{line.code}"), "team": line.team, "place": line.place,
        "state": Mark(word, tone), "waiting": line.waiting or "", "author": line.author,
        "created": day(line.created_at), "published": day(line.published_at), "post": POSTS[line.post_state],
    }  # fmt: skip


def _owners() -> list[tuple[str, str]]:
    at = clock.now()
    teams = [(each.code, each.name) for each in leading.offered_teams(actor=actor(), at=at)]
    managed = [code for code in scopes.managed(actor=actor(), at=at) if code]
    places = [(f"region:{code}", f"{name}（不单写哪支队）") for code, name in regions.path_names(managed).items()]
    return teams + places


@bp.get("/stories")
@need_role
def listed() -> ResponseReturnValue:
    """The stories of his teams and divisions."""
    at = clock.now()
    if not scopes.readable(actor=actor(), at=at) and not g.rights.leads:
        raise Refusal(C.NOT_ALLOWED)
    chosen = request.args.get("region", "")[:12]
    sheet = Sheet(
        "志愿者风采", COLUMNS, search="标题或队名", empty="还没有故事。谁做了让人记得住的事，就写下来。",
        choices=(
            Choice("region", "地区", words.areas(actor(), chosen, at)),
            Choice("state", "状态", [(key, word) for key, (_, word) in STATES.items()]),
        ),
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: views.listed(actor=actor(), wanted=wanted, at=at), _cells, tab="manage",
        template="planning/list_new", new_path="/console/stories/new" if _owners() else "", new_word="写一篇",
    )  # fmt: skip


def _fields() -> list[simple.Field]:
    return [
        ("title", "标题", "text", writing.LENGTHS["title"]),
        (
            "kind", "讲的是哪类服务（走访、调解、疏导不写门牌和时间，不放照片）", "select",
            simple.kinds(without="不说哪一类"),
        ),
        ("body", "正文（一行一段）", "area", writing.LENGTHS["body"]),
    ]  # fmt: skip


def _draft() -> StoryDraft:
    domain, _, sub = field("kind", 40).partition(".")
    return StoryDraft(field("title", 100), field("body", LONG), domain, sub)


@bp.route("/stories/new", methods=["GET", "POST"])
@need_role
def new() -> ResponseReturnValue:
    """Begin one."""
    owners = _owners()
    if not owners:
        raise Refusal(C.NOT_ALLOWED)
    fields: list[simple.Field] = [("owner", "写谁", "select", owners), *_fields()]
    if request.method == "GET":
        return simple.form("写一篇故事", fields, {}, "/console/stories")
    owner, made = field("owner", 30), []
    region = owner.removeprefix("region:") if owner.startswith("region:") else ""
    refusal = attempt(
        lambda: made.append(
            writing.create(
                actor=actor(), team_code="" if region else owner or "-", region_code=region, draft=_draft(),
                at=clock.now(),
            )
        )
    )  # fmt: skip
    if refusal:
        return simple.form("写一篇故事", fields, {}, "/console/stories", refusal)
    return back(f"/console/stories/{made[0]}", "created")


@bp.get("/stories/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """The story."""
    return _page(known_form(code))


def _page(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    shown = views.page(actor=actor(), code=code, at=at)
    asked = [] if shown.mine or shown.state != "asking" else [o.public_no for o in shown.people if o.state == "waiting"]
    body = render(
        "publicity/story", tab="manage", story=shown, problem=words_of(refusal), states=STATES, posts=POSTS,
        shows=entry("stories.shows"), past=story.steps("story", shown.id), most_photos=writing.MOST_PHOTOS,
        on_paper=[each for each in asked if proxies.helps(actor=actor(), public_no=each, at=at)],
    )  # fmt: skip
    return said(body, refusal)


@bp.route("/stories/<code>/edit", methods=["GET", "POST"])
@need_role
def edit(code: str) -> ResponseReturnValue:
    """Write it anew."""
    code = known_form(code)
    shown = views.page(actor=actor(), code=code, at=clock.now())
    if not shown.may_write:
        raise Refusal(C.NOT_ALLOWED)
    kind = f"{shown.domain}.{shown.sub_domain}" if shown.domain else ""
    values = {"title": shown.title, "body": shown.body, "kind": kind}
    if request.method == "GET":
        return simple.form("改文字", _fields(), values, f"/console/stories/{code}")
    refusal = attempt(lambda: writing.edit(actor=actor(), code=code, written=_draft(), at=clock.now()))
    if refusal:
        return simple.form("改文字", _fields(), values, f"/console/stories/{code}", refusal)
    return back(f"/console/stories/{code}", "saved")


def _done(code: str, act: Callable[[], Any], word: str = "saved") -> ResponseReturnValue:
    refusal = attempt(act)
    return _page(code, refusal) if refusal else back(f"/console/stories/{code}", word)


@bp.post("/stories/<code>/photos")
@need_role
def add_photo(code: str) -> ResponseReturnValue:
    """One more photo."""
    code = known_form(code)
    return _done(code, lambda: writing.add_photo(
        parts=parts(), actor=actor(), code=code, photo=photo(), caption=field("caption", 100), at=clock.now()
    ))  # fmt: skip


@bp.get("/stories/<code>/photos/<int:number>")
@need_role
def shown_photo(code: str, number: int) -> ResponseReturnValue:
    """A photo, for those who write or decide."""
    body = views.office_photo(parts=parts(), actor=actor(), code=known_form(code), number=number, at=clock.now())
    return jpeg(body, "story")


@bp.post("/stories/<code>/photos/<int:number>/drop")
@need_role
def drop_photo(code: str, number: int) -> ResponseReturnValue:
    """Not this photo."""
    code = known_form(code)
    return _done(code, lambda: writing.drop_photo(actor=actor(), code=code, number=number, at=clock.now()))


@bp.post("/stories/<code>/people")
@need_role
def put_person(code: str) -> ResponseReturnValue:
    """Who is in it, or is not after all."""
    code, who = known_form(code), field("person", 20)
    if field("drop", 2):
        return _done(code, lambda: writing.drop_person(actor=actor(), code=code, public_no=who, at=clock.now()))
    return _done(code, lambda: writing.put_person(
        actor=actor(), code=code, public_no=who, shows=field("shows", 10), at=clock.now()
    ))  # fmt: skip


@bp.post("/stories/<code>/submit")
@need_role
def submit(code: str) -> ResponseReturnValue:
    """Hand it in."""
    code = known_form(code)
    return _done(code, lambda: consents.submit(
        parts=parts(), actor=actor(), code=code, nobody_else="nobody_else" in request.form, at=clock.now()
    ), "noted")  # fmt: skip


@bp.post("/stories/<code>/recall")
@need_role
def recall(code: str) -> ResponseReturnValue:
    """Take it back, to write on."""
    code = known_form(code)
    return _done(code, lambda: consents.recall(actor=actor(), code=code, at=clock.now()), "recalled")


@bp.post("/stories/<code>/decide")
@need_role
def decide(code: str) -> ResponseReturnValue:
    """Publish, or send back."""
    code, publishes = known_form(code), "publish" in request.form
    return _done(code, lambda: review.decide(
        actor=actor(), code=code, publishes=publishes, reason=field("reason", 300), at=clock.now()
    ), "noted" if publishes else "returned")  # fmt: skip


@bp.post("/stories/<code>/withdraw")
@need_role
def withdraw(code: str) -> ResponseReturnValue:
    """Take it down."""
    code = known_form(code)
    return _done(code, lambda: review.withdraw(
        actor=actor(), code=code, reason=field("reason", 300), at=clock.now()
    ), "withdrawn")  # fmt: skip


@bp.post("/stories/<code>/post")
@need_role
def post(code: str) -> ResponseReturnValue:
    """Into the official account's draft box."""
    code = known_form(code)
    return _done(code, lambda: posting.post(actor=actor(), code=code, at=clock.now()), "noted")
