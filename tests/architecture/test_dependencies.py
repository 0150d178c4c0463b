"""`docs/dependencies.md` has a line for every library that the project installs or carries."""

import json
import re

import pytest

from tests.architecture.rules import ROOT

PAGE = ROOT / "docs" / "dependencies.md"


def _listed(heading: str) -> dict[str, str]:
    """Library → last cell, from the table under one heading of the page."""
    section = PAGE.read_text().split(heading)[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return {row[0]: row[-1] for row in rows if row[0] != "library"}


def _required(name: str) -> dict[str, str]:
    """Library → pinned version ("" where there is none), from a list of requirements."""
    lines = re.findall(r"^([a-z0-9-]+)(?:\[\w+\])?(?:==(\S+))?$", (ROOT / name).read_text(), re.MULTILINE)
    return dict(lines)


def _wrong_versions(name: str) -> list[str]:
    listed = _listed(f"`{name}`")
    return [
        library for library, version in _required(name).items() if not listed[library].startswith(version)
    ]


def test_every_library_of_the_service_has_its_line() -> None:
    assert sorted(_listed("`requirements.txt`")) == sorted(_required("requirements.txt"))


def test_every_library_of_the_demo_has_its_line_and_comes_with_make_demo() -> None:
    assert sorted(_listed("`requirements-demo.txt`")) == sorted(_required("requirements-demo.txt")) == ["zxing-cpp"]
    makefile = (ROOT / "Makefile").read_text()
    assert "\ndemo: .venv/.installed-demo\n" in makefile
    assert "tools/install.sh requirements-demo.txt" in makefile


def test_every_library_of_the_tests_has_its_line() -> None:
    assert sorted(_listed("`requirements-dev.txt`")) == sorted(_required("requirements-dev.txt"))


def test_every_library_of_the_figures_has_its_line_and_is_missed_without_harm() -> None:
    listed, required = _listed("`requirements-bench.txt`"), _required("requirements-bench.txt")
    assert sorted(listed) == sorted(required) == ["gunicorn", "waitress", "werobot"]
    assert "tools/install.sh requirements-bench.txt $@ || echo" in (ROOT / "Makefile").read_text()


def test_every_library_of_a_peer_has_its_line_and_an_environment_of_its_own() -> None:
    listed, required = _listed("`requirements-peers.txt`"), _required("requirements-peers.txt")
    assert sorted(listed) == sorted(required) == ["gunicorn", "pretix"]
    makefile = (ROOT / "Makefile").read_text()
    assert "PEERS := var/bench-peers\n" in makefile
    assert "-@$(MAKE) --no-print-directory $(PEERS)/.installed\n" in makefile
    assert "tools/install.sh requirements-peers.txt $@ $(PEERS)\n" in makefile


def test_lines_tell_the_pinned_version() -> None:
    lists = [f"requirements{each}.txt" for each in ("", "-demo", "-dev", "-bench", "-peers")]
    assert [wrong for name in lists for wrong in _wrong_versions(name)] == []


def test_every_package_of_the_mini_programs_tools_has_its_line_and_version() -> None:
    pinned = json.loads((ROOT / "tools" / "mpweb" / "package.json").read_text())["dependencies"]
    listed = _listed("`tools/mpweb/package.json`")
    assert {library: cell.split(",")[0] for library, cell in listed.items()} == pinned


def test_every_carried_file_has_its_line_and_its_licence() -> None:
    vendor = ROOT / "static" / "vendor"
    carried = sorted({path.name.split(".")[0] for path in vendor.iterdir()})
    assert carried == sorted(_listed("`static/vendor/`"))
    assert [name for name in carried if not (vendor / f"{name}.LICENSE").exists()] == []


#: Each lock, and the ones that it stands on.
LOCKS = {
    "requirements": (), "requirements-demo": ("requirements",),
    "requirements-dev": ("requirements-demo", "requirements"),
    "requirements-bench": ("requirements-dev", "requirements-demo", "requirements"),
}  # fmt: skip
#: A licence that is not here is looked at before its library comes in.
LICENCES = {
    "MIT", "MIT-0", "BSD-2", "BSD-3", "Apache-2.0", "Apache-2.0 or BSD-2", "ISC", "PSF", "MIT and PSF", "Unlicense",
    "MPL-2.0", "LGPL-3.0; in it libpq (PostgreSQL) and OpenSSL (Apache-2.0)",
}  # fmt: skip


def _locked(name: str) -> dict[str, tuple[str, int]]:
    """Library → (version, number of digests), of one lock without the ones it stands on."""
    lock = (ROOT / f"{name}.lock").read_text()
    each = r"^([a-z0-9-]+)(?:\[\w+\])?==([^ ;]+)([^#]*?)(?=^[a-z#]|\Z)"
    found = re.findall(each, lock, re.M | re.S)
    return {library: (version, digests.count("--hash=sha256:")) for library, version, digests in found}


@pytest.mark.parametrize("name", LOCKS)
def test_lock_holds_every_library_of_its_list_at_its_version_with_digests(name: str) -> None:
    own, below = _locked(name), [_locked(each) for each in LOCKS[name]]
    assert min(count for _, count in own.values()) >= 1
    assert not own.keys() & {library for each in below for library in each}
    begins = [line for line in (ROOT / f"{name}.lock").read_text().splitlines() if line.startswith("-r")]
    assert begins == [f"-r {each}.lock" for each in LOCKS[name][:1]]
    held = {library: version for each in (own, *below) for library, (version, _) in each.items()}
    wanted = _required(f"{name}.txt")
    assert {library: held.get(library) for library in wanted} == wanted


@pytest.mark.parametrize("name", [name for name in LOCKS if name != "requirements-demo"])
def test_every_library_that_a_lock_holds_has_its_licence(name: str) -> None:
    named = {library for each in LOCKS for library in _required(f"{each}.txt")}
    listed = _listed(f"bring along: `{name}.lock`")
    assert sorted(listed) == sorted(_locked(name).keys() - named)
    assert {library: told for library, told in listed.items() if told not in LICENCES} == {}


def test_changed_lock_is_installed() -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert [name for name in LOCKS if f": {name}.txt {name}.lock" not in makefile] == []


def test_demo_brings_nothing_along() -> None:
    assert list(_locked("requirements-demo")) == ["zxing-cpp"]


def test_service_is_installed_from_the_lock_alone() -> None:
    script = (ROOT / "tools" / "install.sh").read_text()
    assert 'what="--require-hashes -r ${1%.txt}.lock"' in script
    for builder in ("tools/bundle.sh", "deploy/Dockerfile"):
        assert "--require-hashes -r requirements.lock" in (ROOT / builder).read_text()
