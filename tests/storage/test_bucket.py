"""The tests' own bucket proves signatures as Amazon does: the three worked examples of its documentation."""

from __future__ import annotations

import pytest

from tests.support.bucket import signature

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
HEADERS = {
    "host": "examplebucket.s3.amazonaws.com", "x-amz-content-sha256": EMPTY, "x-amz-date": "20130524T000000Z",
}  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "headers", "signed"),
    [
        (
            ("GET", "/test.txt", ""), {"range": "bytes=0-9"},
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            ("PUT", "/test%24file.text", ""),
            {
                "date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY",
                "x-amz-content-sha256": "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
            },
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        (
            ("GET", "/", "max-keys=2&prefix=J"), {},
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ],
)  # fmt: skip
def test_signature_is_that_of_the_worked_example(
    request_: tuple[str, str, str], headers: dict[str, str], signed: str
) -> None:
    method, path, query = request_
    whole = {**HEADERS, **headers}
    assert signed == signature(
        method=method, path=path, query=query, headers=whole, signed=sorted(whole),
        secret="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", scope="20130524/us-east-1/s3/aws4_request",
    )  # fmt: skip
