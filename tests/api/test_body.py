"""The JSON loader: what a framework lets through is refused, quickly and in our words."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.body import load
from services.errors import Refusal, RefusalCode


def refused(raw: bytes) -> tuple[RefusalCode, Any]:
    with pytest.raises(Refusal) as caught:
        load(raw)
    return caught.value.code, caught.value.facts["why"]


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"[" * 100_000, "depth"),
        (b'{"a":' * 100_000, "depth"),
        (b'{"a": NaN}', "number"),
        (b'{"a": -Infinity}', "number"),
        (b'{"a": 1e999}', "number"),
        (b'{"a": ' + b"9" * 5000 + b"}", "number"),
        (b'{"a": 1, "a": 2}', "duplicate_key"),
        (b'{"a": "\\u0000"}', "character"),
        (b'{"a": "\\ud800"}', "character"),
        (b'{"\\u0000": 1}', "character"),
        (b'{"a": [{"b": "\\udfff"}]}', "character"),
        (b"null", "object"),
        (b"[1]", "object"),
        (b'"text"', "object"),
        (b"", "json"),
        (b"{", "json"),
        (b"\xff\xfe", "utf8"),
    ],
)
def test_bad_body_is_refused(raw: bytes, why: str) -> None:
    begin = time.perf_counter()
    assert refused(raw) == (RefusalCode.BAD_REQUEST, why)
    assert time.perf_counter() - begin < 1


def test_brackets_inside_a_text_are_no_depth() -> None:
    assert load(json.dumps({"a": "[" * 1000}).encode()) == {"a": "[" * 1000}


def test_text_of_a_million_characters_is_read() -> None:
    assert len(load(json.dumps({"a": "好" * 300_000}).encode())["a"]) == 300_000


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=5),
        st.recursive(
            st.none() | st.booleans() | st.integers(-(2**60), 2**60)
            | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00")),
            lambda inner: st.lists(inner, max_size=3),
            max_leaves=8,
        ),
        max_size=5,
    )
)  # fmt: skip
def test_ordinary_object_is_read_as_it_is(document: dict[str, Any]) -> None:
    assert load(json.dumps(document).encode()) == document


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        outcome: Any = load(raw)
    except Refusal as refusal:
        outcome = refusal.code
    assert outcome is RefusalCode.BAD_REQUEST or isinstance(outcome, dict)
