"""What is missing in a cookie of a house with https."""

from __future__ import annotations


def weak(cookie: str) -> list[str]:
    """The faults of a Set-Cookie line, [] for none."""
    name, *rest = [each.strip() for each in cookie.split(";")]
    said = {each.lower() for each in rest}
    wanted = ("secure", "httponly", "path=/")
    found = [each for each in wanted if each not in said]
    if not name.startswith("__Host-"):
        found.append("__Host-")
    if not said & {"samesite=lax", "samesite=strict"}:
        found.append("samesite")
    return found + [each for each in said if each.startswith("domain=")]
