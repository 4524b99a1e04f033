"""The direction of imports, and what each room may know.

A module imports only from rows above its own; from its own row only where `WITHIN` says so. The modules of
a folder (``serve``, ``pictures``) share one row, in which they may use each other without a circle.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "datarules"
DATA = Path(__file__).parent.parent / "data"
MODULES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts): path
    for path in sorted(SOURCE.rglob("*.py"))
    if "bundle" not in path.relative_to(SOURCE).parts
}

ROWS: tuple[tuple[str, ...], ...] = (
    ("__init__", "errors", "vocab"),
    ("model", "bundled", "findings", "formats"),
    ("pictures",),
    ("load", "worlds", "people", "people_build", "precedence"),
    ("reader", "mappings"),
    ("rulebook",),
    ("consistency",),
    ("validate",),
    ("situations",),
    ("pairs", "verdicts", "scenario"),
    ("beside",),
    ("decide", "forge"),
    ("outlook", "norms", "obstacles"),
    ("matrix", "conflicts", "paths", "amend"),
    ("timeline", "barriers", "compare", "effects", "conflict_changes", "many"),
    ("costs", "program"),
    ("bridges", "solve", "mechanisms"),
    ("portfolio", "fit"),
    ("islands", "classes", "turtle", "table_lines", "checks"),
    ("island_files", "coverage", "comparisons", "layout", "tables", "reach", "whatif"),
    ("overlay",),
    ("graph_files", "divide", "priorities"),
    ("graph_dot",),
    ("graphs",),
    ("explain",),
    ("catalogue", "answer", "ask", "wording", "finder"),
    ("template", "open", "released", "release_tables", "release_texts"),
    ("screen", "functions", "history", "reports", "asked", "law_cases"),
    ("builder",),
    ("required",),
    ("measures", "designs", "planning", "supposing", "flow_mapping", "flow_engines"),
    ("flow_words", "flow_beside"),
    ("flow_table",),
    ("flow_join",),
    ("flows",),
    ("flow_report",),
    ("study", "documents", "whatif_report", "whatif_rdf"),
    ("draw", "divide_reports"),
    ("draw_reach",),
    ("brief_law",),
    ("brief",),
    ("brief_pages",),
    ("endpoint", "endpoint_guard", "endpoint_decisions", "endpoint_disk"),
    ("endpoint_local", "endpoint_remote"),
    ("endpoint_forkserver",),
    ("endpoint_pool",),
    ("store", "client_types"),
    ("client", "mcp_server", "release"),
    ("serve",),
    ("commands",),
    ("commands_world", "commands_data"),
    ("commands_files", "commands_divide", "commands_design", "commands_scenarios", "commands_flows"),
    ("cli",),
    ("__main__",),
)

WITHIN = {
    ("endpoint_guard", "endpoint"),
}
"""Imports between modules of one row: (who, whom)."""

FOLDERS = ("pictures.", "serve.")
"""Folders of modules with one row for all."""

THIRD: dict[str, Callable[[str], bool]] = {
    "fastapi": lambda name: name.startswith("serve."),
    "ibis": lambda name: name in ("flow_engines", "flow_join"),
    "pyspark": lambda name: name == "flow_engines",
    "matplotlib": lambda name: name.startswith("pictures."),
    "httpx2": lambda name: name in ("client", "mcp_server", "commands", "endpoint_remote"),
    "mcp": lambda name: name == "mcp_server",
    "networkx": lambda name: name in ("islands", "graphs", "graph_files", "graph_dot", "pictures.network"),
    "numpy": lambda name: (
        name
        in (
            *("matrix", "many", "timeline", "islands", "tables", "graphs", "draw"),
            *("reach", "divide", "priorities", "measures", "draw_reach"),
            *("effects", "solve", "portfolio", "mechanisms", "fit", "whatif"),
            *("flow_table", "flow_join", "flows"),
        )
        or name.startswith("pictures.")
    ),
    "pyoxigraph": lambda name: (
        name
        in (
            "load",
            "reader",
            "consistency",
            "mappings",
            "layout",
            "functions",
            "store",
            "scenario",
            "whatif_rdf",
        )
        or name.startswith(("endpoint", "serve.sparql"))
    ),
    "pyshacl": lambda name: name == "validate",
    "rapidfuzz": lambda name: name in ("errors", "finder"),
    "rdflib": lambda name: name in ("validate", "store"),
    "scipy": lambda name: name == "solve",
    "rich": lambda name: name in ("commands", "screen", "store", "commands_flows"),
    "starlette": lambda name: name.startswith("serve."),
    "uvicorn": lambda name: name.startswith("serve."),
    "zstandard": lambda name: name.startswith("serve."),
}
"""Which modules may import a package of others."""

SLOW = ("fastapi", "pyshacl", "rapidfuzz", "rdflib", "scipy", "starlette", "uvicorn")
"""Packages that no module outside ``serve`` imports at its top: they would slow every start."""


def imports(name: str) -> Iterator[tuple[str, bool]]:
    """Yield what a module imports (ours as ``.name``), and whether at its top; types for checkers apart."""
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    inner = {
        id(n)
        for f in ast.walk(tree)
        if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef)
        for n in ast.walk(f)
    }
    typing = {
        id(n)
        for i in ast.walk(tree)
        if isinstance(i, ast.If) and "TYPE_CHECKING" in ast.unparse(i.test)
        for n in ast.walk(i)
    }
    package = name.split(".")[:-1]
    for node in ast.walk(tree):
        if id(node) in typing:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, id(node) not in inner
        elif isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            for alias in node.names:
                inside = (
                    ".".join([*base, *(node.module or "").split("."), alias.name])
                    .replace("..", ".")
                    .strip(".")
                )
                parent = inside.rpartition(".")[0] or "__init__"
                yield "." + (inside if inside in MODULES else parent), id(node) not in inner
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", id(node) not in inner


def row(name: str) -> int:
    """Return the row of a module."""
    name = name.split(".")[0]
    return next((number for number, names in enumerate(ROWS) if name in names), -1)


def test_every_module_has_its_row() -> None:
    listed = [name for names in ROWS for name in names]
    assert len(listed) == len(set(listed))
    assert {name.split(".")[0] for name in MODULES} - set(listed) == set(), "give each new module a row"


@pytest.mark.parametrize("name", MODULES)
def test_imports_go_upwards_only(name: str) -> None:
    wrong = []
    for target, _ in imports(name):
        if not target.startswith(".") or target == ".__init__":
            continue
        other = target[1:]
        same_folder = any(name.startswith(f) and other.startswith(f) for f in FOLDERS)
        allowed = row(other) < row(name) or same_folder or (name, other) in WITHIN
        if not allowed:
            wrong.append(other)
    assert wrong == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_modules_of_a_folder_use_each_other_without_a_circle(folder: str) -> None:
    left = {
        n: {t[1:] for t, _ in imports(n) if t.startswith("." + folder)}
        for n in MODULES
        if n.startswith(folder)
    }
    while free := [name for name, needed in left.items() if not needed & set(left)]:
        for name in free:
            del left[name]
    assert left == {}


@pytest.mark.parametrize("name", MODULES)
def test_packages_of_others_stay_in_their_rooms(name: str) -> None:
    wrong = []
    for target, top in imports(name):
        package = target.split(".")[0]
        slow = top and package in SLOW and not name.startswith("serve.") and name != "store"
        if (package in THIRD and not THIRD[package](name)) or slow:
            wrong.append(target)
    assert wrong == []


CLOCK = re.compile(
    r"os\.(environ|getenv)|(date|datetime)\.(today|now|utcnow)|(time|socket|urllib|httpx2)\..*"
)
SEEN_AT_DOORS = ("cli", "client", "commands", "serve", "store", "endpoint", "mcp_server")
"""The doors: the endpoint modules are the parts of the store, which keep time limits and speak to servers."""
EXCUSED = {("validate", "cache_folder", "os.environ"), ("template", "write", "date.today")}
"""Where the cache is kept; the day a template is written, unless the caller gives it."""


def _clock_environment_network(node: ast.AST, function: str = "") -> Iterator[tuple[str, str]]:
    """Yield (enclosing function, expression) wherever the clock, environment or network is looked at."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        function = node.name
    if isinstance(node, ast.Attribute) and CLOCK.fullmatch(text := ast.unparse(node)):
        yield function, text
    if isinstance(node, ast.ImportFrom) and node.module in ("os", "time", "socket", "urllib.request"):
        yield function, f"from {node.module}"
    for child in ast.iter_child_nodes(node):
        yield from _clock_environment_network(child, function)


@pytest.mark.parametrize("name", [n for n in MODULES if not n.startswith(SEEN_AT_DOORS)])
def test_nobody_below_the_doors_reads_clock_environment_or_network(name: str) -> None:
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    assert {(name, *found) for found in _clock_environment_network(tree)} - EXCUSED == set()


def _codes() -> list[str]:
    names = {path.stem for path in DATA.rglob("*.ttl") if path.parent.name != "scenarios"}
    return sorted(names, key=len, reverse=True)


WORDS = {"AS", "BY", "ID", "IN"}
"""Codes that are also words of SPARQL, and stand alone in the program as such."""


EXAMPLES = {
    "serve.openapi",
    "serve.openapi_world",
    "serve.openapi_scenarios",
    "serve.openapi_designs",
    "serve.openapi_lookup",
    "serve.openapi_things",
}
"""Modules that show example questions to people, and decide nothing."""


@pytest.mark.parametrize("name", [n for n in MODULES if n not in EXAMPLES])
def test_no_jurisdiction_is_named(name: str) -> None:
    """Look at text that could steer an answer: a text that is a code, or a name within a jurisdiction's space.

    Docstrings and longer texts may show a code as an example to people.
    """
    codes = "|".join(map(re.escape, _codes()))
    alone, within = re.compile(codes), re.compile(rf"(?<![\w/-])(?:{codes})/|\bid[:/](?:{codes})\b")
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    shown = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    texts = [
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in shown
    ]
    assert [x for x in texts if (alone.fullmatch(x) and x not in WORDS) or within.search(x)] == []


@pytest.mark.parametrize("name", MODULES)
def test_no_module_is_over_long(name: str) -> None:
    assert len(MODULES[name].read_text(encoding="utf-8").splitlines()) <= 400
