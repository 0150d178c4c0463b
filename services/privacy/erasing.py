"""Who somebody is is erased, what he did stays under his number (PIPL §47): by the table of personal data.

What ran ends as at a death; his words of consent about others' showing him are taken back; rows said to be dropped go,
columns said to be erased are emptied, of him and of the entries that were merged into his. Append-only books and
histories stay as they are: they hold his number. Inside the caller's write.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from peewee import Expression, ForeignKeyField

from models import (
    Certificate,
    Delivery,
    GuardianConsent,
    Insurance,
    Makeup,
    MakeupBatch,
    Need,
    PersonCard,
    ProxyAct,
    Qualification,
    Redemption,
    Reward,
    StoredFile,
    Story,
    StoryPerson,
    StoryPhoto,
    TransferredHours,
    Volunteer,
    WechatIdentity,
)
from models.base import JsonText
from services.accounts import sessions
from services.accounts.documents import mask_name
from services.actors import Actor
from services.certificates import asking, proving
from services.codes import new_code
from services.errors import Refusal
from services.lives import cards, ending
from services.mall import handing
from services.parts import Parts
from services.planning import needs
from services.privacy.table import Table, field_of, models, rows_of, tables
from services.stories import consents
from wording import say

#: Files that show or prove somebody, and everything else that may still speak of a file.
OWN_FILES = ((Qualification, "proof"), (PersonCard, "photo"), (GuardianConsent, "form"))
OTHER_FILES = (
    (ProxyAct, "form"), (Makeup, "proof"), (MakeupBatch, "photo"), (StoryPhoto, "file"),
    (TransferredHours, "proof_file"), (Insurance, "proof"), (Reward, "photo"),
)  # fmt: skip
#: A county: enough to count by, too wide to find anybody in.
COUNTY = 6


def erase(*, parts: Parts, volunteer_id: int, at: datetime) -> None:
    """Erase one person. What he still held anywhere ends by the acts that end it for anybody."""
    person = Volunteer.get_by_id(volunteer_id)
    me = Actor("worker", volunteer_id)
    ending.end_all(person, why="left", at=at)
    _end_requests(me, volunteer_id, at)
    _take_back_stories(me, volunteer_id, at)
    cards.end(actor=me, volunteer_id=volunteer_id, reason=say("personal_data.closed.card"), at=at)
    sessions.close_all(volunteer_id=volunteer_id, at=at)
    people = entries_of(volunteer_id)
    files = _files(people)
    _mask_certificates(people, at)
    _drop(people)
    for table in tables().values():
        if table.erased:
            _empty(table, people)
    _forget_files(files)


def _end_requests(me: Actor, volunteer_id: int, at: datetime) -> None:
    redeemed = Redemption.select().where(Redemption.volunteer == volunteer_id, Redemption.state == "waiting")
    for code in [row.code for row in redeemed]:
        handing.cancel(actor=me, code=code, at=at)
    asked = Certificate.select().where(Certificate.volunteer == volunteer_id, Certificate.state == "requested")
    for code in [row.code for row in asked]:
        asking.cancel(actor=me, code=code, at=at)
    for need in list(Need.select().where(Need.volunteer == volunteer_id, Need.state.in_(needs.UNCLAIMED))):
        needs.take_back(need=need, actor=me, at=at)


def _take_back_stories(me: Actor, volunteer_id: int, at: datetime) -> None:
    mine = (StoryPerson.volunteer == volunteer_id) & StoryPerson.state.in_(("given", "waiting"))
    shown = StoryPerson.select(StoryPerson, Story).join(Story).where(mine)
    for state, code in [(row.state, row.story.code) for row in shown]:
        try:
            if state == "given":
                consents.take_back(actor=me, code=code, at=at)
            else:
                consents.answer(actor=me, code=code, agrees=False, at=at)
        except Refusal:  # it does not ask him now: nothing of him is shown
            continue


def entries_of(volunteer_id: int) -> list[int]:
    """His entry and those that were merged into it, over however many steps."""
    found, newest = [volunteer_id], [volunteer_id]
    while newest:
        query = Volunteer.select(Volunteer.id).where(Volunteer.merged_into.in_(newest), Volunteer.id.not_in(found))
        newest = [row.id for row in query]
        found += newest
    return found


def _mask_certificates(people: list[int], at: datetime) -> None:
    """A certificate stays true for whoever holds the paper: the page says what it said to strangers, half the name and
    the number's end. The whole name and number go, so that it cannot be printed anew (docs/adr/0005)."""
    for row in Certificate.select().where(Certificate.volunteer.in_(people)):
        content = {**row.content, "name": mask_name(str(row.content.get("name", "")))} if row.content else {}
        Certificate.update(content=content, document=None).where(Certificate.id == row.id).execute()
        if row.state in proving.ISSUED:
            proving.keep(certificate_id=row.id, at=at)


def _drop(people: list[int]) -> None:
    """Rows that go, those first that hang on others."""
    Delivery.update(digest=None).where(
        Delivery.digest.in_(Delivery.select(Delivery.id).where(rows_of("delivery", people)))
    ).execute()
    for table in sorted((t for t in tables().values() if t.dropped), key=lambda t: t.via is None):
        models()[table.name].delete().where(rows_of(table.name, people)).execute()


def _empty(table: Table, people: list[int]) -> None:
    model = models()[table.name]
    rows = rows_of(table.name, people)
    if table.name == "certificate":
        return
    if table.name == "wechat_identity":
        _forget_wechat(rows)
        return
    values = {field_of(table.name, column): nothing(model._meta.columns[column]) for column in table.erased}
    if table.name == "volunteer":
        values |= {
            "name": say("personal_data.closed.name"), "identity": "social", "phone_proof": "none", "state": "left",
            "version": Volunteer.version + 1,
        }  # fmt: skip
        values.pop("region_code")
        for row in Volunteer.select().where(rows):
            Volunteer.update(**values, region_code=row.region_code[:COUNTY]).where(Volunteer.id == row.id).execute()
        return
    model.update(values).where(rows).execute()


def nothing(field: Any) -> Any:
    """What an emptied column holds."""
    if field.null:
        return None
    return field.default() if isinstance(field, JsonText) and callable(field.default) else ""


def _forget_wechat(rows: Expression) -> None:
    """Rows of an identity stay for what points at them; who it was at WeChat is gone; a word from him is a new one."""
    for row in list(WechatIdentity.select(WechatIdentity.id).where(rows)):
        WechatIdentity.update(
            openid=f"gone:{new_code(16)}", unionid=None, volunteer=None, former=None, former_until=None, tag="",
            following=False, union_checked=True, window_until=None, window_left=0,
        ).where(WechatIdentity.id == row.id).execute()  # fmt: skip


def _files(people: list[int]) -> set[int]:
    """Numbers of the files that show or prove him and that nothing else speaks of."""
    numbers: set[Any] = {row.photo_id for row in Volunteer.select().where(Volunteer.id.in_(people))}
    for model, name in OWN_FILES:
        numbers |= _column(model, name, model.volunteer.in_(people))
    found: set[int] = numbers - {None}
    for other, name in OTHER_FILES:
        found -= _column(other, name, getattr(other, name).in_(sorted(found)))
    return found


def _column(model: Any, name: str, rows: Expression) -> set[Any]:
    return {row[0] for row in model.select(getattr(model, name)).where(rows).tuples()}


def _forget_files(numbers: Iterable[int]) -> None:
    """Their rows; the pictures themselves are taken from the disk by the night's sweep."""
    wanted = sorted(numbers)
    for model, name in OWN_FILES:
        field = getattr(model, name)
        assert isinstance(field, ForeignKeyField)
        model.update({field: None}).where(field.in_(wanted)).execute()
    StoredFile.delete().where(StoredFile.id.in_(wanted)).execute()
