"""我的数据: a person asks for a copy of everything about him; the worker makes it, for a day it is his to fetch.

His numbers stand in it in full if he says his ID number when he asks: that shows that it is he and not somebody with
his phone. Without it they are masked, as everywhere. The copy is kept sealed and only given to himself, through the
session of his phone or an address of ten minutes (WeChat hands files to another browser).
"""

from __future__ import annotations

import base64
import hmac
import json
from datetime import datetime, timedelta
from functools import partial

from frozen import dataclass
from models import DataCopy, Volunteer, store
from models.dialect import IntegrityError
from models.store import Write
from services import audit, limits
from services.actors import Actor
from services.codes import file_mac, new_code
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.parts import Parts
from services.privacy import gathering, own_paper

C = RefusalCode
#: How long a copy may be fetched, and how long its bare address opens.
LIVES, LINK_FOR = timedelta(hours=24), timedelta(minutes=10)
#: Copies one person may ask for in a day, and wrong ID numbers in ten minutes.
MOST, DAY_SECONDS = 5, 86400
WRONG, WRONG_SECONDS = 5, 600
#: Copies made in one beat of the worker.
AT_ONCE = 5
JSON, PDF = "json", "pdf"


@dataclass(frozen=True, slots=True)
class OwnCopy:
    """A copy as its owner sees it; `whole`: the numbers stand in it in full. `until` is when it goes."""

    code: str
    state: str
    whole: bool
    asked_at: datetime
    until: datetime


def ask(*, parts: Parts, actor: Actor, document: str = "", at: datetime) -> OwnCopy:
    """Ask for a copy; one that waits or lies ready, with as much in it, is the answer to the next asking.

    `document`: his ID number as he types it, for a copy with his numbers in full; "" for a masked one. Refusals:
    NOT_REGISTERED, TOO_MANY_TRIES, OWN_NUMBER_WRONG.
    """
    me = _me(actor)
    if document.strip():
        _check_number(parts, me, document, at)
    whole = bool(document.strip())
    standing = _standing(me, whole, at)
    if standing is not None:
        return _brief(standing)
    limits.count(key=f"data_copy|{me}", limit=MOST, seconds=DAY_SECONDS, at=at)

    def act() -> DataCopy:
        DataCopy.delete().where(DataCopy.volunteer == me, DataCopy.state == "asked").execute()
        made = DataCopy.create(
            code=new_code(16), volunteer=me, state="asked", whole=whole, asked_at=at, until=at + LIVES
        )
        audit.note(actor=actor, verb="data.copy", subject=f"volunteer:{me}", detail={"whole": whole}, at=at)
        assert isinstance(made, DataCopy)
        return made

    try:
        return _brief(store.write(act))
    except IntegrityError:  # asked twice in one moment
        found = _standing(me, False, at)
        if found is None:
            raise
        return _brief(found)


def _check_number(parts: Parts, me: int, document: str, at: datetime) -> None:
    """That he knows his ID number shows that it is he. Refusals: TOO_MANY_TRIES, OWN_NUMBER_WRONG."""
    limits.count(key=f"own_number|{me}", limit=WRONG, seconds=WRONG_SECONDS, at=at)
    person = Volunteer.get_by_id(me)
    if person.document_sealed is None:
        raise Refusal(C.OWN_NUMBER_WRONG)
    kept = parts.vault.open(person.document_sealed, f"volunteer.document:{person.public_no}")
    typed, known = (parts.vault.index("id_no", number) for number in (document, kept))
    if not hmac.compare_digest(typed, known):
        raise Refusal(C.OWN_NUMBER_WRONG)
    store.write(lambda: limits.forget(key=f"own_number|{me}"))


def _standing(me: int, whole: bool, at: datetime) -> DataCopy | None:
    alive = DataCopy.select().where(DataCopy.volunteer == me, DataCopy.until > at)
    found = alive.where(DataCopy.whole == True) if whole else alive  # noqa: E712
    newest = found.order_by(DataCopy.id.desc()).first()
    return newest if isinstance(newest, DataCopy) else None


def mine(*, volunteer_id: int, at: datetime) -> list[OwnCopy]:
    """The person's copies that live, newest first."""
    rows = DataCopy.select(
        DataCopy.code, DataCopy.state, DataCopy.whole, DataCopy.asked_at, DataCopy.until
    ).where(DataCopy.volunteer == volunteer_id, DataCopy.until > at)
    return [_brief(row) for row in rows.order_by(DataCopy.id.desc())]


def make_due(*, parts: Parts, at: datetime, write: Write = store.write) -> int:
    """Make the copies that were asked for, and throw those away whose day is over; how many were made. A worker that
    stopped in the middle begins that one anew."""
    over = [row.id for row in DataCopy.select(DataCopy.id).where(DataCopy.until <= at).limit(AT_ONCE)]
    if over:
        write(DataCopy.delete().where(DataCopy.id.in_(over), DataCopy.until <= at).execute)
    waiting = DataCopy.select(DataCopy.id).where(DataCopy.state == "asked").order_by(DataCopy.id).limit(AT_ONCE)
    return sum(_make(parts, row.id, at, write) for row in list(waiting))


def _make(parts: Parts, number: int, at: datetime, write: Write) -> int:
    row = DataCopy.get_or_none(DataCopy.id == number)
    if row is None:
        return 0
    copy = gathering.gather(parts=parts, volunteer_id=row.volunteer_id, whole=row.whole, at=at)
    paper = own_paper.drawn(copy, at=at)
    text = json.dumps(copy, ensure_ascii=False, indent=1)
    both = json.dumps({JSON: text, PDF: base64.b64encode(paper).decode()}, ensure_ascii=False)
    sealed, key = parts.vault.seal(both, _place(row.code))
    return write(partial(_ready, row, sealed, key, at))


def _ready(row: DataCopy, sealed: bytes, key: str, at: datetime) -> int:
    """Lay the copy down, unless it was taken back or made meanwhile; its day begins now."""
    done = DataCopy.update(state="ready", sealed=sealed, sealed_key=key, ready_at=at, until=at + LIVES).where(
        DataCopy.id == row.id, DataCopy.state == "asked"
    )
    if not done.execute():
        return 0
    telling.tell(kind="data_ready", people=[row.volunteer_id], key=row.code, at=at, url="/m/me/data")
    return 1


def fetch(*, parts: Parts, actor: Actor, code: str, form: str, at: datetime) -> bytes:
    """The file, for himself alone; that it was taken is in the audit. `form`: json or pdf.

    Refusals: NOT_REGISTERED, NOT_FOUND (not his, not ready, or its day is over).
    """
    me = _me(actor)
    found = DataCopy.get_or_none(DataCopy.code == code, DataCopy.volunteer == me)
    return _opened(parts, actor, found, form, at)


def link(*, parts: Parts, code: str, form: str, at: datetime) -> str:
    """Where the file lies for ten minutes for a browser that does not know him. The caller knows that it is his."""
    until = f"{int((at + LINK_FOR).timestamp()):x}"
    return f"/d/{code}.{until}.{_mac(parts, code, form, until)}.{form}"


def by_link(*, parts: Parts, link: str, at: datetime) -> tuple[bytes, str]:
    """(file, json or pdf) by the end of such an address. Refusals: NOT_FOUND (not ours, over, not ready)."""
    if link.count(".") != 3:
        raise Refusal(C.NOT_FOUND)
    code, until, mac, form = link.split(".")
    good = hmac.compare_digest(_mac(parts, code, form, until).encode(), mac.encode())
    if not good or int(until, 16) < at.timestamp():
        raise Refusal(C.NOT_FOUND)
    found = DataCopy.get_or_none(DataCopy.code == code)
    owner = Actor("pages", found.volunteer_id) if found is not None else Actor("pages", None)
    return _opened(parts, owner, found, form, at), form


def _mac(parts: Parts, code: str, form: str, until: str) -> str:
    return file_mac(sign_key=parts.sign_key, code=f"own|{code}|{form}", until=until)


def _opened(parts: Parts, actor: Actor, found: DataCopy | None, form: str, at: datetime) -> bytes:
    if found is None or found.state != "ready" or found.until <= at or form not in (JSON, PDF):
        raise Refusal(C.NOT_FOUND)
    if Volunteer.get_by_id(found.volunteer_id).state != "active":
        raise Refusal(C.NOT_FOUND)
    assert found.sealed is not None
    both = json.loads(parts.vault.open(found.sealed, _place(found.code)))
    audit.note(
        actor=actor, verb="data.taken", subject=f"volunteer:{found.volunteer_id}", detail={"form": form}, at=at
    )
    return str(both[JSON]).encode() if form == JSON else base64.b64decode(both[PDF])


def _place(code: str) -> str:
    return f"data_copy:{code}"


def _brief(row: DataCopy) -> OwnCopy:
    return OwnCopy(row.code, row.state, bool(row.whole), row.asked_at, row.until)


def _me(actor: Actor) -> int:
    if actor.volunteer_id is None:
        raise Refusal(C.NOT_REGISTERED)
    return actor.volunteer_id
