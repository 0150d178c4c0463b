"""Lists page by page."""

from __future__ import annotations

from typing import Any

import pytest

from models import Skill
from services import listing
from services.listing import Found, Wanted, cut


def _cut(**asked: Any) -> Found[str]:
    query = Skill.select().where(Skill.category == "life")
    sorts = {"code": Skill.code, "order": Skill.sort_order}
    return cut(
        query, wanted=Wanted(**asked), sorts=sorts, default="order", tie=Skill.code, row=lambda s: s.code
    )


def test_list_without_wishes_is_its_first_page_in_the_default_order(db: Any) -> None:
    found = _cut(size=4)
    assert (found.rows, found.total, found.page, found.pages) == (
        ["haircut", "repair", "farming", "mediation"], 6, 1, 2,
    )  # fmt: skip


def test_list_sorted_downwards(db: Any) -> None:
    assert _cut(sort="-code").rows == ["repair", "music", "mediation", "haircut", "farming", "calligraphy"]


def test_list_with_an_unknown_sort_stands_in_the_default_order(db: Any) -> None:
    assert _cut(sort="name; drop", size=1).rows == ["haircut"]


@pytest.mark.parametrize("page", [0, 99])
def test_list_beyond_its_pages_shows_the_nearest(db: Any, page: int) -> None:
    found = _cut(size=4, page=page)
    assert found.page == (1 if page == 0 else 2)
    assert len(found.rows) == (4 if page == 0 else 2)


def test_empty_list_has_one_page(db: Any) -> None:
    query = Skill.select().where(Skill.category == "military", Skill.code == "none")
    found = cut(query, wanted=Wanted(), sorts={"c": Skill.code}, default="c", tie=Skill.code, row=lambda s: s)
    assert (found.rows, found.total, found.pages) == ([], 0, 1)


def test_list_counts_no_further_than_it_can_be_read(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "COUNTED", 4)
    found = _cut(size=2)
    assert (found.total, found.beyond, found.pages) == (5, True, 2)
    assert _cut(size=2, page=99).page == 2


def test_list_on_one_page_is_not_counted_apart(db: Any, count_statements: Any) -> None:
    with count_statements() as seen:
        assert _cut(size=10).total == 6
    assert len(seen) == 1
