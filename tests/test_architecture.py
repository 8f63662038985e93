"""Who may import whom. Every import counts, also those inside functions and for typing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(path.relative_to(ROOT) for path in (ROOT / "bot").rglob("*.py"))
ADAPTERS = {
    f"adapters.{name}"
    for name in (
        "checkout",
        "actions",
        "github",
        "postgres",
        "prisma",
        "console",
        "hooks",
        "files",
        "installation",
        "rollout_log",
        "calendar",
        "notify",
        "signing",
        "age",
        "storage",
        "recovery",
    )
}
INSIDE = {
    "rollout",
    "restoring",
    "fleet",
    "rehearsing",
    "world",
    "report",
    "rules",
    "drafting",
    "fixing",
    "handoff",
    "initial",
    "judge",
    "sql",
    "core",
    "errors",
}
ALLOWED = {
    "": set[str](),
    "__main__": {"cli"},
    "cli": {"commands", "wiring", "signals", "errors"},
    # Only these two name adapters.
    "wiring": {
        "commands",
        "backups",
        "world",
        "config",
        "rules",
        "drafting",
        "core",
        "errors",
        *ADAPTERS,
    },
    "demo": {"core", "errors", *ADAPTERS},
    "commands": INSIDE | {"flows", "demo"},
    "flows": INSIDE,
    "rollout": {"world", "sql", "core", "errors"},
    # Never from a rollout: a restore shares no code with apply.
    "restoring": {"world", "core", "errors"},
    "backups": {"world", "core", "errors"},
    "fleet": {"core", "errors"},
    "world": {"core", "report", "errors"},
    "rules": {"rewriting", "judge", "sql", "core", "errors"},
    "rewriting": {"judge", "sql", "core", "errors"},
    "handoff": {"core", "errors"},
    "initial": {"core"},
    "drafting": {"core", "errors"},
    "fixing": {"judge", "sql", "core", "errors"},
    "judge": {"sql", "core", "errors"},
    "sql": {"core", "errors"},
    "report": {"core", "errors"},
    "config": {"core", "errors"},
    "rehearsing": {"core", "errors"},
    "core": {"errors"},
    "signals": {"errors"},
    "errors": set[str](),
    **{adapter: {"core", "errors"} for adapter in ADAPTERS},
}


def name_of(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def room_of(module: str) -> str:
    """`bot.core.rollouts.plan` lives in core; of the adapters, each has a room to itself."""
    parts = module.split(".")[1:]
    return ".".join(parts[:2]) if parts[:1] == ["adapters"] else "".join(parts[:1])


def imported_by(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import hides where it leads"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def offences(module: str, source: str) -> list[str]:
    room = room_of(module)
    rooms = {room_of(name) for name in imported_by(source) if name.partition(".")[0] == "bot"}
    package = {"", "__version__"}  # `import bot`, `from bot import __version__`
    return sorted(rooms - ALLOWED[room] - {room} - package)


def documented() -> dict[str, set[str]]:
    """The table of docs/architecture.md: what each room may import."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z]+)`[^|]*\| [^|]+ \|([^|;]*)[^|]*\|$", page, flags=re.M)
    return {room: set(re.findall(r"[a-z_]+", allowed)) for room, allowed in rows}


def without_parts(rooms: set[str]) -> set[str]:
    """The adapters count as one."""
    return {room.partition(".")[0] for room in rooms}


def test_the_table_in_the_documentation_is_the_one_that_holds() -> None:
    rooms = {room for room in ALLOWED if room and "_" not in room and "." not in room}
    table = documented()
    assert rooms - table.keys() == set()
    for room in rooms:
        assert table[room] == without_parts(ALLOWED[room]), room


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_point_inwards(path: Path) -> None:
    module = name_of(path)
    assert room_of(module) in ALLOWED or room_of(module) == "adapters", "a room without a rule"
    if room_of(module) != "adapters":
        assert offences(module, (ROOT / path).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("bot.core.rollouts.plan", "from bot.report import report"),
        ("bot.adapters.github.comments", "from bot.adapters import actions"),
        ("bot.adapters.postgres.lock", "def f():\n    import bot.rollout.apply"),
        ("bot.commands.apply", "from bot.adapters.postgres import database"),
        ("bot.commands.apply", "from bot import cli"),
    ],
)
def test_an_import_that_points_outwards_is_found(module: str, source: str) -> None:
    assert len(offences(module, source)) == 1


def test_no_import_leads_back_to_where_it_came_from() -> None:
    modules = {name_of(path): (ROOT / path).read_text(encoding="utf-8") for path in MODULES}
    imports = {
        module: {
            target
            for name in imported_by(source)
            for target in [name if name in modules else name.rpartition(".")[0]]
            if target in modules and target != "bot"
        }
        for module, source in modules.items()
    }
    assert cycle_in(imports) == []


def cycle_in(imports: dict[str, set[str]]) -> list[str]:
    """What is left when modules that import nothing left are taken away, over and over."""
    left = dict(imports)
    while settled := [module for module, targets in left.items() if not targets & left.keys()]:
        for module in settled:
            del left[module]
    return sorted(left)


def test_a_cycle_is_found() -> None:
    assert cycle_in({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == ["a", "b", "c"]
