"""Administrative divisions: loading the list, names for people, going up and down (行政区划, S17, S66).

Codes are prefixes of 2, 4, 6, 9 and 12 digits for level 1–5, so what lies above a code is read off it and
what lies below is a range of codes.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from clock import local_day
from frozen import dataclass
from models import AuditEntry, History, Region, store
from queries import regions as sql
from queries.regions import PRACTICE
from services.errors import Refusal, RefusalCode

LENGTHS = (2, 4, 6, 9, 12)
#: Names that stand beside the rule, and divisions of which no team is expected although the rule would.
OVERRIDES = Path(__file__).parent.parent / "data" / "regions-overrides.csv"
#: Rows in one transaction: enough to be fast, few enough that other writers get in between.
BATCH = 4000
#: A village's name has no more characters than this, as people write it.
LONGEST_END = 8
#: Whose programme this is.
PROVINCE = "34"

_CODE = re.compile(r"\d{2}(\d{2}(\d{2}(\d{3}(\d{3})?)?)?)?", re.ASCII)
_BRACKET = re.compile(r"[（(][^（()）]*[)）]+$")
_VILLAGE = re.compile(r"(?:村民委员会|村民委会|村委会)$")
_COMMUNITY = re.compile(r"(?:居民委员会|居民居委会|居委员会|居民委员|居委会|委员会)$")
#: 赵岗社区村民委员会: a village that became a community and kept its committee.
_TURNED = re.compile(r"(?<=社区)村$")
_OFFICE = re.compile(r"(?:行政事务管理中心|管理委员会|管委会|(?<=社区)服务中心)$")
#: Divisions on paper or behind walls: nobody is expected to found a team there (design §6.7).
_NO_TEAM = re.compile(
    r"虚拟|监狱|监区|直辖|开发区|工业园|产业园|工业区|示范园|产业集中区|托管区"
    r"|产业基地|化工园|创业园|加工园|合成基地"
)


class RegionFileError(ValueError):
    """The file is not a list of divisions. `line` counts from 1, `reason` is a short English word for tests."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class RegionBrief:
    """A division as people pick it: `path` is its full name from the city down."""

    code: str
    name: str
    level: int
    path: str = ""
    has_children: bool = False


def lineage(code: str) -> list[str]:
    """The codes from the province down to `code` itself: 341522100 gives 34, 3415, 341522, 341522100."""
    return [code[:length] for length in LENGTHS if length <= len(code)]


def level_of(code: str) -> int:
    """1 province … 5 village, by the length of the code; REGION_UNKNOWN for anything else."""
    if not _CODE.fullmatch(code):
        raise Refusal(RefusalCode.REGION_UNKNOWN, region=code)
    return LENGTHS.index(len(code)) + 1


def below(code: str) -> tuple[str, str]:
    """The half-open range of codes of the division and everything under it."""
    return code, f"{code}:"


def alone(code: str) -> tuple[str, str]:
    """The half-open range of codes that holds the division itself and nothing under it."""
    return code, f"{code}0"


def is_within(code: str, area: str) -> bool:
    """Whether `code` is `area` or lies under it."""
    return code.startswith(area)


def place_name(name: str, level: int) -> str:
    """The name a team carries (S66): 南河村村民委员会 → 南河村, 东湖社区居委会 → 东湖社区.

    The official list names the committees, people name the places.
    """
    bare = _BRACKET.sub("", name.strip()) or name.strip()
    if level == 5 and _VILLAGE.search(bare):
        place = _VILLAGE.sub("", bare)
        return _TURNED.sub("", place) if place.endswith(("村", "社区")) else f"{place}村"
    if level == 5 and _COMMUNITY.search(bare):
        place = _COMMUNITY.sub("", bare)
        return place if place.endswith(("社区", "村", "监区")) else f"{place}社区"
    if level == 4:
        return _OFFICE.sub("", bare) or bare
    return bare


def expects_team(name: str) -> bool:
    """Whether a team is expected there: not of virtual communities, prisons and development zones."""
    return not _NO_TEAM.search(name)


def load(*, path: Path | str, at: datetime, progress: Callable[[int, int], None] | None = None) -> int:
    """Load or reload a CSV of divisions (code, name, level) and return how many rows it held.

    The file is read twice, line by line: first to judge it whole, then to write it in batches, so a bad line
    changes nothing. Rows already there are brought up to date, none is removed; one whose name changes keeps a line
    of history and the day (`renamed_on`). `progress(done, total)` is called after each batch. Raises
    RegionFileError at the first bad line.
    """
    file = Path(path)
    total, upper = _judge(file)
    overrides = _overrides()
    rows = (_row(code, name, upper, overrides) for _, code, name in _lines(file))
    empty = not Region.select().exists()
    done = 0
    while batch := list(islice(rows, BATCH)):
        store.write(lambda batch=batch: _put(batch, empty, at))  # type: ignore[misc]
        done += len(batch)
        if progress:
            progress(done, total)
    store.write(
        lambda: AuditEntry.create(
            actor=None, verb="regions_loaded", subject=f"file:{file.name}", detail={"rows": done}, at=at
        )
    )
    return done


def _put(batch: list[sql.RegionRow], empty: bool, at: datetime) -> None:
    """Write some rows; what was called otherwise before goes into the history first."""
    before = {} if empty else sql.names([row[0] for row in batch])
    sql.put(batch)
    renamed = [row for row in batch if before.get(row[0], (row[1], row[4])) != (row[1], row[4])]
    lines: list[dict[str, Any]] = [
        {
            "subject": f"region:{code}", "verb": "renamed", "actor": None, "reason": "", "at": at,
            "changes": _renaming(before[code], (name, place)),
        }
        for code, name, _, _, place, _ in renamed
    ]  # fmt: skip
    for start in range(0, len(lines), 500):
        part = lines[start : start + 500]
        History.insert_many(part).execute()
        codes = [line["subject"].removeprefix("region:") for line in part]
        Region.update(renamed_on=local_day(at).isoformat()).where(Region.code.in_(codes)).execute()


def _renaming(old: tuple[str, str], new: tuple[str, str]) -> dict[str, list[str]]:
    pairs = zip(("name", "place_name"), old, new, strict=True)
    return {key: [was, now] for key, was, now in pairs if was != now}


def listed(path: Path | str) -> list[sql.RegionRow]:
    """The rows of a list as they would be loaded. Raises RegionFileError."""
    file = Path(path)
    _, upper = _judge(file)
    overrides = _overrides()
    return [_row(code, name, upper, overrides) for _, code, name in _lines(file)]


def left_out(path: Path | str) -> list[str]:
    """Codes that stand here under the divisions of a list and that the list does not name: merged or given up.

    Loading closes none of them: only `successions.merge` knows what they became. Raises RegionFileError.
    """
    named = {code for _, code, _ in _lines(Path(path))}
    tops = [code for code in named if not any(up in named for up in lineage(code)[:-1])]
    return [code for top in sorted(tops) for code in sql.open_codes(*below(top)) if code not in named]


def _lines(file: Path) -> Iterator[tuple[int, str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.reader(handle)
        header = [cell.strip() for cell in next(reader, [])]
        if header[:3] != ["code", "name", "level"]:
            raise RegionFileError(1, "header")
        for cells in reader:
            if not cells:
                continue
            line = reader.line_num
            if len(cells) < 3:
                raise RegionFileError(line, "columns")
            code, name, level = (cell.strip() for cell in cells[:3])
            if not _CODE.fullmatch(code) or str(LENGTHS.index(len(code)) + 1) != level:
                raise RegionFileError(line, "code")
            if not name or len(name) > 60:
                raise RegionFileError(line, "name")
            yield line, code, name


def _judge(file: Path) -> tuple[int, set[str]]:
    """How many rows, and the codes that can be parents; the first bad line raises."""
    total = 0
    upper: set[str] = set()
    villages: set[str] = set()
    try:
        for line, code, _ in _lines(file):
            seen = villages if len(code) == 12 else upper
            if code in seen:
                raise RegionFileError(line, "twice")
            seen.add(code)
            total += 1
    except UnicodeDecodeError:
        raise RegionFileError(1, "encoding") from None
    return total, upper


def _overrides() -> dict[str, tuple[str, str]]:
    with OVERRIDES.open(encoding="utf-8", newline="") as handle:
        return {row["code"]: (row["place_name"], row["has_team"]) for row in csv.DictReader(handle)}


def _row(code: str, name: str, upper: set[str], overrides: dict[str, tuple[str, str]]) -> sql.RegionRow:
    """One row for the table. The parent is the nearest prefix in the file: some cities have no counties."""
    level = LENGTHS.index(len(code)) + 1
    parent = next((up for up in reversed(lineage(code)[:-1]) if up in upper), None)
    if parent is None and level > 1:
        parent = lineage(code)[-2]
    own_name, own_team = overrides.get(code, ("", ""))
    has_team = own_team == "yes" if own_team else expects_team(name)
    return code, name, level, parent, own_name or place_name(name, level), has_team


def region(code: str) -> Region:
    """The division with this code that is not closed; REGION_UNKNOWN if there is none."""
    found = Region.get_or_none(Region.code == code, Region.closed_on.is_null())
    if found is None:
        raise Refusal(RefusalCode.REGION_UNKNOWN, region=code)
    return found


def name_of(code: str) -> str:
    """The place name of one division, 霍邱县; REGION_UNKNOWN if there is none."""
    place = Region.select(Region.place_name).where(Region.code == code).scalar()
    if place is None:
        raise Refusal(RefusalCode.REGION_UNKNOWN, region=code)
    return place


def path_name(code: str) -> str:
    """The full name from the city down, 六安市霍邱县城关镇东湖社区; the province itself by its own name."""
    names = path_names([code])
    if not names[code]:
        raise Refusal(RefusalCode.REGION_UNKNOWN, region=code)
    return names[code]


def in_practice(code: str) -> bool:
    """Whether the division belongs to the practice area, which is made up (services/practice)."""
    return code.startswith(PRACTICE)


def real(column: Any) -> Any:
    """The condition that a division is none of the practice area's."""
    return column < PRACTICE


def _shown(under: str) -> Any:
    """Who looks at the whole country does not see the practice area; who looks from inside it does."""
    return Region.code >= PRACTICE if in_practice(under) else Region.code < PRACTICE


def children(code: str) -> list[RegionBrief]:
    """The divisions right below `code` ("" = the provinces), by code."""
    parent = Region.parent == code if code else Region.parent.is_null()
    rows = Region.select().where(parent, Region.closed_on.is_null(), _shown(code)).order_by(Region.code)
    return [RegionBrief(row.code, row.place_name, row.level, "", row.level < 5) for row in rows]


def widest() -> str:
    """The division that holds all others: where to look for somebody of whom nobody knows where he lives."""
    return next((each.code for each in children("")), PROVINCE)


def search(text: str, under: str = "", limit: int = 20) -> list[RegionBrief]:
    """Divisions whose name holds the last word of `text` and whose path holds the others: 霍邱 东湖.

    Written in one word (霍邱东湖, 霍邱县城关镇东湖社区), its end is a name and what stands before it lies on the path,
    in this order; the longest end that some division bears counts.
    """
    words = text.split()[:4]
    if not words:
        return []
    found = _search(words, under, limit)
    if found or len(words) > 1:
        return found
    for size in range(min(LONGEST_END, len(words[0]) - 2), 1, -1):
        before, end = words[0][:-size], words[0][-size:]
        hits = [each for each in _search([end], under, limit * 20) if _in_order(before, each.path)]
        if hits:
            return hits[:limit]
    return []


def _in_order(letters: str, path: str) -> bool:
    rest = iter(path)
    return all(letter in rest for letter in letters)


def _search(words: list[str], under: str, limit: int) -> list[RegionBrief]:
    condition = Region.name.contains(words[-1]) | Region.place_name.contains(words[-1])
    if under:
        first, end = below(under)
        condition &= (Region.code >= first) & (Region.code < end)
    wanted = limit if len(words) == 1 else limit * 20
    rows = list(
        Region.select()
        .where(condition, Region.closed_on.is_null(), _shown(under))
        .order_by(Region.level, Region.code)
        .limit(wanted)
    )
    paths = path_names([row.code for row in rows])
    hits = [row for row in rows if all(word in paths[row.code] for word in words[:-1])]
    return [
        RegionBrief(row.code, row.place_name, row.level, paths[row.code], row.level < 5)
        for row in hits[:limit]
    ]


def path_names(codes: list[str]) -> dict[str, str]:
    """Full names of several divisions, thousands with one query; "" for a code that is not there."""
    if not codes:
        return {}
    wanted = sorted({step for code in codes for step in lineage(code)})
    names: dict[str, str] = {}
    for start in range(0, len(wanted), BATCH):  # one statement takes 32,766 values
        part = Region.code.in_(wanted[start : start + BATCH])
        names |= {row.code: row.place_name for row in Region.select(Region.code, Region.place_name).where(part)}

    def full(code: str) -> str:
        if code not in names:
            return ""
        return "".join(names.get(step, "") for step in lineage(code)[1:]) or names[code]

    return {code: full(code) for code in codes}
