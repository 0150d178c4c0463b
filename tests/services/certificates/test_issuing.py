"""A certificate from the request to its end: who certifies what, who decides, what stays when the books move on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from models import (
    Certificate,
    CertificateSerial,
    Delivery,
    History,
    RuleSet,
    Team,
    Volunteer,
    store,
)
from services.actors import Actor
from services.certificates import asking, checking, comparing, deciding, paper, seals, views
from services.certificates.drafting import Scope
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.lives import merging
from services.messaging import still
from services.organisation import successions
from tests.services.certificates.world import EVER, PARTS, correct, issued, picture, seal, serve
from tests.support.world import (
    COUNTY,
    VILLAGE,
    World,
    grant,
    make_identity,
    make_region,
    make_volunteer,
)

C = RefusalCode
DAY = timedelta(days=1)


def refused(act: Callable[[], Any]) -> RefusalCode:
    with pytest.raises(Refusal) as no:
        act()
    return no.value.code


def told(kind: str) -> list[int]:
    return sorted(row.volunteer_id for row in Delivery.select().where(Delivery.kind == kind))


def policy(at: datetime, **params: Any) -> None:
    import json

    whole = {"at_once": False, "notice_days": 0, "answer_days": 5, **params}
    store.write(
        lambda: RuleSet.create(
            kind="certificates", region_code=COUNTY, version=1, params=json.dumps(whole), own=list(params),
            valid_from=at,
        )
    )


def test_asked_for_issued_and_withdrawn(cast: World, at: datetime) -> None:
    me, office = cast.actor(cast.xiaobo, "pages"), cast.actor(cast.officer, "console")
    asked = {"parts": PARTS, "actor": me, "at": at}
    assert refused(lambda: asking.ask(**asked, scope=EVER)) is C.CERTIFICATE_EMPTY
    serve(cast, at)
    serve(cast, at, minutes=60, days_ago=400, title="守堤", source="supplement")
    for scope, wrong in ((Scope("2026-02-30"), "first"), (Scope("2026-05-01", "2026-04-01"), "last"),
                         (Scope(team="nowhere"), "team")):  # fmt: skip
        with pytest.raises(Refusal) as no:
            asking.ask(**asked, scope=scope)
        assert (no.value.code, no.value.facts["field"]) == (C.FIELD_WRONG, wrong)
    assert asking.offer(volunteer_id=cast.xiaobo.id).years == ["2026", "2025"]
    [code] = asking.ask(**asked, scope=asking.year_scope("2026"))
    assert asking.ask(**asked, scope=asking.year_scope("2026")) == [code]
    assert asking.ask(**{**asked, "at": at + DAY}, scope=asking.year_scope("2026")) == [code]
    assert told("certificate_waiting") == [cast.officer.id]
    decide = {"parts": PARTS, "code": code, "at": at}
    assert refused(lambda: deciding.issue(**decide, actor=me)) is C.NOT_FOUND
    assert refused(lambda: deciding.issue(**decide, actor=office)) is C.SEAL_MISSING
    assert refused(lambda: paper.paper(**decide, actor=me)) is C.CERTIFICATE_STATE
    seal(cast, at)
    waits = Delivery.get(Delivery.kind == "certificate_waiting")
    assert still.still_waits(kind=waits.kind, key=waits.dedupe_key)
    assert deciding.issue(**decide, actor=office) == "valid"
    assert not still.still_waits(kind=waits.kind, key=waits.dedupe_key)  # nobody is called to what is done
    assert refused(lambda: deciding.issue(**decide, actor=office)) is C.CERTIFICATE_STATE
    shown = views.own(actor=me, code=code)
    assert (shown.brief.number, shown.brief.minutes, shown.text.times) == ("ZM341522-2026-00001", 125, 1)
    assert (shown.text.head, shown.text.issuer) == ("孙主任", cast.centre.name)
    assert told("certificate_issued") == [cast.xiaobo.id]
    assert refused(lambda: deciding.withdraw(actor=office, code=code, reason=" ", at=at)) is C.REASON_REQUIRED
    deciding.withdraw(actor=office, code=code, reason="人写错了", at=at)
    assert refused(lambda: deciding.withdraw(actor=office, code=code, reason="再来", at=at)) is C.CERTIFICATE_STATE
    assert checking.look(code=code, address="1.1.1.1", at=at).state == "withdrawn"
    assert told("certificate_withdrawn") == [cast.xiaobo.id]


def test_request_is_refused_or_taken_back(cast: World, at: datetime) -> None:
    serve(cast, at)
    me, office = cast.actor(cast.xiaobo, "pages"), cast.actor(cast.officer, "console")
    [first] = asking.ask(parts=PARTS, actor=me, scope=EVER, at=at)
    assert refused(lambda: asking.cancel(actor=cast.actor(cast.chali, "pages"), code=first, at=at)) is C.NOT_FOUND
    asking.cancel(actor=me, code=first, at=at)
    assert refused(lambda: asking.cancel(actor=me, code=first, at=at)) is C.CERTIFICATE_STATE
    [second] = asking.ask(parts=PARTS, actor=me, scope=EVER, at=at)
    deciding.refuse(actor=office, code=second, reason="请先改姓名", at=at)
    assert [(each.code, each.state) for each in views.mine(volunteer_id=cast.xiaobo.id)] == [(second, "refused")]
    assert told("certificate_refused") == [cast.xiaobo.id]
    assert refused(lambda: checking.look(code=second, address="1.1.1.1", at=at)) is C.NOT_FOUND


def test_who_organised_certifies_and_the_successor_of_who_is_gone(cast: World, at: datetime) -> None:
    """Teams of two counties, one of them taken into another; hours of another system; hours that a case holds."""

    def act() -> tuple[Team, Team]:
        from models import Centre
        from tests.support.world import make_team

        make_region("341523", "舒城县")
        make_region("341523100", "城关镇")
        there = Centre.create(region_code="341523", kind="centre", name="舒城县退役军人服务中心", created_at=at)
        old = make_team(at, there, "老队", "341523100")
        Team.update(state="merged", merged_into=cast.other_team.id).where(Team.id == old.id).execute()
        Team.update(state="dissolved").where(Team.id == cast.team.id).execute()
        return Team.get_by_id(old.id), make_team(at, there, "舒城队", "341523100")

    old, far = store.write(act)
    serve(cast, at, minutes=10)
    serve(cast, at, minutes=20, team=old, days_ago=40)
    serve(cast, at, minutes=40, team=far, days_ago=50)
    serve(cast, at, minutes=80, source="transferred", days_ago=60)
    serve(cast, at, minutes=160, held_by_case=1, days_ago=70)
    codes = asking.ask(parts=PARTS, actor=cast.actor(cast.xiaobo, "pages"), scope=EVER, at=at)
    found = {each.issuer: each.minutes for each in views.mine(volunteer_id=cast.xiaobo.id)}
    assert (len(codes), found) == (2, {cast.centre.name: 30, "舒城县退役军人服务中心": 40})
    assert views.own(actor=cast.actor(cast.xiaobo), code=codes[0]).text.elsewhere == 80
    waits = [row.volunteer_id for row in Delivery.select().where(Delivery.kind == "certificate_waiting")]
    assert waits == [cast.officer.id]  # the other county has nobody yet


def test_certificate_outlives_team_person_and_county(cast: World, at: datetime, tmp_path: Path) -> None:
    serve(cast, at)
    seal(cast, at)
    code = issued(cast, at)
    before = checking.look(code=code, address="1.1.1.1", at=at)
    twin = store.write(lambda: make_volunteer(at, "王小博"))
    merging.merge(
        parts=PARTS, actor=cast.actor(cast.officer, "console"), kept_no=twin.public_no,
        dropped_no=cast.xiaobo.public_no, reason="登记了两次", at=at,
    )  # fmt: skip

    def act() -> None:
        make_region("341599", "新霍县")
        Team.update(state="merged", merged_into=cast.other_team.id).where(Team.id == cast.team.id).execute()

    store.write(act)
    lines = tmp_path / "merged.csv"
    lines.write_text("old_code,new_code,effective_on,reason\n" + "".join(
        f"{old},{new},2026-06-01,撤并\n" for old, new in _moved(at)), encoding="utf-8")  # fmt: skip
    successions.merge(path=lines, at=at)
    after = checking.look(code=code, address="1.1.1.1", at=at)
    assert after == before
    assert (after.issuer, after.name, after.state) == (cast.centre.name, "王*博", "valid")
    assert [each.code for each in views.mine(volunteer_id=twin.id)] == [code]
    row = Certificate.get()
    assert (row.region_code, comparing.minutes_now(row)) == ("341599", 125)


def _moved(at: datetime) -> list[tuple[str, str]]:
    """Every division of the county, and the code it gets; the new ones are made here."""
    from models import Region

    pairs = []
    for row in Region.select().where(Region.code.startswith(COUNTY)).order_by(Region.code.desc()):
        new = "341599" + row.code[6:]
        if row.code != COUNTY:
            store.write(lambda row=row, new=new: make_region(new, f"新{row.name}"))
        pairs.append((row.code, new))
    return pairs


def test_correction_marks_it_and_a_new_one_stands_in_its_place(cast: World, at: datetime) -> None:
    record = serve(cast, at)
    serve(cast, at, minutes=60, days_ago=20)
    seal(cast, at)
    code = issued(cast, at)
    me, office, later = cast.actor(cast.xiaobo, "pages"), cast.actor(cast.officer, "console"), at + DAY
    assert comparing.follow(at=later) == 0
    correct(record, 100, later)
    assert [comparing.follow(at=later + n * DAY) for n in (1, 2)] == [1, 0]
    assert (told("certificate_changed"), told("certificate_differs")) == ([cast.xiaobo.id], [cast.officer.id])
    known = checking.look(code=code, address="1.1.1.1", at=later)
    assert (known.minutes, known.less, known.state) == (185, 160, "valid")
    listed = views.listed(actor=office, wanted=Wanted(filters={"differs": "yes"}), at=later)
    assert [(each.code, each.differs) for each in listed.rows] == [(code, True)]
    again = asking.ask_again(parts=PARTS, actor=me, code=code, at=later)
    assert refused(lambda: asking.ask_again(parts=PARTS, actor=me, code=code, at=later)) is C.CERTIFICATE_STATE
    deciding.issue(parts=PARTS, actor=office, code=again, at=later)
    known = checking.look(code=code, address="1.1.1.1", at=later)
    assert (known.state, known.minutes, known.successor, known.less) == ("superseded", 185, "ZM341522-2026-00002", None)
    assert checking.look(code=again, address="1.1.1.1", at=later).minutes == 160
    correct(record, 90, later + 3 * DAY)
    third = deciding.reissue(parts=PARTS, actor=office, code=again, at=later + 3 * DAY)
    assert [row.state for row in Certificate.select().order_by(Certificate.id)] == ["superseded", "superseded", "valid"]
    assert checking.look(code=third, address="1.1.1.1", at=later + 3 * DAY).minutes == 150


def test_public_notice_runs_first_and_what_moved_under_it_waits_again(cast: World, at: datetime) -> None:
    policy(at, at_once=True, notice_days=7)
    record = serve(cast, at)
    seal(cast, at)
    [code] = asking.ask(parts=PARTS, actor=cast.actor(cast.xiaobo, "pages"), scope=EVER, at=at)
    [public] = checking.announced(at=at)
    assert (public.name, public.minutes, public.last) == ("王*博", 125, "2026-06-17")
    assert refused(lambda: checking.look(code=code, address="1.1.1.1", at=at)) is C.NOT_FOUND
    assert deciding.notice_over(parts=PARTS, at=at + 7 * DAY) == 0
    correct(record, 100, at + 7 * DAY)
    assert deciding.notice_over(parts=PARTS, at=at + 8 * DAY) == 1
    assert (Certificate.get().state, told("certificate_waiting")) == ("requested", [cast.officer.id])
    deciding.issue(parts=PARTS, actor=cast.actor(cast.officer, "console"), code=code, at=at + 8 * DAY)
    assert deciding.notice_over(parts=PARTS, at=at + 16 * DAY) == 1
    row = Certificate.get()
    assert (row.state, row.minutes, row.number) == ("valid", 100, "ZM341522-2026-00001")


def test_new_name_gets_a_new_certificate_in_the_place_of_the_old(cast: World, at: datetime) -> None:
    serve(cast, at)
    seal(cast, at)
    code, year = issued(cast, at), issued(cast, at, asking.year_scope("2026"))
    me = cast.actor(cast.xiaobo, "pages")
    assert (views.own(actor=me, code=code).renamed, issued_again(cast, at)) == ("", year)
    store.write(lambda: Volunteer.update(name="王晓博").where(Volunteer.id == cast.xiaobo.id).execute())
    assert views.own(actor=me, code=code).renamed == "王晓博"
    new = issued_again(cast, at)
    deciding.issue(parts=PARTS, actor=cast.actor(cast.officer, "console"), code=new, at=at)
    assert [checking.look(code=each, address="1.1.1.1", at=at).state for each in (code, year, new)] == [
        "valid", "superseded", "valid",
    ]  # fmt: skip
    assert issued_again(cast, at) == new


def issued_again(cast: World, at: datetime) -> str:
    """What the same year asked for once more leads to."""
    scope = asking.year_scope("2026")
    [code] = asking.ask(parts=PARTS, actor=cast.actor(cast.xiaobo, "pages"), scope=scope, at=at)
    return code


def test_issued_at_once_where_the_division_says_so(cast: World, at: datetime) -> None:
    policy(at, at_once=True)
    serve(cast, at)
    me = cast.actor(cast.xiaobo, "pages")
    [code] = asking.ask(parts=PARTS, actor=me, scope=EVER, at=at)
    assert views.own(actor=me, code=code).brief.state == "requested"  # no seal yet: the centre is told
    seal(cast, at)
    [second] = asking.ask(parts=PARTS, actor=me, scope=asking.year_scope("2026"), at=at)
    assert views.own(actor=me, code=second).brief.state == "valid"


@pytest.fixture
def officers(cast: World, at: datetime) -> list[Actor]:
    def act() -> Volunteer:
        other = make_volunteer(at, "吴副主任")
        make_identity(at, other, "oa")
        grant(at, other, "region_admin", region=COUNTY)
        return other

    return [cast.actor(cast.officer, "console"), cast.actor(store.write(act), "console")]


def at_once(officers: list[Actor], act: Callable[[Actor], Any]) -> list[str]:
    """Each officer three times, all let go together; "done" or the refusal of each."""
    crowd = officers * 3
    gate, answers = threading.Barrier(len(crowd)), [""] * len(crowd)

    def one(number: int) -> None:
        gate.wait(timeout=20)
        with store.session():
            try:
                act(crowd[number])
                answers[number] = "done"
            except Refusal as no:
                answers[number] = no.code.value

    threads = [threading.Thread(target=one, args=(number,)) for number in range(len(crowd))]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=60)
    return sorted(answers)


@pytest.mark.parametrize("guarded", [True, False])
def test_two_officers_issue_one_request_once(
    cast: World, officers: list[Actor], at: datetime, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """With the guard off (the control) everybody issues it, and numbers are used up."""
    serve(cast, at)
    seal(cast, at)
    if not guarded:
        monkeypatch.setattr(deciding, "_may_step", lambda row, states: Certificate.id == row.id)
    [code] = asking.ask(parts=PARTS, actor=cast.actor(cast.xiaobo, "pages"), scope=EVER, at=at)
    answers = at_once(officers, lambda who: deciding.issue(parts=PARTS, actor=who, code=code, at=at))
    serial = CertificateSerial.get().last
    kept = History.select().where(History.verb == "certificate.valid").count()
    one = (["certificate_state"] * 5 + ["done"], 1, 1)
    assert (answers, serial, kept) == (one if guarded else (["done"] * 6, 6, 6))


def test_asked_for_by_many_taps_at_once_is_one_request(cast: World, at: datetime) -> None:
    serve(cast, at)
    me = cast.actor(cast.xiaobo, "pages")
    assert at_once([me, me], lambda who: asking.ask(parts=PARTS, actor=who, scope=EVER, at=at)) == ["done"] * 6
    assert Certificate.select().count() == 1


def test_officer_issues_for_who_has_no_phone_or_is_gone(cast: World, at: datetime) -> None:
    serve(cast, at)
    seal(cast, at)
    store.write(lambda: Volunteer.update(state="deceased").where(Volunteer.id == cast.xiaobo.id).execute())
    office = cast.actor(cast.officer, "console")
    asked = {"parts": PARTS, "scope": EVER, "at": at, "public_no": cast.xiaobo.public_no}
    assert refused(lambda: asking.issue_for(actor=cast.actor(cast.ali, "console"), **asked)) is not None
    [(code, state)] = asking.issue_for(actor=office, **asked)
    assert (state, Certificate.get().decided_by_id) == ("valid", cast.officer.id)
    assert paper.paper(parts=PARTS, actor=office, code=code, at=at)[1].startswith(b"%PDF")
    serve(cast, at, person=cast.officer)
    own = {**asked, "public_no": cast.officer.public_no}
    assert refused(lambda: asking.issue_for(actor=office, **own)) is C.OWN_RECORD


def test_whole_team_at_one_tap_twice_changes_nothing(cast: World, at: datetime) -> None:
    for person in (cast.xiaobo, cast.ali, cast.officer):
        serve(cast, at, person=person)
    office = cast.actor(cast.officer, "console")
    asked = {"parts": PARTS, "actor": office, "team_code": cast.team.code, "scope": asking.year_scope("2026"), "at": at}
    assert refused(lambda: asking.issue_team(**asked)) is C.SEAL_MISSING
    seal(cast, at)
    assert refused(lambda: asking.issue_team(**{**asked, "actor": cast.actor(cast.ali, "console")})) is C.NOT_FOUND
    assert refused(lambda: asking.issue_team(**{**asked, "scope": Scope("2024-01-01", "2024-12-31")})) is (
        C.CERTIFICATE_EMPTY
    )
    done = asking.issue_team(**asked)
    assert (len(done.issued), done.stood, done.left_out) == (2, [], ["孙主任"])
    again = asking.issue_team(**asked)
    assert (again.issued, sorted(again.stood)) == ([], sorted(done.issued))
    assert {row.number for row in Certificate.select()} == {f"ZM341522-2026-0000{n}" for n in (1, 2)}
    name, body = paper.of_team(parts=PARTS, actor=office, codes=done.issued, at=at)
    assert (name, body[:4]) == ("ZM341522-2026-00001-2", b"%PDF")
    assert refused(
        lambda: paper.of_team(parts=PARTS, actor=cast.actor(cast.ali, "console"), codes=done.issued, at=at)
    ) is C.NOT_FOUND


def test_batch_of_too_many_is_refused(cast: World, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST", 1)
    for person in (cast.xiaobo, cast.ali):
        serve(cast, at, person=person)
    seal(cast, at)
    assert refused(
        lambda: asking.issue_team(
            parts=PARTS, actor=cast.actor(cast.officer, "console"), team_code=cast.team.code, scope=EVER, at=at
        )
    ) is C.CERTIFICATE_MANY


def test_seal_is_put_down_by_who_hands_out_posts_and_kept_sealed(cast: World, at: datetime) -> None:
    office = cast.actor(cast.officer, "console")
    put = {"parts": PARTS, "actor": office, "region_code": COUNTY, "head": "孙主任", "handler": "周小办", "at": at}
    assert refused(lambda: seals.put(**put)) is C.PHOTO_MISSING
    assert refused(lambda: seals.put(**put, picture=b"no picture")) is C.PHOTO_UNREADABLE
    assert refused(lambda: seals.put(**put, picture=picture((238, 236, 233)))) is C.PHOTO_UNREADABLE
    assert refused(lambda: seals.put(**{**put, "region_code": VILLAGE})) is C.CENTRE_MISSING
    station = store.write(lambda: make_volunteer(at, "站里人"))
    store.write(lambda: grant(at, station, "station_officer", region=COUNTY))
    assert refused(lambda: seals.put(**{**put, "actor": Actor("console", station.id)}, picture=picture())) is (
        C.NOT_ALLOWED
    )
    seals.put(**put, picture=picture())
    seals.put(**{**put, "handler": "吴小办"})
    page = seals.page(actor=office, region_code=COUNTY, at=at)
    assert (page.head, page.handler, page.may_set) == ("孙主任", "吴小办", True)
    drawn = seals.picture(parts=PARTS, actor=office, region_code=COUNTY, at=at)
    assert (drawn[:4], len(drawn) < 40_000) == (b"\x89PNG", True)
    kept = seals.current(cast.centre.id)
    assert kept is not None
    assert drawn[:40] not in bytes(kept.picture)
