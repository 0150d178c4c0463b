"""`docs/dependencies.md` has a line for every library that the project installs or carries."""

import json
import re

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


def test_lock_holds_every_library_of_the_service_at_its_version_with_digests() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    each = r"^([a-z0-9-]+)(?:\[\w+\])?==([^ ;]+)([^#]*?)(?=^[a-z#]|\Z)"
    held = {
        name: (version, digests.count("--hash=sha256:"))
        for name, version, digests in re.findall(each, lock, re.M | re.S)
    }
    wanted = _required("requirements.txt")
    assert {name: held[name][0] for name in wanted} == wanted
    assert min(count for _, count in held.values()) >= 1


def test_service_is_installed_from_the_lock_alone() -> None:
    script = (ROOT / "tools" / "install.sh").read_text()
    assert 'what="--require-hashes -r ${1%.txt}.lock"' in script
    for builder in ("tools/bundle.sh", "deploy/Dockerfile"):
        assert "--require-hashes -r requirements.lock" in (ROOT / builder).read_text()
