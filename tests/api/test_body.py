"""The JSON loader: what a framework lets through is refused, quickly and in our words."""

from __future__ import annotations

import io
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.body import StrictRequest, load
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
@pytest.mark.case(30)
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


def asked(body: bytes, **environ: Any) -> StrictRequest:
    """A request with this body, at most 100 bytes allowed."""
    request = StrictRequest({"wsgi.input": io.BytesIO(body), "REQUEST_METHOD": "POST"} | environ)
    request.max_content_length = 100
    return request


FORM = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("body", "environ", "code"),
    [
        (b"text=notice", {"CONTENT_LENGTH": "60"}, RefusalCode.BAD_REQUEST),  # the sender is gone
        (b"x" * 101, {"CONTENT_LENGTH": "101"}, RefusalCode.TOO_LARGE),
        (b"x" * 101, {"wsgi.input_terminated": True}, RefusalCode.TOO_LARGE),  # nobody announced its length
    ],
)
def test_body_that_is_not_whole_is_refused(body: bytes, environ: dict[str, Any], code: RefusalCode) -> None:
    for read in (lambda request: request.get_data(), lambda request: request.form):
        with pytest.raises(Refusal) as refused:
            read(asked(body, **FORM, **environ))
        assert refused.value.code is code


@pytest.mark.parametrize("environ", [{"CONTENT_LENGTH": "100"}, {"wsgi.input_terminated": True}])
def test_body_of_just_the_limit_is_read_whole(environ: dict[str, Any]) -> None:
    assert asked(b"x" * 100, **environ).get_data() == b"x" * 100


def test_body_nobody_ends_is_not_waited_for() -> None:
    assert asked(b"x" * 100).get_data() == b""
