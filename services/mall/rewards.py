"""The catalogue as the office keeps it: a reward is put in, changed, restocked, closed and opened again (S101, S95).

Nothing here turns points into pay: no cash, no vouchers for cash, nothing that passes to somebody else; a title that
says such a thing is refused (条例 §2).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from peewee import fn

from frozen import dataclass
from models import Centre, Partner, Redemption, Reward, store
from queries import mall as sql
from services import audit, permissions, regions, scopes
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.lives import files
from services.parts import Parts
from services.policy import modules
from wording import entry

C = RefusalCode
TITLE, ABOUT, PLACE = 40, 300, 80
PRICES, STOCKS, LIMITS, STARS = range(1, 1_000_001), range(1_000_001), range(101), range(6)
SIDE = 900
#: What a box to choose from holds.
STATIONS = 300


@dataclass(frozen=True, slots=True)
class RewardDraft:
    """What the form says: `stock` what is left to give, `stars` from so many, `per_person` 0 for no limit, days as
    YYYY-MM-DD (`to_on` "" for no last day), `place_region` the division whose station hands it over, `partner` a code.
    """

    title: str
    price: int
    stock: int
    place: str
    place_region: str
    from_on: str
    to_on: str = ""
    about: str = ""
    stars: int = 0
    honour: bool = False
    per_person: int = 0
    partner: str = ""


@dataclass(frozen=True, slots=True)
class RewardLine:
    """A reward in the office's list; `given` handed over, `waiting` to be picked up."""

    code: str
    title: str
    owner: str
    partner: str
    price: int
    stock: int
    supply: int
    waiting: int
    given: int
    from_on: str
    to_on: str
    place: str
    state: str
    may_change: bool


@dataclass(frozen=True, slots=True)
class RewardForm:
    """A reward as its form shows it: the texts of its fields, whose it is, whether it is open, what is left."""

    code: str
    region_code: str
    state: str
    stock: int
    supply: int
    has_photo: bool
    values: Mapping[str, str]


def draft_of(*, actor: Actor, code: str, at: datetime) -> RewardForm:
    """A reward for its form. Refusals: those of `managed`."""
    row = managed(actor=actor, code=code, at=at)
    values = {name: str(getattr(row, name)) for name in ("title", "price", "place", "place_region", "from_on", "about",
                                                         "stars", "per_person")}  # fmt: skip
    values |= {
        "to_on": row.to_on or "", "honour": "1" if row.honour else "",
        "partner": row.partner.code if row.partner else "",
    }  # fmt: skip
    return RewardForm(row.code, row.region_code, row.state, row.stock, row.supply, row.photo_id is not None, values)


def managed(*, actor: Actor, code: str, at: datetime) -> Reward:
    """A reward of a division that the actor manages and that uses the mall. Refusals: NOT_FOUND, NOT_ALLOWED,
    MODULE_OFF."""
    found = Reward.get_or_none(Reward.code == code)
    if found is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_manage(actor=actor, region_code=found.region_code, at=at)
    modules.require(module="mall", region_code=found.region_code, at=at)
    assert isinstance(found, Reward)
    return found


def stations(region_code: str) -> list[tuple[str, str]]:
    """(division, name) of the centre and the stations that may hand over what this division gives."""
    rows = Centre.select().where(scopes.within(Centre.region_code, [region_code])).order_by(Centre.region_code)
    found = [(row.region_code, row.name) for row in rows.limit(STATIONS)]
    return found or [(region_code, regions.name_of(region_code))]


def put_in(*, actor: Actor, region_code: str, draft: RewardDraft, at: datetime) -> str:
    """Put a reward into a division's catalogue; its code.

    Refusals: NOT_FOUND / NOT_ALLOWED, MODULE_OFF, FIELD_WRONG (title, about, place, price, stock, stars, per_person,
    from_on, to_on, place_region, partner), REWARD_CASH (fact `word`).
    """
    permissions.require_manage(actor=actor, region_code=region_code, at=at)
    modules.require(module="mall", region_code=region_code, at=at)
    columns = _checked(region_code, draft)

    def act() -> str:
        made = Reward.create(
            code=new_code(), region_code=region_code, supply=draft.stock, stock=draft.stock, state="open",
            created_by=actor.volunteer_id, created_at=at, updated_at=at, **columns,
        )  # fmt: skip
        audit.changed(
            actor=actor, verb="reward.put_in", subject=f"reward:{made.id}", at=at,
            changes={"title": ["", made.title], "price": [None, made.price], "stock": [None, made.stock]},
        )  # fmt: skip
        return str(made.code)

    return store.write(act)


def change(*, actor: Actor, code: str, draft: RewardDraft, more: int = 0, at: datetime) -> None:
    """Change a reward and put in `more` of it (below zero: take out); `draft.stock` is not looked at. What was redeemed
    keeps the price it had; whoever is looking is told the new one.

    Refusals: those of `managed` and `put_in`; FIELD_WRONG (more); REWARD_GONE where fewer are left than are to go.
    """
    reward = managed(actor=actor, code=code, at=at)
    columns = _checked(reward.region_code, draft)
    if abs(more) not in STOCKS:
        raise Refusal(C.FIELD_WRONG, field="more")

    def act() -> None:
        now = Reward.get_by_id(reward.id)
        if more and not sql.restock(reward_id=now.id, more=more):
            raise Refusal(C.REWARD_GONE)
        changed = {
            name: [getattr(now, name), value]
            for name, value in columns.items()
            if name != "partner" and getattr(now, name) != value
        }
        if more:
            changed["stock"] = [now.stock, now.stock + more]
        Reward.update(updated_at=at, **columns).where(Reward.id == now.id).execute()
        if changed:
            audit.changed(actor=actor, verb="reward.changed", subject=f"reward:{now.id}", changes=changed, at=at)

    store.write(act)


def set_state(*, actor: Actor, code: str, state: str, at: datetime) -> None:
    """Close a reward, or open it again; what waits to be picked up waits on. Refusals: those of `managed`."""
    reward = managed(actor=actor, code=code, at=at)
    if state not in ("open", "closed"):
        raise Refusal(C.FIELD_WRONG, field="state")

    def act() -> None:
        if not Reward.update(state=state, updated_at=at).where(Reward.id == reward.id, Reward.state != state).execute():
            return
        audit.changed(
            actor=actor, verb="reward.changed", subject=f"reward:{reward.id}", at=at,
            changes={"state": [reward.state, state]},
        )  # fmt: skip

    store.write(act)


def photo(*, parts: Parts, actor: Actor, code: str, at: datetime) -> bytes:
    """The picture of a reward for those who keep it, b"" where there is none on this disk. Refusals: those of
    `managed`."""
    reward = managed(actor=actor, code=code, at=at)
    if reward.photo_id is None:
        return b""
    try:
        return files.opened(parts=parts, file_id=reward.photo_id)
    except Refusal:
        return b""


def show_photo(*, parts: Parts, actor: Actor, code: str, body: bytes, at: datetime) -> None:
    """Give a reward its photo, another one in the place of the last.

    Refusals: those of `managed` and `files.taken`, STORAGE_AWAY.
    """
    reward = managed(actor=actor, code=code, at=at)
    photo = files.taken(body, side=SIDE)
    path = files.put_down(parts=parts, photo=photo)

    def act() -> None:
        kept = files.keep(
            name="reward.jpg", path=path, size=len(photo.body), owner_id=actor.volunteer_id or 0, at=at
        )
        Reward.update(photo=kept, updated_at=at).where(Reward.id == reward.id).execute()

    store.write(act)


def _checked(region_code: str, draft: RewardDraft) -> dict[str, Any]:
    texts = {"title": (draft.title, TITLE), "about": (draft.about, ABOUT), "place": (draft.place, PLACE)}
    said = {name: _text(name, text, most) for name, (text, most) in texts.items()}
    for name, value, allowed in (
        ("price", draft.price, PRICES), ("stock", draft.stock, STOCKS), ("stars", draft.stars, STARS),
        ("per_person", draft.per_person, LIMITS),
    ):  # fmt: skip
        if value not in allowed:
            raise Refusal(C.FIELD_WRONG, field=name)
    word = next((each for each in entry("mall.cash") if each in said["title"] + said["about"]), "")
    if word:
        raise Refusal(C.REWARD_CASH, word=word)
    first, last = _day("from_on", draft.from_on), _day("to_on", draft.to_on) if draft.to_on else None
    if last is not None and last < first:
        raise Refusal(C.FIELD_WRONG, field="to_on")
    if draft.place_region not in {code for code, _ in stations(region_code)}:
        raise Refusal(C.FIELD_WRONG, field="place_region")
    return {
        **said, "price": draft.price, "stars": draft.stars, "honour": draft.honour, "per_person": draft.per_person,
        "from_on": first, "to_on": last, "place_region": draft.place_region,
        "partner": _partner(region_code, draft.partner) if draft.partner else None,
    }  # fmt: skip


def _text(name: str, text: str, most: int) -> str:
    said = text.strip()
    if len(said) > most or "\x00" in said or (not said and name != "about"):
        raise Refusal(C.FIELD_WRONG, field=name)
    return said


def _day(name: str, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Refusal(C.FIELD_WRONG, field=name) from None


def partners(region_code: str) -> list[tuple[str, str]]:
    """(code, name) of the partners of this division and those above it."""
    rows = Partner.select().where(
        Partner.region_code.in_(regions.lineage(region_code)), Partner.to_on.is_null(), Partner.team.is_null()
    )
    return [(row.code, row.name) for row in rows.order_by(Partner.name).limit(STATIONS)]


def _partner(region_code: str, code: str) -> Partner:
    if code not in {each for each, _ in partners(region_code)}:
        raise Refusal(C.FIELD_WRONG, field="partner")
    found = Partner.get(Partner.code == code)
    assert isinstance(found, Partner)
    return found


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[RewardLine]:
    """The rewards of the divisions the actor may look at, newest first; filters: region, state (open, closed, gone).

    Refusal: NOT_ALLOWED to one who may look nowhere.
    """
    readable = scopes.readable(actor=actor, at=at)
    if not readable:
        raise Refusal(C.NOT_ALLOWED)
    query = Reward.select(Reward, Partner).left_outer_join(Partner).where(scopes.within(Reward.region_code, readable))
    states = {"open": Reward.state == "open", "closed": Reward.state == "closed", "gone": Reward.stock == 0}
    if wanted.chosen("state") in states:
        query = query.where(states[wanted.chosen("state")])
    if wanted.chosen("region"):
        query = query.where(scopes.within(Reward.region_code, [wanted.chosen("region")]))
    if wanted.text:
        query = query.where(Reward.title.contains(wanted.text))
    sorts = {"title": Reward.title, "price": Reward.price, "stock": Reward.stock, "from": Reward.from_on}
    page = cut(query, wanted=wanted, sorts=sorts, default="-from", tie=Reward.id.desc(), row=lambda row: row)
    places = regions.path_names([row.region_code for row in page.rows])
    counts = _counts([row.id for row in page.rows])
    mine = scopes.managed(actor=actor, at=at)
    lines = [
        RewardLine(
            row.code, row.title, places[row.region_code], row.partner.name if row.partner_id else "", row.price,
            row.stock, row.supply, counts.get((row.id, "waiting"), 0), counts.get((row.id, "handed"), 0), row.from_on,
            row.to_on or "", row.place, "gone" if row.state == "open" and not row.stock else row.state,
            scopes.covers(mine, row.region_code),
        )
        for row in page.rows
    ]  # fmt: skip
    return Found(lines, page.total, page.page, page.size)


def _counts(ids: list[int]) -> dict[tuple[int, str], int]:
    if not ids:
        return {}
    rows: Any = (
        Redemption.select(Redemption.reward, Redemption.state, fn.COUNT(Redemption.id))
        .where(Redemption.reward.in_(ids))
        .group_by(Redemption.reward, Redemption.state)
    )
    return {(int(reward), str(state)): int(count) for reward, state, count in rows.tuples()}
