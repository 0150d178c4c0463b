"""Write tests/services/organisation/names_golden.tsv anew: the names of the teams, to be read line by line.

Every province, city and county; a drawn sample of townships and villages; and whatever looks odd (brackets, zones,
farms, virtual communities, names that two villages share). `PYTHONPATH=. python tools/golden_names.py`.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path
from random import Random

from models import Region
from services.organisation.names import standard_name
from services.regions import listed

ROOT = Path(__file__).parent.parent
LIST = ROOT / "data" / "regions-34.csv"
GOLDEN = ROOT / "tests" / "services" / "organisation" / "names_golden.tsv"
HEAD = ("code", "official", "place", "team", "general", "professional")
PROFESSION = "应急救援"
BRAND = "红耀江淮"
ODD = re.compile(
    r"[^\u4e00-\u9fff]|虚拟|农场|林场|茶场|开发|园区|工业|管理|监|中心$|街道居|社区村|村村村|村社区|类似|居民居|直辖"
)
TOWNSHIPS, VILLAGES, ODDITIES = 60, 120, 90


def sample() -> list[Region]:
    """The divisions of the golden file."""
    rows = [
        Region(code=c, name=n, level=level, place_name=place, has_team=team)
        for c, n, level, _, place, team in listed(LIST)
    ]
    rng = Random("names")
    towns = [row for row in rows if row.level == 4]
    villages = [row for row in rows if row.level == 5]
    odd = [row for row in villages if ODD.search(row.name)]
    chosen = {row.code: row for row in rows if row.level <= 3}
    chosen |= {row.code: row for row in towns if not row.place_name.endswith(("镇", "乡", "街道"))}
    chosen |= {row.code: row for row in rng.sample(towns, TOWNSHIPS) + rng.sample(villages, VILLAGES)}
    kinds = Counter()
    for row in rng.sample(odd, len(odd)):
        kind = ODD.search(row.name)[0]
        kinds[kind] += 1
        if kinds[kind] <= 8:
            chosen[row.code] = row
    common = Counter(row.place_name for row in villages).most_common(2)
    for name, _ in common:
        chosen |= {row.code: row for row in [row for row in villages if row.place_name == name][:3]}
    return [chosen[code] for code in sorted(chosen)]


def line(region: Region) -> tuple[str, ...]:
    """One line of the golden file."""
    names = [
        standard_name(region=region, kind=kind, speciality=PROFESSION, brand=BRAND)
        for kind in ("grassroots", "professional")
    ]
    return (region.code, region.name, region.place_name, "yes" if region.has_team else "no", *names)


if __name__ == "__main__":
    with GOLDEN.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, delimiter="\t", lineterminator="\n")
        writer.writerow(HEAD)
        writer.writerows(line(region) for region in sample())
