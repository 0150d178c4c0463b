"""The house rules that import-linter cannot see, as functions over one file's syntax tree.

Each takes a `Source` and gives the faults in it, one line each. Where a rule holds is the rule's own
business, so that `test_house.py` can show each of them a bad file and the whole tree alike.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOT_OURS = {"var", "node_modules", "__pycache__"}
OUTSIDE = (
    "sandbox",
    "bench",
    "demo",
    "tools",
    "tests",
)  # programs beside the service: other rules hold there
#: Rooms that import nothing of ours.
ALONE = ("wechat", "sms", "storage")
MAX_LINES = 400
MAX_CHINESE = 5

CLOCKS = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
}
#: Libraries of one door or paper each, and the file that may load its own since nobody loads it but for a paper.
HEAVY = {
    "PIL", "docx", "fontTools", "fpdf", "openpyxl", "qrcode", "rapidfuzz", "requests", "rich", "uharfbuzz", "wechatpy",
    "xlsxwriter",
}  # fmt: skip
#: What comes with the first paper and with the first list from Excel; nobody else loads them at once.
LATE = {"services/typefaces.py": "services.typefaces", "services/imports/pages.py": "services.imports.pages"}
ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.getenvb"}


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the repository root, and its text."""

    path: str
    text: str

    @property
    def room(self) -> str:
        """The top folder, or the name of a file that lies at the top."""
        return self.path.split("/")[0]

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    def fault(self, node: ast.AST, what: str) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 1)}: {what}"


Rule = Callable[[Source], Iterable[str]]


def sources(root: Path = ROOT) -> list[Source]:
    """Every Python file of the project."""
    top = [entry for entry in root.iterdir() if not entry.name.startswith(".") and entry.name not in NOT_OURS]
    files = [entry for entry in top if entry.suffix == ".py"]
    files += [file for entry in top if entry.is_dir() for file in entry.rglob("*.py")]
    kept = [file.relative_to(root) for file in files if not NOT_OURS & set(file.relative_to(root).parts)]
    return [Source(path.as_posix(), (root / path).read_text()) for path in sorted(kept)]


def only_clock_asks_the_time(source: Source) -> Iterator[str]:
    """`clock.now()` and `clock.today()` can be shifted and frozen; the system's clock cannot."""
    if source.path != "clock.py" and source.room not in OUTSIDE:
        for node, name in _names_used(source.tree):
            if name in CLOCKS:
                yield source.fault(node, f"{name}: only clock.py asks the time")


def only_settings_reads_the_environment(source: Source) -> Iterator[str]:
    """A setting that is read elsewhere is one that nobody can list."""
    if source.path != "settings.py" and source.room not in OUTSIDE:
        for node, name in _names_used(source.tree):
            if name in ENVIRONMENT:
                yield source.fault(node, f"{name}: only settings.py reads the environment")


def only_queries_and_models_run_sql(source: Source) -> Iterator[str]:
    """SQL text stands in `queries/`, where its statements are counted, and in `models/`."""
    if source.room in ("queries", "models", "migrations", *OUTSIDE):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr == "execute_sql":
            yield source.fault(node, "execute_sql: SQL belongs in queries/")


def rules_hold_no_chinese_sentence(source: Source) -> Iterator[str]:
    """What a person reads is in `wording/`. Docstrings, comments and patterns of `re` are not read by users."""
    if source.room not in ("services", "models"):
        return
    unread = [*_docstrings(source.tree), *_parts(source.tree), *_patterns(source.tree)]
    skipped = {id(node) for node in unread}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in skipped:
            text = "".join(part.value for part in ast.walk(node) if _is_text(part))
            if len(re.findall(r"[\u3400-\u9fff]", text)) > MAX_CHINESE:
                yield source.fault(node, f"{text!r}: sentences belong in wording/")


def file_fits_in_the_head(source: Source) -> Iterator[str]:
    """Migrations are frozen history and may be long."""
    lines = source.text.count("\n")
    if source.room != "migrations" and lines > MAX_LINES:
        yield f"{source.path}: {lines} lines, more than {MAX_LINES}"


def file_says_what_it_is_for(source: Source) -> Iterator[str]:
    """An empty `__init__.py` has nothing to say."""
    if source.text.strip() and not ast.get_docstring(source.tree):
        yield f"{source.path}: no docstring at the top says what this file is for"


def file_has_a_telling_name(source: Source) -> Iterator[str]:
    """`utils` is where things go that nobody found a place for."""
    words = re.split(r"[/_.]", source.path)
    if {"util", "utils"} & set(words):
        yield f"{source.path}: nothing is called utils"


def nobody_imports_app_or_sandbox(source: Source) -> Iterator[str]:
    """import-linter guards the packages; this also sees the files at the top, app.py among them."""
    if source.room in ("bench", "tools", "tests"):
        return
    for node, module in _modules_imported(source.tree):
        top = module.split(".")[0]
        if top == "app" or (top == "sandbox" and source.room != "sandbox"):
            yield source.fault(node, f"imports {top}")


def only_app_imports_demo(source: Source) -> Iterator[str]:
    """Its `demo` command does, when it is called (docs/adr/0001): loading the app loads no demo."""
    if source.room in ("demo", "bench", "tools", "tests"):
        return
    inside = {
        child
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef) and source.path == "app.py"
        for child in ast.walk(node)
    }
    for node, module in _modules_imported(source.tree):
        if module.split(".")[0] == "demo" and node not in inside:
            yield source.fault(node, "imports demo")


def heavy_libraries_wait_for_their_use(source: Source) -> Iterator[str]:
    """Spreadsheets, PDF, Word, codes and HTTP are loaded by the function that needs them: starting a process with all
    of them costs half a second and 30 MB."""
    if source.room in OUTSIDE or source.path in LATE:
        return
    for node in source.tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in set(_import_names(node).values()):
                if name.split(".")[0] in HEAVY or name.startswith(tuple(LATE.values())):
                    yield source.fault(node, f"loads {name} at once")


def frozen_classes_with_slots_come_from_frozen(source: Source) -> Iterator[str]:
    """There are six hundred; from `dataclasses` they hold six megabytes more in every web process."""
    if source.room in (*OUTSIDE, *ALONE) or source.path == "frozen.py":
        return
    for node in ast.walk(source.tree):
        named = isinstance(node, ast.Call) and {"frozen", "slots"} <= {keyword.arg for keyword in node.keywords}
        if named and ("dataclasses.dataclass" in (name for _, name in _names_used(source.tree))):
            yield source.fault(node, "a frozen class with slots comes from `frozen`")


RULES: list[Rule] = [
    frozen_classes_with_slots_come_from_frozen,
    heavy_libraries_wait_for_their_use,
    only_clock_asks_the_time,
    only_settings_reads_the_environment,
    only_queries_and_models_run_sql,
    rules_hold_no_chinese_sentence,
    file_fits_in_the_head,
    file_says_what_it_is_for,
    file_has_a_telling_name,
    nobody_imports_app_or_sandbox,
    only_app_imports_demo,
]


def doubled_migrations(files: list[Source]) -> list[str]:
    """Numbers that two migrations share: their order would be chance."""
    found = (re.fullmatch(r"migrations/(\d+)_\w+\.py", file.path) for file in files)
    numbers = [int(match[1]) for match in found if match]
    return [
        f"migration {number:04} is there twice"
        for number in sorted({n for n in numbers if numbers.count(n) > 1})
    ]


def _modules_imported(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node, node.module


def _names_used(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Full dotted names of what the file touches, whatever it is called by after the import."""
    called = _import_names(tree)
    for node in ast.walk(tree):
        first, rest = _dotted(node)
        if first in called:
            yield node, called[first] + rest


def _dotted(node: ast.AST) -> tuple[str, str]:
    """("a", ".b.c") of `a.b.c`; ("", "") of what is no such name."""
    rest = ""
    while isinstance(node, ast.Attribute):
        node, rest = node.value, f".{node.attr}{rest}"
    return (node.id, rest) if isinstance(node, ast.Name) else ("", "")


def _import_names(tree: ast.AST) -> dict[str, str]:
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.split(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def _docstrings(tree: ast.AST) -> Iterator[ast.AST]:
    """Strings that stand alone as a statement: docstrings, and notes after a field."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def _parts(tree: ast.AST) -> Iterator[ast.AST]:
    """The pieces of f-strings, which are judged as one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield from node.values


def _patterns(tree: ast.AST) -> Iterator[ast.AST]:
    """First arguments of re.compile and its like."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func).startswith("re."):
            yield node.args[0]


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
