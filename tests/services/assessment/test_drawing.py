"""Properties of the draw: everybody covered, nobody himself, balance at most 1, the same seed the same peers."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from services.assessment.drawing import draw

TEAMS = st.lists(st.integers(1, 10**6), unique=True, max_size=40)


@given(people=TEAMS, seed=st.text(max_size=8), each=st.integers(3, 6))
def test_everybody_judges_and_is_judged_alike(people: list[int], seed: str, each: int) -> None:
    arrows = draw(people=people, seed=seed, each=each)
    count = min(each, max(0, len(people) - 1))
    assert Counter(judge for judge, _ in arrows) == Counter(dict.fromkeys(people, count) if count else {})
    assert Counter(judged for _, judged in arrows) == Counter(dict.fromkeys(people, count) if count else {})
    assert all(judge != judged for judge, judged in arrows)
    assert len(set(arrows)) == len(arrows)
    assert draw(people=sorted(people, reverse=True), seed=seed, each=each) == arrows


@given(people=TEAMS.filter(lambda found: len(found) > 1), seed=st.text(max_size=8), data=st.data())
def test_who_is_kept_apart_never_judges_the_other_and_nobody_pays_for_it(
    people: list[int], seed: str, data: st.DataObject
) -> None:
    """Households of two, and one of three where the team is large enough: still three judges and a balance of 1."""
    couples = [
        frozenset(people[at : at + 2]) for at in range(0, data.draw(st.integers(0, len(people) // 2)) * 2, 2)
    ]
    arrows = draw(people=people, seed=seed, each=4, apart=couples)
    assert not {frozenset(arrow) for arrow in arrows} & set(couples)
    judges = Counter(judged for _, judged in arrows)
    possible = {one: len(people) - 1 - sum(one in pair for pair in couples) for one in people}
    assert all(judges[one] >= min(3, possible[one]) for one in people)
    for counts in (judges, Counter(judge for judge, _ in arrows)):
        assert max(counts[one] for one in people) - min(counts[one] for one in people) <= 1


@given(people=st.lists(st.integers(1, 99), unique=True, min_size=2, max_size=5), data=st.data())
def test_nobody_has_his_recommender_as_his_only_judge(people: list[int], data: st.DataObject) -> None:
    recommended_by = {
        one: data.draw(st.sampled_from([other for other in people if other != one]), label=str(one))
        for one in people
    }
    apart = data.draw(st.sets(st.sampled_from([frozenset(pair) for pair in combinations(people, 2)])))
    arrows = draw(people=people, seed="s", each=4, apart=apart, recommended_by=recommended_by)
    for one in people:
        assert {judge for judge, judged in arrows if judged == one} != {recommended_by[one]}
