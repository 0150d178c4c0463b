"""A person's copy of his data: what is in it, whose it is, how long it lives."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pypdfium2
import pytest

from models import AuditEntry, Consent, DataCopy, Delivery, Skill, Volunteer, store
from services.errors import Refusal, RefusalCode
from services.privacy import own_copy
from services.privacy.own_copy import LINK_FOR, LIVES
from tests.services.privacy.people import NUMBER, PHONE, full, matter
from tests.support.fakes import make_parts
from tests.support.world import World

PARTS = make_parts()
MOMENT = timedelta(milliseconds=1)


@pytest.fixture
def me(cast: World, at: datetime) -> Volunteer:
    return full(cast, PARTS, at)


def made(cast: World, at: datetime, **more: Any) -> tuple[str, dict[str, Any]]:
    asked = own_copy.ask(parts=PARTS, actor=cast.actor(cast.xiaobo), at=at, **more)
    assert own_copy.make_due(parts=PARTS, at=at) == 1
    body = own_copy.fetch(parts=PARTS, actor=cast.actor(cast.xiaobo), code=asked.code, form="json", at=at)
    return asked.code, json.loads(body)


def refused(act: Any, **facts: Any) -> RefusalCode:
    with pytest.raises(Refusal) as no:
        act(**facts)
    return no.value.code


def test_copy_holds_what_every_table_has_of_him(cast: World, me: Volunteer, at: datetime) -> None:
    _, copy = made(cast, at)
    assert (copy["identity"]["name"], copy["identity"]["public_no"]) == (me.name, me.public_no)
    assert [each["purpose"] for each in matter(copy, "consent")] == ["id_number", "service"]
    assert [each["clash_reason"] for each in matter(copy, "signup") if "clash_reason" in each] == ["下午才有空"]
    assert [each["minutes"] for each in matter(copy, "service_record")] == [125]
    assert [each["amount"] for each in matter(copy, "minute_entry")] == [125]
    assert [each["amount"] for each in matter(copy, "point_entry")] == [2]
    assert [each["words"] for each in matter(copy, "evaluation")] == ["安排得好"]
    assert [each["words"] for each in matter(copy, "said_of_me")] == ["很踏实"]
    assert [each["text"] for each in matter(copy, "ticket_line")] == ["我的时长少了"]
    assert [each["team"] for each in matter(copy, "team_member")] == [cast.team.name]
    assert "两份登记合并" in [each["title"] for each in matter(copy, "delivery")]
    looks = [(each["verb"], each["what"], each["reason"]) for each in copy["looks"] if not each["by_himself"]]
    assert looks == [("person.reveal", "phone", "通知体检")]


def test_copy_names_nobody_else(cast: World, me: Volunteer, at: datetime) -> None:
    _, copy = made(cast, at, document=NUMBER)
    text = json.dumps(copy, ensure_ascii=False)
    assert [each.name in text for each in (cast.ali, cast.officer)] == [False, False]


@pytest.mark.parametrize(("document", "shown"), [("", ("341522********003", "138****8000")), (NUMBER, (NUMBER, PHONE))])
def test_numbers_are_in_full_for_whoever_knows_his_id_number(
    cast: World, me: Volunteer, at: datetime, document: str, shown: tuple[str, str]
) -> None:
    _, copy = made(cast, at, document=document)
    number = copy["identity"]["document"]
    assert (number[: len(shown[0])], copy["identity"]["phone"]) == shown
    assert copy["about"]["numbers_in_full"] is bool(document)


def test_wrong_id_number_gets_nothing_and_only_so_often(cast: World, me: Volunteer, at: datetime) -> None:
    wrong = {"parts": PARTS, "actor": cast.actor(me), "document": "110105194912310021", "at": at}
    assert [refused(own_copy.ask, **wrong) for _ in range(own_copy.WRONG)] == [RefusalCode.OWN_NUMBER_WRONG] * 5
    assert refused(own_copy.ask, **{**wrong, "document": NUMBER}) == RefusalCode.TOO_MANY_TRIES
    assert DataCopy.select().count() == 0


def test_copy_is_his_alone(cast: World, me: Volunteer, at: datetime) -> None:
    code, _ = made(cast, at)
    other = cast.actor(cast.officer)
    no = refused(own_copy.fetch, parts=PARTS, actor=other, code=code, form="json", at=at)
    assert (no, own_copy.mine(volunteer_id=cast.officer.id, at=at)) == (RefusalCode.NOT_FOUND, [])


def test_copy_lies_for_a_day_and_its_address_for_ten_minutes(cast: World, me: Volunteer, at: datetime) -> None:
    code, _ = made(cast, at)
    mine = {"parts": PARTS, "actor": cast.actor(me), "code": code, "form": "pdf"}
    last = at + LIVES - MOMENT
    assert own_copy.fetch(**mine, at=last)[:4] == b"%PDF"
    assert refused(own_copy.fetch, **mine, at=at + LIVES) == RefusalCode.NOT_FOUND
    link = own_copy.link(parts=PARTS, code=code, form="json", at=at).removeprefix("/d/")
    assert own_copy.by_link(parts=PARTS, link=link, at=at + LINK_FOR)[1] == "json"
    over = at + LINK_FOR + timedelta(seconds=1)
    for wrong, when in ((link, over), (link.replace("json", "pdf"), at), (link[:-9] + "aaaa.json", at), ("a.b", at)):
        assert refused(own_copy.by_link, parts=PARTS, link=wrong, at=when) == RefusalCode.NOT_FOUND


def test_asked_again_it_is_the_same_copy_and_five_in_a_day_are_enough(cast: World, me: Volunteer, at: datetime) -> None:
    ask = {"parts": PARTS, "actor": cast.actor(me)}
    first = own_copy.ask(**ask, at=at)
    assert own_copy.ask(**ask, at=at).code == first.code
    own_copy.make_due(parts=PARTS, at=at)
    assert own_copy.ask(**ask, at=at).code == first.code
    for _ in range(own_copy.MOST - 1):
        store.write(DataCopy.delete().execute)
        own_copy.ask(**ask, at=at)
    store.write(DataCopy.delete().execute)
    assert refused(own_copy.ask, **ask, at=at) == RefusalCode.TOO_MANY_TRIES


def test_made_copy_is_told_and_lies_sealed(cast: World, me: Volunteer, at: datetime) -> None:
    made(cast, at, document=NUMBER)
    row = DataCopy.get()
    assert NUMBER.encode() not in bytes(row.sealed)
    assert Delivery.select().where(Delivery.kind == "data_ready").count() == 1
    noted = AuditEntry.select().where(AuditEntry.verb.startswith("data.")).order_by(AuditEntry.id)
    assert [each.verb for each in noted] == ["data.copy", "data.taken"]


def test_what_is_not_told_yet_is_not_in_it(cast: World, me: Volunteer, at: datetime) -> None:
    from models import AssessmentCard, AssessmentCycle

    def card(**more: Any) -> None:
        cycle = AssessmentCycle.create(code="c2026", region_code=me.region_code, year="2026", seed="s", created_at=at)
        AssessmentCard.create(
            code="card0001", cycle=cycle, year="2026", volunteer=me, team=cast.team, region_code=me.region_code,
            joined_at=at, state="decided", grade="fail", reason="少", total=40, created_at=at, **more,
        )  # fmt: skip

    store.write(card)
    _, copy = made(cast, at)
    assert {"grade", "reason", "total"} & set(matter(copy, "assessment_card")[0]) == set()
    store.write(lambda: AssessmentCard.update(told_at=at).execute())
    store.write(DataCopy.delete().execute)
    _, copy = made(cast, at)
    assert matter(copy, "assessment_card")[0]["grade"] == "fail"


def test_paper_says_the_same_in_words(cast: World, me: Volunteer, at: datetime) -> None:
    code, _ = made(cast, at, document=NUMBER)
    body = own_copy.fetch(parts=PARTS, actor=cast.actor(me), code=code, form="pdf", at=at)
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(body)).replace("\r\n", "")
    for word in (me.name, NUMBER, "谁查看、操作过我的信息", "通知体检", "霍邱县", "安排得好", "我的时长少了"):
        assert word in text, word
    assert Consent.select().where(Consent.volunteer == me).count() == 2
    assert Skill.select().where(Skill.code == "driving").count() == 1
