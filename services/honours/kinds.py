"""The list of honours (荣誉目录, S105): those the policy names, and what a division adds for its own."""

from __future__ import annotations

from datetime import datetime

from models import HonourKind, store
from services import audit, permissions, regions, scopes
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.honours.shapes import Kind
from services.listing import Found, Wanted, cut

C = RefusalCode
NAME_LONGEST, SOURCE_LONGEST, YEARS_MOST = 40, 80, 10
WHOM = ("person", "team", "both")


def add(
    *, actor: Actor, region_code: str, name: str, for_whom: str, level: int, every_years: int = 1, source: str = "",
    self_proposed: bool = False, outside: bool = False, at: datetime,
) -> str:  # fmt: skip
    """An honour that a division gives to its own: the level that has the last word is its own or one below (0: the
    nomination says which); `every_years` 0 is "when it is announced". The kind's code.

    Refusals in order: NOT_FOUND / NOT_ALLOWED (who does not manage the division), FIELD_WRONG (`name`, `for_whom`,
    `level`, `every_years`, `source`), HONOUR_KIND_TAKEN.
    """
    permissions.require_manage(actor=actor, region_code=region_code, at=at)
    own = regions.level_of(region_code)
    called, from_ = " ".join(name.split()), " ".join(source.split())
    wrong = {
        "name": not 0 < len(called) <= NAME_LONGEST or bool(set("<>") & set(called)), "for_whom": for_whom not in WHOM,
        "level": not (level == 0 or own <= level <= len(regions.LENGTHS)),
        "every_years": not 0 <= every_years <= YEARS_MOST, "source": len(from_) > SOURCE_LONGEST,
    }  # fmt: skip
    for field, is_wrong in wrong.items():
        if is_wrong:
            raise Refusal(C.FIELD_WRONG, field=field)

    def act() -> str:
        same = HonourKind.select().where(
            HonourKind.name == called, HonourKind.closed_at.is_null(),
            HonourKind.region_code.in_(["", *regions.lineage(region_code)]),
        )
        if same.exists():
            raise Refusal(C.HONOUR_KIND_TAKEN, name=called)
        made = HonourKind.create(
            code=new_code(), region_code=region_code, name=called, for_whom=for_whom, level=level,
            every_years=every_years, outside=outside, source=from_, self_proposed=self_proposed and for_whom != "team",
            place=100, made_by=actor.volunteer_id, created_at=at,
        )  # fmt: skip
        audit.changed(
            actor=actor, verb="honour_kind.added", subject=f"region:{region_code}", changes={"honour": ["", called]},
            at=at,
        )  # fmt: skip
        return str(made.code)

    return store.write(act)


def close(*, actor: Actor, code: str, at: datetime) -> None:
    """It is proposed no longer; what was given stays. Twice is once. Refusals: NOT_FOUND, NOT_ALLOWED, HONOUR_KIND
    (the policy's own)."""
    kind = own(actor=actor, code=code, at=at)

    def act() -> None:
        closed = HonourKind.update(closed_at=at).where(HonourKind.id == kind.id, HonourKind.closed_at.is_null())
        if closed.execute():
            audit.changed(
                actor=actor, verb="honour_kind.closed", subject=f"region:{kind.region_code}",
                changes={"honour": [kind.name, ""]}, at=at,
            )  # fmt: skip

    store.write(act)


def own(*, actor: Actor, code: str, at: datetime) -> HonourKind:
    """A kind, for one who may close it. Refusals: NOT_FOUND, NOT_ALLOWED, HONOUR_KIND (the policy's own)."""
    kind = by_code(code)
    if not kind.region_code:
        raise Refusal(C.HONOUR_KIND, whom="")
    permissions.require_manage(actor=actor, region_code=str(kind.region_code), at=at)
    return kind


def by_code(code: str) -> HonourKind:
    """A kind. Refusals: NOT_FOUND."""
    found = HonourKind.get_or_none(HonourKind.code == code)
    if found is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(found, HonourKind)
    return found


def offered(*, region_code: str, whom: str) -> list[HonourKind]:
    """What can be proposed for a `whom` (person, team) of a division: the policy's first, then from the top down."""
    rows = HonourKind.select().where(
        HonourKind.region_code.in_(["", *regions.lineage(region_code)]), HonourKind.closed_at.is_null(),
        HonourKind.for_whom.in_([whom, "both"]),
    )
    return list(rows.order_by(HonourKind.region_code, HonourKind.place, HonourKind.id))


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Kind]:
    """The policy's, and those of the divisions the actor reads and of all above them. Filters: whom, state (closed)."""
    reach = scopes.readable(actor=actor, at=at)
    above = {code for top in reach for code in regions.lineage(top)}
    query = HonourKind.select().where(
        HonourKind.region_code.in_(["", *sorted(above)]) | scopes.within(HonourKind.region_code, reach)
    )
    query = query.where(HonourKind.closed_at.is_null(wanted.chosen("state") != "closed"))
    if wanted.chosen("whom"):
        query = query.where(HonourKind.for_whom.in_([wanted.chosen("whom"), "both"]))
    if wanted.text:
        query = query.where(HonourKind.name.contains(wanted.text))
    page = cut(
        query, wanted=wanted, sorts={"at": HonourKind.created_at}, default="at", tie=HonourKind.id, row=lambda row: row
    )
    places = regions.path_names(sorted({str(row.region_code) for row in page.rows if row.region_code}))
    managed = scopes.managed(actor=actor, at=at)
    lines = [
        Kind(
            row.code, row.name, row.for_whom, row.level, row.every_years, row.outside, row.source, row.self_proposed,
            places.get(row.region_code, ""), row.closed_at is not None,
            bool(row.region_code) and row.closed_at is None and scopes.covers(managed, row.region_code),
        )
        for row in page.rows
    ]  # fmt: skip
    return Found(lines, page.total, page.page, page.size)
