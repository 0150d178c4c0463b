"""A printed card with photo and a long-lived code, for those who carry no phone.

The code stands for the person only at a leader's scan: nobody logs in with it, nobody checks himself in. It holds
until it is revoked; a new card ends the old one. The database keeps the hash of the code; the code itself is made
from the number on the card and the house's signing key, so that a card can be drawn again for the printer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from peewee import IntegrityError

from clock import local_day
from frozen import dataclass
from models import PersonCard, Team, TeamMember, Volunteer, store
from services import audit, codes, leading, permissions, regions, scopes
from services.access import belonging
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.lives import files, proxies
from services.lives.card_codes import holder
from services.parts import Parts
from services.printing import MARGIN, Paper
from wording import say

C = RefusalCode
#: On paper: two cards of a bank card's size beside each other, five rows.
CARD = (85.0, 54.0)
COLUMNS, ROWS = 2, 5
PHOTO_SIDE = 600
MOST_CARDS = 200


@dataclass(frozen=True, slots=True)
class CardView:
    """A card; `revoked_at` None while it holds."""

    serial: str
    public_no: str
    name: str
    issued_at: datetime
    issued_by: str
    revoked_at: datetime | None
    reason: str
    has_photo: bool


def issue(*, parts: Parts, actor: Actor, public_no: str, photo: bytes, reason: str = "", at: datetime) -> str:
    """Make a person's card; answers its number. A card he has is revoked by it (`reason`: lost, worn, …).

    The photo of the old card is used again where none is sent. Refusals: those of `proxies.require_helper`,
    ACCOUNT_CLOSED, NOT_REGISTERED, REASON_REQUIRED (there is a card), those of `files.taken`, STORAGE_AWAY.
    """
    person = proxies.require_helper(actor=actor, public_no=public_no, at=at)
    if person.state != "active":
        raise Refusal(C.NOT_REGISTERED if person.state == "invited" else C.ACCOUNT_CLOSED)
    old = _living(person.id)
    if old is not None and not reason.strip():
        raise Refusal(C.REASON_REQUIRED)
    again = old.photo_id if old is not None and not photo else None
    taken = files.taken(photo, side=PHOTO_SIDE) if again is None else None
    path = files.put_down(parts=parts, photo=taken) if taken else ""

    def act() -> str:
        proxies.one_at_a_time(person.id)
        end(actor=actor, volunteer_id=person.id, reason=reason.strip(), at=at)
        serial = codes.new_code()
        kept = (
            files.keep(name="card.jpg", path=path, size=len(taken.body), owner_id=person.id, at=at).id
            if taken
            else again
        )
        PersonCard.create(
            volunteer=person.id, code_hash=codes.token_hash(codes.card_code(sign_key=parts.sign_key, serial=serial)),
            serial=serial, photo=kept, issued_by=actor.volunteer_id, issued_at=at,
        )  # fmt: skip
        audit.note(
            actor=actor, verb="card.issue", subject=f"volunteer:{person.id}", detail={"card": serial}, at=at
        )
        return serial

    try:
        return store.write(act)
    except IntegrityError:  # 31^8 numbers: practically never, and then once more
        return store.write(act)


def revoke(*, actor: Actor, public_no: str, reason: str, at: datetime) -> None:
    """End a person's card now; twice is once. Refusals: `proxies.require_helper`, REASON_REQUIRED."""
    person = proxies.require_helper(actor=actor, public_no=public_no, at=at)
    if not reason.strip():
        raise Refusal(C.REASON_REQUIRED)
    store.write(lambda: end(actor=actor, volunteer_id=person.id, reason=reason.strip(), at=at))


def end(*, actor: Actor, volunteer_id: int, reason: str, at: datetime) -> None:
    """His card opens nothing any more, if he has one; inside the caller's write."""
    ended = PersonCard.update(revoked_by=actor.volunteer_id, revoked_at=at, reason=reason).where(
        PersonCard.volunteer == volunteer_id, PersonCard.revoked_at.is_null()
    )
    if ended.execute():
        audit.note(
            actor=actor,
            verb="card.revoke",
            subject=f"volunteer:{volunteer_id}",
            detail={"reason": reason},
            at=at,
        )


def _living(volunteer_id: int) -> PersonCard | None:
    found = PersonCard.get_or_none(PersonCard.volunteer == volunteer_id, PersonCard.revoked_at.is_null())
    return found if isinstance(found, PersonCard) else None


def face(*, parts: Parts, actor: Actor, code: str, at: datetime) -> tuple[str, bytes]:
    """Name and photo of a card's person, for the leader who scanned it to compare.

    Refusals: CODE_UNKNOWN, CARD_REVOKED, NOT_ALLOWED (he leads nothing).
    """
    problem, volunteer_id = holder(code)
    if problem is not None:
        raise Refusal(problem)
    if not leading.leads_any(actor=actor, at=at):
        raise Refusal(C.NOT_ALLOWED)
    card = _living(volunteer_id or 0)
    person = Volunteer.get_by_id(volunteer_id)
    body = files.opened(parts=parts, file_id=card.photo_id) if card and card.photo_id else b""
    return str(person.name), body


def photo_of(*, parts: Parts, actor: Actor, public_no: str, at: datetime) -> bytes:
    """The photo on a person's card, for those who may look at him. Refusals: NOT_FOUND."""
    person = belonging.seen_person(actor=actor, public_no=public_no, at=at)
    card = _living(person.id)
    if card is None or card.photo_id is None:
        raise Refusal(C.NOT_FOUND)
    return files.opened(parts=parts, file_id=card.photo_id)


def of(*, volunteer_id: int) -> list[CardView]:
    """A person's cards, newest first; the caller has looked at the reader's right."""
    return [
        _view(row)
        for row in _rows().where(PersonCard.volunteer == volunteer_id).order_by(PersonCard.id.desc())
    ]


def _rows() -> Any:
    issuer = Volunteer.alias()
    return (
        PersonCard.select(
            PersonCard, Volunteer.id, Volunteer.name, Volunteer.public_no, issuer.id, issuer.name
        )
        .join(Volunteer, on=PersonCard.volunteer)
        .switch(PersonCard)
        .left_outer_join(issuer, on=PersonCard.issued_by)
    )


def _view(row: PersonCard) -> CardView:
    return CardView(
        row.serial, row.volunteer.public_no, row.volunteer.name, row.issued_at,
        row.issued_by.name if row.issued_by is not None else "", row.revoked_at, row.reason, row.photo_id is not None,
    )  # fmt: skip


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[CardView]:
    """The cards of the people of one's divisions and teams. Filters: state (living, revoked), text: name, number.

    Refusals: NOT_ALLOWED (who sees numbers only, or leads nothing).
    """
    query = _rows().where(_mine(actor, at))
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text) | (PersonCard.serial == wanted.text.lower()))
    if state := wanted.chosen("state"):
        query = query.where(PersonCard.revoked_at.is_null(state == "living"))
    return cut(
        query, wanted=wanted, sorts={"name": Volunteer.name, "issued": PersonCard.issued_at}, default="-issued",
        tie=PersonCard.id, row=_view,
    )  # fmt: skip


def _mine(actor: Actor, at: datetime) -> Any:
    led = leading.own_teams(actor=actor, at=at)
    readable = scopes.readable(actor=actor, at=at)
    if not led and not readable:
        raise Refusal(C.NOT_ALLOWED)
    members = TeamMember.select(TeamMember.volunteer).where(
        TeamMember.to_at.is_null(), TeamMember.team.in_(led)
    )
    if not readable:
        return PersonCard.volunteer.in_(members)
    there = belonging.people_in(readable)
    return there | PersonCard.volunteer.in_(members) if led else there


def team_cards(*, actor: Actor, team_code: str, at: datetime) -> tuple[str, list[str]]:
    """(the team's name, public numbers of its members with a card). Refusals: NOT_FOUND, NOT_ALLOWED."""
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=team.id, at=at)
    rows = (
        Volunteer.select(Volunteer.public_no)
        .join(TeamMember, on=TeamMember.volunteer == Volunteer.id)
        .switch(Volunteer)
        .join(PersonCard, on=PersonCard.volunteer == Volunteer.id)
        .where(TeamMember.team == team.id, TeamMember.to_at.is_null(), PersonCard.revoked_at.is_null())
        .order_by(Volunteer.name, Volunteer.id)
        .limit(MOST_CARDS)
    )
    return str(team.name), [str(row.public_no) for row in rows]


def sheet(*, parts: Parts, actor: Actor, people: Sequence[str], at: datetime) -> bytes:
    """The living cards of these people as a PDF to print and cut. Refusals: `proxies.require_helper` for each, save
    that one's own card is no gain to print; NOT_FOUND if none of them has a card."""
    found = []
    for public_no in list(dict.fromkeys(people))[:MOST_CARDS]:
        person = belonging.seen_person(actor=actor, public_no=public_no, at=at)
        if person.id != actor.volunteer_id:
            proxies.require_helper(actor=actor, public_no=public_no, at=at)
        card = _living(person.id)
        if card is not None:
            found.append((person, card))
            audit.note(
                actor=actor,
                verb="card.print",
                subject=f"volunteer:{person.id}",
                detail={"card": card.serial},
                at=at,
            )
    if not found:
        raise Refusal(C.NOT_FOUND)
    paper = Paper(title=say("paper.card.title"), made_at=at, first_page=False)
    paper.pages.set_auto_page_break(False)
    paper.pages.numbered = False
    for number, (person, card) in enumerate(found):
        place = number % (COLUMNS * ROWS)
        if place == 0:
            paper.pages.add_page()
        x, y = MARGIN + (place % COLUMNS) * (CARD[0] + 4), 8 + (place // COLUMNS) * (CARD[1] + 1)
        _draw(parts, paper, person, card, x, y)
    return paper.pdf()


def _draw(parts: Parts, paper: Paper, person: Volunteer, card: PersonCard, x: float, y: float) -> None:
    home = (
        TeamMember.select(Team.short_name)
        .join(Team)
        .where(TeamMember.volunteer == person.id, TeamMember.to_at.is_null())
        .order_by(TeamMember.home.desc(), TeamMember.id)
        .limit(1)
        .scalar()
    )
    paper.frame(x=x, y=y, width=CARD[0], height=CARD[1])
    paper.text_at(
        say("paper.card.heading", brand=parts.brand), x=x + 3, y=y + 2.5, width=CARD[0] - 6, size=11
    )
    if card.photo_id is not None:
        picture = files.opened(parts=parts, file_id=card.photo_id)
        paper.picture(picture, x=x + 3, y=y + 11, width=20, height=27)
    paper.text_at(str(person.name), x=x + 25, y=y + 10.5, width=26, size=15, height=11)
    belongs = str(home or regions.path_name(person.region_code))
    paper.text_at(belongs, x=x + 25, y=y + 21.5, width=26, size=9, height=6.3)
    paper.text_at(say("paper.card.number", serial=card.serial), x=x + 25, y=y + 28, width=26, size=9)
    paper.text_at(
        say("paper.card.since", day=local_day(card.issued_at).isoformat()), x=x + 25, y=y + 34, width=26, size=8,
        grey=True,
    )  # fmt: skip
    code = codes.card_code(sign_key=parts.sign_key, serial=card.serial)
    paper.code(f"{parts.public_url}/q/{code}", x=x + 51, y=y + 9, size=32)
    paper.text_at(say("paper.card.hint"), x=x + 3, y=y + 43, width=CARD[0] - 6, size=8, grey=True)
    paper.text_at(say("paper.card.lost"), x=x + 3, y=y + 48, width=CARD[0] - 6, size=8, grey=True)
