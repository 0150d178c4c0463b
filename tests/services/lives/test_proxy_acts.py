"""代办 of what somebody does about his teams, numbers and consents: his own act, never by one who gains."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from models import Application, Consent, Delivery, HomeTransfer, ProxyAct, TeamMember, Volunteer, store
from services import decisions
from services.accounts import enrolment, registration
from services.errors import RefusalCode
from services.lives import proxies, proxy_desk, transfers
from services.parts import Parts
from services.recruitment import applications
from tests.support import world
from tests.support.world import COUNTY, TOWN, World
from wording import entry

C = RefusalCode


@pytest.fixture
def do(parts: Parts, cast: World, photo: bytes, at: datetime) -> Callable[..., int]:
    """`officer` helps `chali`, who is in no team, unless told otherwise."""

    def act(act: str, subject: str = "", helper: Any = None, person: Any = None, **more: Any) -> int:
        facts = {"form": photo, "at": at, **more}
        return proxies.act_for(
            parts=parts, actor=cast.actor(helper or cast.officer, "console"),
            public_no=(person or cast.chali).public_no, act=act, subject=subject, **facts,
        )  # fmt: skip

    return act


@pytest.fixture
def station(cast: World, at: datetime) -> Volunteer:
    """A second officer of the township."""

    def act() -> Volunteer:
        made = world.make_volunteer(at, "周站长")
        world.grant(at, made, "station_officer", region=TOWN)
        return made

    return store.write(act)


def offered(cast: World, at: datetime) -> str:
    return applications.recommend(
        actor=cast.actor(cast.ali, "console"), team_code=cast.team.code, public_no=cast.chali.public_no,
        statement="老班长", at=at,
    ).code  # fmt: skip


def told(kind: str) -> list[int]:
    return sorted(row.volunteer_id for row in Delivery.select().where(Delivery.kind == kind))


def test_application_on_paper_is_his_own_and_its_writer_does_not_decide(
    do: Any, cast: World, station: Volunteer, at: datetime, refusal: Any
) -> None:
    do("apply", cast.team.code, value="想出力")
    made = Application.get()
    assert (made.state, made.route, made.volunteer_id, made.statement, made.door) == (
        "submitted", "self", cast.chali.id, "想出力", "proxy",
    )  # fmt: skip
    facts = {"code": made.code, "reason": "再看看", "at": at}
    assert refusal(applications.refuse, actor=cast.actor(cast.officer), **facts) == C.OWN_RECORD
    applications.refuse(actor=cast.actor(station), **facts)
    assert Application.get().decided_by_id == station.id


def test_only_officer_who_writes_an_application_is_not_asked_to_decide_it(
    do: Any, cast: World, station: Volunteer
) -> None:
    do("apply", cast.team.code, helper=station)
    assert told("application_waiting") == sorted([cast.ali.id, cast.officer.id])


def test_yes_to_a_recommendation_is_written_by_anybody_but_the_recommender(
    do: Any, cast: World, at: datetime, refusal: Any
) -> None:
    store.write(lambda: world.grant(at, cast.ali, "station_officer", region=TOWN))
    code = offered(cast, at)
    for act in ("offer_yes", "offer_no"):
        assert refusal(do, act=act, subject=code, helper=cast.ali) == C.PROXY_GAINS
    do("offer_yes", code)
    assert (Application.get().state, ProxyAct.select().count()) == ("submitted", 1)


def test_recommendation_is_declined_on_paper(do: Any, cast: World, at: datetime) -> None:
    do("offer_no", offered(cast, at))
    assert (Application.get().state, told("application_declined")) == ("declined", [cast.ali.id])


def test_refusal_is_answered_on_paper_but_not_by_who_refused(
    do: Any, cast: World, station: Volunteer, at: datetime, refusal: Any
) -> None:
    do("apply", cast.team.code, helper=station)
    code = Application.get().code
    applications.refuse(actor=cast.actor(cast.officer), code=code, reason="没见到人", at=at)
    assert refusal(do, act="reply", subject=code, value="我在") == C.PROXY_GAINS
    assert refusal(do, act="reply", subject=code, value=" ", helper=station) == C.TEXT_EMPTY
    do("reply", code, helper=station, value="我在")
    assert (Application.get().reply, told("application_replied")) == ("我在", [cast.officer.id])


def test_application_is_withdrawn_on_paper(do: Any, cast: World) -> None:
    do("apply", cast.team.code)
    do("withdraw", Application.get().code)
    assert Application.get().state == "withdrawn"


def test_team_is_left_on_paper(do: Any, cast: World) -> None:
    do("leave", cast.team.code, helper=cast.ali, person=cast.xiaobo)
    assert TeamMember.get(TeamMember.volunteer == cast.xiaobo).ended_why == "left"


def test_move_on_paper_is_decided_by_somebody_else(
    do: Any, cast: World, station: Volunteer, at: datetime, refusal: Any
) -> None:
    do("transfer", cast.other_team.code, person=cast.xiaobo, value="搬家")
    code = HomeTransfer.get().code
    assert refusal(transfers.approve, actor=cast.actor(cast.officer), code=code, at=at) == C.OWN_RECORD
    transfers.approve(actor=cast.actor(station), code=code, at=at)
    assert HomeTransfer.get().state == "done"


def test_word_to_a_move_is_not_written_by_who_asked_for_it(
    do: Any, cast: World, station: Volunteer, at: datetime, refusal: Any
) -> None:
    code = transfers.ask_for(
        actor=cast.actor(cast.ali), public_no=cast.xiaobo.public_no, team_code=cast.other_team.code, reason="搬家",
        at=at,
    ).code  # fmt: skip
    facts = {"subject": code, "person": cast.xiaobo}
    for act in ("transfer_yes", "transfer_no"):
        assert refusal(do, act=act, helper=cast.ali, **facts) == C.PROXY_GAINS
    do("transfer_yes", helper=station, **facts)
    assert HomeTransfer.get().agreed_at == at
    do("transfer_back", helper=station, **facts)
    assert HomeTransfer.get().state == "withdrawn"


def test_national_number_is_reported_on_paper(do: Any, cast: World, refusal: Any) -> None:
    assert refusal(do, act="national", value="一二三") == C.NATIONAL_NO_INVALID
    do("national", value="340000 000001")
    kept = Volunteer.get_by_id(cast.chali.id)
    assert (kept.national_no, kept.national_state) == ("340000000001", "reported")


def test_consent_is_withdrawn_on_paper(do: Any, cast: World, at: datetime) -> None:
    store.write(
        lambda: enrolment.keep_consents(
            volunteer_id=cast.chali.id, purposes=["service"], channel="paper", at=at
        )
    )
    do("consent_no", "service")
    assert [(row.given, row.channel) for row in Consent.select().order_by(Consent.id)] == [
        (True, "paper"), (False, "proxy"),
    ]  # fmt: skip


def test_who_wrote_a_request_is_known_by_what_it_is_about(do: Any, cast: World) -> None:
    do("apply", cast.team.code)
    facts = {"volunteer_id": cast.chali.id}
    assert decisions.hands(about=[cast.team.code], **facts) == {cast.officer.id}
    assert decisions.hands(about=["other"], **facts) == set()


def test_desk_offers_what_fits(parts: Parts, cast: World, at: datetime) -> None:
    def shown(person: Volunteer, act: str = "", text: str = "") -> proxy_desk.Desk:
        actor = cast.actor(cast.officer, "console")
        return proxy_desk.desk(
            parts=parts, actor=actor, public_no=person.public_no, act=act, text=text, at=at
        )

    always = ("sign_up", "cancel", "check_in", "check_out")
    anybody = ("phone", "correct_name", "correct_document", "national", "skill", "wish", "paper")
    assert shown(cast.chali).acts == (*always, "apply", *anybody)
    assert shown(cast.xiaobo).acts == (*always, "apply", "leave", "transfer", *anybody, "promise")
    assert [one.key for one in shown(cast.xiaobo, "sign_up").chances] == [cast.shift.code]
    assert [one.key for one in shown(cast.xiaobo, "promise").chances] == [
        "pledge",
        f"agreement:{cast.team.code}",
    ]
    assert [one.key for one in shown(cast.xiaobo, "apply", "西湖").chances] == [cast.other_team.code]
    titles = [title for title, _ in shown(cast.xiaobo, "apply").texts]
    assert (len(titles), shown(cast.xiaobo, "leave").texts) == (2, [])
    assert shown(cast.xiaobo, "offer_yes").act == ""
    code = offered(cast, at)
    assert shown(cast.chali).acts == (*always, "offer_yes", "offer_no", "apply", *anybody)
    assert [(one.key, one.title) for one in shown(cast.chali, "offer_yes").chances] == [
        (code, cast.team.name)
    ]


def test_desk_of_somebody_invited_offers_his_enrolment_alone(parts: Parts, cast: World, at: datetime) -> None:
    person = store.write(lambda: world.make_volunteer(at, "吴受邀", state="invited", region_code=COUNTY))
    actor = cast.actor(cast.officer, "console")
    assert proxy_desk.desk(parts=parts, actor=actor, public_no=person.public_no, at=at).acts == ("enrol",)


def test_paper_that_joins_a_team_carries_the_consent_he_took_back(
    do: Any, parts: Parts, cast: World, at: datetime
) -> None:
    registration.decide_consent(actor=cast.actor(cast.chali), purpose="service", given=False, at=at)
    actor = cast.actor(cast.officer, "console")
    shown = proxy_desk.desk(parts=parts, actor=actor, public_no=cast.chali.public_no, act="apply", at=at)
    assert shown.texts[-1] == (entry("consents.service.title"), entry("consents.service.text"))
    do("apply", cast.team.code)
    assert [(row.given, row.channel) for row in Consent.select().order_by(Consent.id)] == [
        (False, "api"), (True, "proxy")
    ]  # fmt: skip
