"""点单: the station takes needs in, answers, offers them to teams; a leader claims one and makes an activity of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import g, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, pdf, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.organisation import team_words as words
from handlers.pages.browser import field, known_form
from handlers.qr import svg_uri
from services import regions, scopes
from services.errors import Refusal, RefusalCode
from services.evaluation.evaluations import Average
from services.participation import domains
from services.planning import need_doors, need_views, needs
from services.planning.need_views import NeedLine
from services.planning.needs import NeedDraft
from services.times import last_day

bp = APIBlueprint("console_needs", __name__, enable_openapi=False)

C = RefusalCode
STATES = {
    "received": "等答复", "open": "等接单", "offered": "已派单", "claimed": "已接单", "served": "已办好",
    "closed": "已办结", "refused": "没有受理", "withdrawn": "已撤回",
}  # fmt: skip
TONES = {"received": "wait", "open": "wait", "offered": "wait", "claimed": "ok", "served": "ok"}
KINDS = {"public": "群众需求", "veteran": "退役军人需求"}
SOURCES = {"desk": "窗口登记", "own": "本人点单", "door": "扫码来的"}
COLUMNS = (
    Column("title", "要办什么"), Column("kind", "谁的需求"), Column("place", "地区"), Column("sub", "类别"),
    Column("source", "来源"), Column("state", "状态", sort=True), Column("judged", "评单"), Column("team", "服务队"),
    Column("created", "点单日期", sort=True, whole=True),
    Column("due", "几时前答复", sort=True, whole=True),
)  # fmt: skip
TEXTS = ("title", "content", "risks", "wanted_from", "wanted_until", "contact", "kind")
MOST_PLACES = 60


def stars(judged: Average) -> str:
    """4.5 星（2 人）; "" while nobody has judged."""
    return f"{judged.tenths // 10}.{judged.tenths % 10} 星（{judged.count} 人）" if judged.tenths else ""


def _cells(line: NeedLine) -> Mapping[str, Any]:
    state = "超期没有答复" if line.late else STATES[line.state]
    return {
        "title": Link(line.title, f"/console/needs/{line.code}"), "kind": KINDS[line.kind], "place": line.place,
        "sub": line.sub_domain, "state": Mark(state, "bad" if line.late else TONES.get(line.state, "")),
        "source": SOURCES[line.source], "judged": stars(line.judged), "team": line.team,
        "created": clock.local_day(line.created_at).isoformat(),
        "due": last_day(line.due_at).isoformat() if line.state == "received" else "",
    }  # fmt: skip


@bp.get("/needs")
@need_role
def every_one() -> ResponseReturnValue:
    """The list, for stations and for leaders who look for something to do."""
    at = clock.now()
    if not scopes.readable(actor=actor(), at=at) and not g.rights.leads:
        raise Refusal(C.NOT_ALLOWED)
    chosen = request.args.get("region", "")[:12]
    sheet = Sheet(
        "需求（点单）", COLUMNS, search="要办什么", empty="现在没有需求。",
        choices=(
            Choice("region", "地区", words.areas(actor(), chosen, at)),
            Choice("state", "状态", [*STATES.items(), ("all", "连同办完的")]),
            Choice("kind", "谁的需求", list(KINDS.items())), Choice("whose", "范围", [("mine", "我的队接的")]),
            Choice("source", "来源", list(SOURCES.items())),
        ),
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: need_views.listed(actor=actor(), wanted=wanted, at=at), _cells,
        template="planning/needs", tab="manage", may_take=bool(scopes.managed(actor=actor(), at=at)),
    )  # fmt: skip


def _draft() -> NeedDraft:
    domain, _, sub = field("domain", 40).partition(".")
    return NeedDraft(
        domain=domain, sub_domain=sub, private_home="private_home" in request.form,
        **{name: field(name, 600) for name in TEXTS},
    )  # fmt: skip


def _places(at: datetime) -> list[tuple[str, str]]:
    """The divisions he looks after, each before those one level below."""
    mine = scopes.managed(actor=actor(), at=at)
    if not mine:
        raise Refusal(C.NOT_ALLOWED)
    places = [(code, regions.path_name(code)) for code in mine]
    for code in mine[:5]:
        places += [(each.code, each.name) for each in regions.children(code)[:MOST_PLACES]]
    return places


def _form(refusal: Refusal | None = None) -> ResponseReturnValue:
    return _shown(refusal, _typed(), places=_places(clock.now()), region=field("region", 12))


def _typed() -> dict[str, Any]:
    names = (*TEXTS, "domain")
    return {name: field(name, 600) for name in names} | {"private_home": "private_home" in request.form}


def _shown(refusal: Refusal | None, typed: dict[str, Any], *, old: str = "", **more: Any) -> ResponseReturnValue:
    """The form of a new need, or of an `old` one that is put right."""
    body = render(
        "planning/need_form", tab="manage", old=old, path=f"/console/needs/{old}/edit" if old else "/console/needs/new",
        typed=typed, kinds=KINDS, domains=domains.all_domains(), problem=words_of(refusal),
        wrong=str(refusal.facts.get("field", "region")) if refusal else "", **more,
    )  # fmt: skip
    return said(body, refusal)


@bp.route("/needs/<code>/edit", methods=["GET", "POST"])
@need_role
def put_right(code: str) -> ResponseReturnValue:
    """The station words it so that teams can read it."""
    code, at = known_form(code), clock.now()
    kept = need_views.page(actor=actor(), code=code, at=at).draft
    if request.method == "GET":
        if kept is None:
            raise Refusal(C.NOT_ALLOWED)
        values = {name: getattr(kept, name) for name in (*TEXTS, "private_home")}
        return _shown(None, values | {"domain": f"{kept.domain}.{kept.sub_domain}"}, old=code)
    refusal = attempt(lambda: needs.put_right(actor=actor(), code=code, draft=_draft(), at=at))
    return _shown(refusal, _typed(), old=code) if refusal else back(f"/console/needs/{code}", "saved")


@bp.get("/needs/door")
@need_role
def show_door() -> ResponseReturnValue:
    """The code that residents scan to ask for something without an account: to send on, to print and to hang up."""
    places = _places(clock.now())
    chosen = _own(field("region", 12) or places[0][0])
    if chosen not in dict(places):
        places.append((chosen, regions.path_name(chosen)))
    link = f"{parts().public_url}/n/{chosen}"
    try:
        door = need_doors.door(region_code=chosen)
    except Refusal as refusal:
        if refusal.code is not C.CENTRE_MISSING:
            raise
        door = None  # nobody would answer: the page says what is to be done first
    return render(
        "planning/need_door", tab="manage", places=places, region=chosen, link=link, picture=svg_uri(link), door=door
    )


def _own(region: str) -> str:
    """The division, if it is one that he looks after."""
    if not scopes.covers(scopes.managed(actor=actor(), at=clock.now()), region):
        raise Refusal(C.NOT_ALLOWED)
    return region


@bp.get("/needs/door/<region>.pdf")
@need_role
def sheet(region: str) -> ResponseReturnValue:
    """The same as a sheet to hang up."""
    code = _own(known_form(region, limit=12))
    return pdf(need_doors.sheet(parts=parts(), region_code=code, at=clock.now()), f"needs-{code}.pdf")


@bp.get("/needs/new")
@need_role
def new() -> ResponseReturnValue:
    """The form."""
    return _form()


@bp.post("/needs/new")
@need_role
def take_in() -> ResponseReturnValue:
    """Write it down for whoever stands before the desk or calls."""
    made: list[str] = []
    refusal = attempt(
        lambda: made.append(
            needs.take_in(
                parts=parts(), actor=actor(), region_code=field("region", 12), draft=_draft(), at=clock.now()
            )
        )
    )
    return _form(refusal) if refusal else back(f"/console/needs/{made[0]}", "saved")


@bp.get("/needs/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """The need and what can be done."""
    return _page(known_form(code))


def _page(code: str, refusal: Refusal | None = None, contact: str = "") -> ResponseReturnValue:
    shown = need_views.page(actor=actor(), code=code, at=clock.now())
    body = render(
        "planning/need", tab="manage", need=shown, states=STATES, tones=TONES, kinds=KINDS, contact=contact,
        judged=stars(shown.judged), sources=SOURCES, problem=words_of(refusal),
    )  # fmt: skip
    return said(body, refusal)


@bp.post("/needs/<code>/contact")
@need_role
def contact(code: str) -> ResponseReturnValue:
    """How to reach whoever needs help: shown once, with a reason, kept in the audit."""
    code = known_form(code)
    found: list[str] = []
    refusal = attempt(
        lambda: found.append(
            needs.open_contact(
                parts=parts(), actor=actor(), code=code, reason=field("reason", 200), at=clock.now()
            )
        )
    )
    return _page(code, refusal, found[0] if found else "")


@bp.post("/needs/<code>/<step>")
@need_role
def move(code: str, step: str) -> ResponseReturnValue:
    """Answer, offer, claim, give back, served, closed, withdrawn."""
    code = known_form(code)
    facts: dict[str, Any] = {"actor": actor(), "code": code, "at": clock.now()}
    answered, reason, team = field("answer", 200), field("reason", 200), field("team", 20)
    acts: dict[str, tuple[Any, str]] = {
        "accept": (lambda: needs.accept(**facts, answer=answered), "saved"),
        "refuse": (lambda: needs.refuse(**facts, answer=answered), "refused"),
        "offer": (lambda: needs.offer(**facts, team_code=team), "sent"),
        "claim": (lambda: needs.claim(**facts, team_code=team), "saved"),
        "back": (lambda: needs.give_back(**facts, reason=reason), "returned"),
        "served": (lambda: needs.serve(**facts), "saved"),
        "close": (lambda: needs.close(**facts, answer=answered), "saved"),
        "withdraw": (lambda: needs.withdraw(**facts), "withdrawn"),
    }
    if step not in acts:
        raise Refusal(C.NOT_FOUND)
    act, word = acts[step]
    refusal = attempt(act)
    return _page(code, refusal) if refusal else back(f"/console/needs/{code}", word)
