"""Write into docs/dependencies.md which licence stands on each library that the locks hold and no list names: those
that come with others. After tools/lock.sh, with what the locks say installed:  .venv/bin/python tools/licences.py

What a library says of itself: its licence expression, else its classifier, else its licence line. Where it says nothing
clear, `KNOWN` says what its licence file says.
"""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "dependencies.md"
#: Lock → heading of its table; a later one names only what no earlier one has.
LOCKS = {
    "requirements.lock": "## What the service's libraries bring along: `requirements.lock`",
    "requirements-dev.lock": "## What those of the tests bring along: `requirements-dev.lock`",
    "requirements-bench.lock": "## What those of the figures bring along: `requirements-bench.lock`",
}
HEAD = "| library | comes with | licence |\n|---|---|---|\n"
KNOWN = {
    "colorama": "BSD-3", "grimp": "BSD-2", "itsdangerous": "BSD-3", "jinja2": "BSD-3",
    "psycopg-binary": "LGPL-3.0; in it libpq (PostgreSQL) and OpenSSL (Apache-2.0)",
}  # fmt: skip
WORDS = {
    "MIT License": "MIT", "BSD-3-Clause": "BSD-3", "BSD-2-Clause": "BSD-2",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "The Unlicense (Unlicense)": "Unlicense", "LGPL-3.0-only": "LGPL-3.0", "Apache Software License": "Apache-2.0",
    "PSF-2.0": "PSF", "MIT AND PSF-2.0": "MIT and PSF", "Apache-2.0 OR BSD-2-Clause": "Apache-2.0 or BSD-2",
}  # fmt: skip


def held(lock: str) -> list[str]:
    """The libraries of a lock."""
    return re.findall(r"^([a-z0-9-]+)(?:\[\w+\])?==", (ROOT / lock).read_text(), re.M)


def named() -> set[str]:
    """The libraries that our own lists name; they have their lines."""
    lists = ROOT.glob("requirements*.txt")
    return {name for each in lists for name in re.findall(r"^([a-z0-9-]+)(?:\[\w+\])?==", each.read_text(), re.M)}


def licence(name: str) -> str:
    """In the page's words; a library that says nothing clear needs its line in `KNOWN`."""
    if name in KNOWN:
        return KNOWN[name]
    told = metadata.metadata(name)
    classes = [each.rsplit(" :: ", 1)[-1] for each in told.get_all("Classifier", []) if each.startswith("License")]
    said = told.get("License-Expression") or next(iter(classes), "") or told.get("License", "")
    return WORDS.get(said, said)


def users(name: str, all_of: list[str]) -> list[str]:
    """Who of these asks for a library; who asks for it only as an extra counts where nobody else does."""
    always, extra = [], []
    for other in all_of:
        try:
            wants = metadata.requires(other) or []
        except metadata.PackageNotFoundError:  # for another kind of machine
            continue
        for want in wants if other != name else ():
            if re.sub(r"[-_.]+", "-", re.split(r"[ ;<>=!~\[(]", want, maxsplit=1)[0]).lower() == name:
                (extra if "extra ==" in want else always).append(other)
    return sorted(set(always or extra))


def tables() -> dict[str, str]:
    """Heading → table."""
    told, before, found = named(), list[str](), dict[str, str]()
    for lock, heading in LOCKS.items():
        every = held(lock)
        before += every
        rest = [name for name in every if name not in told]
        rows = [f"| {name} | {', '.join(users(name, before))} | {licence(name)} |\n" for name in rest]
        found[heading] = HEAD + "".join(rows)
    return found


def main() -> None:
    """Put the tables in the places of the old ones."""
    text = PAGE.read_text(encoding="utf-8")
    for heading, table in tables().items():
        before, _, rest = text.partition(f"{heading}\n")
        told, _, after = rest.partition(HEAD)
        behind = after[re.match(r"(?:\|.*\n)*", after).end() :]  # type: ignore[union-attr]
        text = f"{before}{heading}\n{told}{table}{behind}"
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
