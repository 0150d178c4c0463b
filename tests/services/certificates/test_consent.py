"""A certificate stands on the ID number: whoever took that consent back gets none until he agrees again (PIPL §15)."""

from __future__ import annotations

from datetime import datetime

from models import Certificate, Volunteer
from services.accounts import registration
from services.actors import Actor
from services.certificates import asking, deciding
from services.errors import RefusalCode
from tests.services.certificates.test_issuing import DAY, policy, refused
from tests.services.certificates.world import EVER, PARTS, seal, serve
from tests.support.world import World

C = RefusalCode


def number_rests(person: Volunteer, at: datetime, *, given: bool = False) -> None:
    registration.decide_consent(actor=Actor("h5", person.id), purpose="id_number", given=given, at=at)


def test_number_taken_back_since_it_was_asked_for_stops_the_issue(cast: World, at: datetime) -> None:
    serve(cast, at)
    seal(cast, at)
    me, office = cast.actor(cast.xiaobo), cast.actor(cast.officer, "console")
    [code] = asking.ask(parts=PARTS, actor=me, scope=EVER, at=at)
    number_rests(cast.xiaobo, at)
    asked = {"parts": PARTS, "public_no": cast.xiaobo.public_no, "scope": EVER, "actor": office, "at": at}
    assert refused(lambda: deciding.issue(parts=PARTS, actor=office, code=code, at=at)) is C.OTHER_CONSENT
    assert refused(lambda: asking.issue_for(**asked)) is C.OTHER_CONSENT
    assert Certificate.get().state == "requested"
    number_rests(cast.xiaobo, at, given=True)
    assert deciding.issue(parts=PARTS, actor=office, code=code, at=at) == "valid"
    number_rests(cast.xiaobo, at)
    assert refused(lambda: asking.ask_again(parts=PARTS, actor=me, code=code, at=at)) is C.CONSENT_WITHDRAWN
    assert refused(lambda: deciding.reissue(parts=PARTS, actor=office, code=code, at=at)) is C.OTHER_CONSENT
    assert [row.state for row in Certificate.select()] == ["valid"]


def test_number_taken_back_while_the_notice_runs_leaves_it_to_the_centre(cast: World, at: datetime) -> None:
    serve(cast, at)
    seal(cast, at)
    policy(at, notice_days=5)
    [code] = asking.ask(parts=PARTS, actor=cast.actor(cast.xiaobo), scope=EVER, at=at)
    office = cast.actor(cast.officer, "console")
    assert deciding.issue(parts=PARTS, actor=office, code=code, at=at) == "announced"
    number_rests(cast.xiaobo, at)
    assert deciding.notice_over(parts=PARTS, at=at + 7 * DAY) == 1
    assert (Certificate.get().state, Certificate.get().number) == ("requested", None)


def test_whole_team_goes_without_whoever_took_his_number_back(cast: World, at: datetime) -> None:
    for person in (cast.xiaobo, cast.ali):
        serve(cast, at, person=person)
    seal(cast, at)
    number_rests(cast.xiaobo, at)
    done = asking.issue_team(
        parts=PARTS, actor=cast.actor(cast.officer, "console"), team_code=cast.team.code, scope=EVER, at=at
    )
    assert (len(done.issued), done.left_out) == (1, [cast.xiaobo.name])
