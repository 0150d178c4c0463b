"""Some sealed texts of people, to see at a start whether the keys open them."""

from __future__ import annotations

from queries import rows

#: So many people are looked at, from one end: a start must not read a table of people without numbers.
AMONG, FEW = 200, 3
SOME = f"""
SELECT public_no, document_sealed, phone_sealed FROM (
    SELECT public_no, document_sealed, phone_sealed FROM volunteer ORDER BY id {{order}} LIMIT {AMONG}
) AS few WHERE document_sealed IS NOT NULL OR phone_sealed IS NOT NULL LIMIT {FEW}
"""
OLDEST, NEWEST = SOME.format(order="ASC"), SOME.format(order="DESC")


def sealed(newest: bool) -> list[tuple[str, bytes]]:
    """(place, sealed text) of some people at one end of the table."""
    found = []
    for public_no, document, phone in rows(NEWEST if newest else OLDEST, ()):
        found += [(f"volunteer.document:{public_no}", document), (f"volunteer.phone:{public_no}", phone)]
    return [(place, bytes(text)) for place, text in found if text is not None]
