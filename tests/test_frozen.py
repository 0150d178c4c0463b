"""A frozen class with slots does what one of `dataclasses` does, and holds less."""

from __future__ import annotations

import copy
import dataclasses
import gc
import pickle
from typing import Any, NamedTuple

import pytest

import frozen
from frozen import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    code: str = "34"
    key: str = dataclasses.field(default="", repr=False, compare=False)
    within: Any = dataclasses.field(default=None, hash=False)


@dataclass(frozen=True, slots=True)
class Village(Place):
    people: int = 0


@dataclass(frozen=True, slots=True)
class Own:
    """Says itself how it is compared and printed."""

    name: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Own) and self.name.lower() == other.name.lower()

    def __repr__(self) -> str:
        return f"<{self.name}>"


class Sub(Place):
    """Asks the one it is made from."""

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other)

    __hash__ = Place.__hash__


class Made(NamedTuple):
    ours: Any
    pythons: Any


@pytest.fixture(params=["kept", "own", "none", "one"])
def made(request: pytest.FixtureRequest) -> Made:
    """One class, made by us and by Python, of which nobody has asked anything yet."""

    def body() -> type[Any]:
        class Kept:
            name: str
            code: str = "34"
            key: str = dataclasses.field(default="", repr=False, compare=False)
            within: Any = dataclasses.field(default=None, hash=False)

        class Own:
            name: str

            def __eq__(self, other: object) -> bool:
                return True

            def __repr__(self) -> str:
                return "own"

        class Nothing:
            pass

        class One:
            name: str

        return {"kept": Kept, "own": Own, "none": Nothing, "one": One}[request.param]

    return Made(
        dataclass(frozen=True, slots=True)(body()), dataclasses.dataclass(frozen=True, slots=True)(body())
    )  # fmt: skip


def test_it_is_compared_hashed_and_printed_as_python_does_it(made: Made) -> None:
    many = [("a",), ("a", "35"), ("b",), ("a", "34", "k"), ("a", "34", "", "w")]
    given = [values[: len(dataclasses.fields(made.ours))] for values in many]

    def said(cls: Any, first: str) -> list[Any]:
        each = [cls(*values) for values in given]
        asked = {
            "eq": lambda: [one == other for one in each for other in each], "repr": lambda: [repr(one) for one in each],
            "hash": lambda: [hash(one) for one in each],
        }  # fmt: skip
        return [asked[first](), *(ask() for ask in asked.values()), each[0] == object(), each[0].__eq__(1)]

    for first in ("eq", "repr", "hash"):
        assert said(made.ours, first) == said(made.pythons, first)


def test_it_is_copied_changed_and_pickled() -> None:
    village = Village("南河村", key="k", people=3)
    assert dataclasses.replace(village, people=4) == Village("南河村", people=4) != village
    assert dataclasses.asdict(village) == {"name": "南河村", "code": "34", "key": "k", "within": None, "people": 3}
    for same in (copy.deepcopy(village), pickle.loads(pickle.dumps(village))):
        assert (same, same.key, hash(same)) == (village, "k", hash(village))
    assert village != Place("南河村")
    assert repr(village) == "Village(name='南河村', code='34', within=None, people=3)"
    assert (Own("A"), repr(Own("A")), {Own("a"): 1}) == (Own("a"), "<A>", {Own("a"): 1})
    assert (Sub("a") == Sub("a"), Sub("a") == Sub("b"), hash(Sub("a")) == hash(Sub("a"))) == (True, False, True)


def test_it_refuses_a_change() -> None:
    place = Place("南河村")
    for name in ("name", "other"):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(place, name, "x")
        with pytest.raises(dataclasses.FrozenInstanceError):
            delattr(place, name)
    assert not hasattr(place, "__dict__")


def test_what_is_asked_for_in_words_is_left_to_python() -> None:
    @dataclass(frozen=True, slots=True, order=True)
    class Ordered:
        name: str

    assert sorted([Ordered("b"), Ordered("a")]) == [Ordered("a"), Ordered("b")]
    assert Ordered.__eq__ is not frozen.WAITING["__eq__"]


def test_what_is_open_or_has_no_slots_is_left_to_python() -> None:
    @dataclass
    class Open:
        name: str

    @dataclass(frozen=True)
    class Shut:
        name: str

    held = Open("a")
    held.name = "b"
    assert (held, hash(Shut("a"))) == (Open("b"), hash(("a",)))
    assert Shut.__eq__ is not frozen.WAITING["__eq__"]


def test_nothing_is_kept_that_nobody_asked_for() -> None:
    @dataclass(frozen=True, slots=True)
    class Asked:
        name: str

    gc.collect()
    there = [each for each in gc.get_objects() if isinstance(each, type) and each.__qualname__ == Asked.__qualname__]
    assert there == [Asked]
    assert {name: getattr(Asked, name) for name in frozen.WAITING} == frozen.WAITING
    assert Asked("a") == Asked("a")
    assert Asked.__eq__ is not frozen.WAITING["__eq__"]
