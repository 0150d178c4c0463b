"""服务评价 both ways and by those served."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Activity, Delivery, Evaluation, EvaluationLink, Need, ServiceRecord, store
from services.errors import Refusal, RefusalCode
from services.evaluation import evaluations, links
from services.evaluation.evaluations import Average
from tests.support.world import VILLAGE, World

C = RefusalCode
DAY = timedelta(days=1)


def test_volunteer_judges_and_changes_his_word_for_a_week(
    cast: World, served: Any, after: datetime, refused: Any
) -> None:
    served(cast.xiaobo)
    facts = {"actor": cast.actor(cast.xiaobo), "activity_code": cast.activity.code}
    mine = {"volunteer_id": cast.xiaobo.id, "activity_code": cast.activity.code}
    assert evaluations.my_judgement(**mine, at=after) == evaluations.Judgement(cast.activity.title, None)
    evaluations.judge_activity(**facts, score=4, words="很好", at=after)
    evaluations.judge_activity(**facts, score=5, words="更好", at=after + 7 * DAY)
    assert [(row.score, row.words) for row in Evaluation.select()] == [(5, "更好")]
    late = after + 7 * DAY + timedelta(seconds=1)
    assert refused(evaluations.judge_activity, **facts, score=1, at=late) is C.EVALUATION_LATE
    shown = evaluations.my_judgement(**mine, at=late).mine
    assert shown is not None
    assert (shown.score, shown.until) == (5, None)


def test_first_word_is_said_within_a_month(cast: World, served: Any, refused: Any) -> None:
    served(cast.xiaobo)
    facts = {"actor": cast.actor(cast.xiaobo), "activity_code": cast.activity.code, "score": 3}
    last = cast.shift.ends_at + 30 * DAY
    assert refused(evaluations.judge_activity, **facts, at=last + timedelta(seconds=1)) is C.EVALUATION_LATE
    evaluations.judge_activity(**facts, at=last)


def test_only_who_was_there_judges_and_after_the_end(
    cast: World, served: Any, after: datetime, refused: Any
) -> None:
    served(cast.xiaobo)
    code = cast.activity.code
    judge = evaluations.judge_activity
    assert refused(judge, actor=cast.actor(cast.chali), activity_code=code, score=5, at=after) is C.NOT_ALLOWED
    mine = {"actor": cast.actor(cast.xiaobo), "activity_code": code}
    assert refused(judge, **mine, score=5, at=cast.shift.ends_at - DAY / 24) is C.ACTIVITY_STATE
    assert refused(judge, **mine, score=6, at=after) is C.EVALUATION_SCORE
    assert refused(judge, **mine, score=0, at=after) is C.EVALUATION_SCORE
    assert refused(judge, **mine, score=5, words="长" * 501, at=after) is C.TEXT_TOO_LONG
    assert refused(judge, actor=mine["actor"], activity_code="nowhere", score=5, at=after) is C.NOT_FOUND


def test_organiser_judges_others_and_they_read_it(
    cast: World, served: Any, after: datetime, refused: Any
) -> None:
    served(cast.xiaobo)
    facts = {"activity_code": cast.activity.code, "score": 5, "words": "肯吃苦", "at": after}
    judge = evaluations.judge_volunteer
    leader = cast.actor(cast.ali)
    judge(actor=leader, public_no=cast.xiaobo.public_no, **facts)
    assert [(each.score, each.words) for each in evaluations.about_me(volunteer_id=cast.xiaobo.id)] == [(5, "肯吃苦")]
    assert refused(judge, actor=leader, public_no=cast.chali.public_no, **facts) is C.NOT_FOUND
    assert refused(judge, actor=cast.actor(cast.chali), public_no=cast.xiaobo.public_no, **facts) is C.NOT_FOUND
    rows = evaluations.to_judge(actor=leader, activity_code=cast.activity.code, at=after)
    assert rows == [(cast.xiaobo.public_no, "王小博", 5, "肯吃苦")]


def test_nobody_judges_himself(cast: World, served: Any, after: datetime, refused: Any) -> None:
    record = served(cast.xiaobo)
    store.write(lambda: ServiceRecord.update(volunteer=cast.ali).where(ServiceRecord.id == record).execute())
    facts = {"activity_code": cast.activity.code, "public_no": cast.ali.public_no, "score": 5, "at": after}
    assert refused(evaluations.judge_volunteer, actor=cast.actor(cast.ali), **facts) is C.OWN_RECORD


def made(cast: World, after: datetime, uses: int = 1) -> str:
    return links.make(actor=cast.actor(cast.ali), activity_code=cast.activity.code, uses=uses, at=after)


def test_link_is_used_once_without_an_account(cast: World, after: datetime, refused: Any) -> None:
    token = made(cast, after)
    shown = links.asked(token=token, at=after)
    assert (shown.team, shown.title, shown.local_day) == ("东湖服务队", cast.activity.title, "2026-06-10")
    links.vote(token=token.upper(), score=5, words="谢谢", at=after)
    assert refused(links.vote, token=token, score=1, at=after) is C.LINK_USED
    assert refused(links.asked, token=token, at=after) is C.LINK_USED
    row = Evaluation.get()
    assert (row.kind, row.score, row.verified, row.author_id) == ("recipient", 5, True, None)
    assert token not in str(list(EvaluationLink.select().dicts()))


def test_phone_that_has_voted_does_not_vote_again(cast: World, after: datetime, refused: Any) -> None:
    token = links.make(actor=cast.actor(cast.ali), activity_code=cast.activity.code, uses=5, at=after)
    assert refused(links.vote, token=token, score=5, again=True, at=after) is C.EVALUATION_GIVEN
    assert Evaluation.select().count() == 0


def test_eight_at_once_use_it_once(cast: World, after: datetime) -> None:
    token = made(cast, after)

    def vote(_: int) -> str:
        try:
            links.vote(token=token, score=5, at=after)
        except Refusal as no:
            return no.code.value
        return "ok"

    with ThreadPoolExecutor(8) as hands:
        assert sorted(hands.map(vote, range(8))) == ["link_used"] * 7 + ["ok"]
    assert Evaluation.select().count() == 1


@pytest.mark.parametrize("who", ["ali", "officer"])
def test_vote_from_a_leaders_own_phone_is_marked(cast: World, after: datetime, who: str) -> None:
    links.vote(token=made(cast, after), score=5, by=[getattr(cast, who).id], at=after)
    links.vote(token=made(cast, after), score=4, by=[cast.chali.id, None], at=after)
    assert [row.verified for row in Evaluation.select().order_by(Evaluation.id)] == [False, True]
    found = evaluations.summary(actor=cast.actor(cast.ali), activity_code=cast.activity.code, at=after)
    assert (found.recipients, found.unverified) == (Average(1, 40), 1)


def test_link_for_several_and_its_end(cast: World, after: datetime, refused: Any) -> None:
    token = made(cast, after, uses=2)
    links.vote(token=token, score=5, at=after)
    late = after + 30 * DAY
    assert refused(links.vote, token=token, score=4, at=late) is C.LINK_USED
    assert refused(links.vote, token=token, score=9, at=after) is C.EVALUATION_SCORE
    assert refused(links.vote, token="unknown", score=5, at=after) is C.LINK_USED
    facts = {"activity_code": cast.activity.code, "at": after}
    assert refused(links.make, actor=cast.actor(cast.ali), uses=0, **facts) is C.FIGURE_WRONG
    assert refused(links.make, actor=cast.actor(cast.chali), **facts) is C.NOT_FOUND
    store.write(lambda: Activity.update(state="cancelled").execute())
    assert refused(links.make, actor=cast.actor(cast.ali), **facts) is C.ACTIVITY_STATE


def test_few_stars_are_told_to_the_leader(cast: World, after: datetime) -> None:
    links.vote(token=made(cast, after), score=2, words="没等到人", at=after)
    links.vote(token=made(cast, after), score=3, at=after)
    assert [each.kind for each in Delivery.select().where(Delivery.volunteer == cast.ali)] == ["served_badly"]


def test_confidential_kinds_show_numbers_only(cast: World, after: datetime) -> None:
    store.write(lambda: Activity.update(domain="D4", sub_domain="visits").execute())
    token = made(cast, after)
    assert links.asked(token=token, at=after).title == ""
    links.vote(token=token, score=5, words="来看过我", at=after)
    found = evaluations.summary(actor=cast.actor(cast.officer), activity_code=cast.activity.code, at=after)
    assert (found.confidential, found.recipients, found.said) == (True, Average(1, 50), [])


def test_judgement_of_a_need_counts_verified_votes(cast: World, after: datetime) -> None:
    def need(code: str) -> Need:
        return Need.create(
            code=code, region_code=VILLAGE, station_region=VILLAGE, state="served", title="理发", domain="D3",
            sub_domain="care", content="理发", kind="public", answer_due_at=after, created_at=after, updated_at=after,
        )  # fmt: skip

    mine, other = store.write(lambda: (need("n1"), need("n2")))
    store.write(lambda: Activity.update(need_id=mine.id).where(Activity.id == cast.activity.id).execute())
    token = made(cast, after, uses=3)
    for score, by in ((4, None), (5, None), (1, cast.ali.id)):
        links.vote(token=token, score=score, by=[by], at=after)
    assert links.of_need(need_id=mine.id) == Average(2, 45)
    assert links.of_needs(need_ids=[mine.id, other.id]) == {mine.id: Average(2, 45)}
    assert links.of_need(need_id=other.id) == Average(0, None)


def test_summary_is_the_teams_and_its_centres(cast: World, served: Any, after: datetime, refused: Any) -> None:
    served(cast.xiaobo)
    evaluations.judge_activity(
        actor=cast.actor(cast.xiaobo), activity_code=cast.activity.code, score=4, words="热水少", at=after
    )
    for reader in (cast.ali, cast.officer):
        found = evaluations.summary(actor=cast.actor(reader), activity_code=cast.activity.code, at=after)
        assert ([each.words for each in found.said], found.volunteers) == (["热水少"], Average(1, 40))
    facts = {"actor": cast.actor(cast.chali), "activity_code": cast.activity.code, "at": after}
    assert refused(evaluations.summary, **facts) is C.NOT_FOUND
