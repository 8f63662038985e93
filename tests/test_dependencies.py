"""Every package that the bot imports is named in pyproject.toml: what others bring along may go."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = (
    "requirements.txt",
    "requirements-aws.txt",
    "requirements-otel.txt",
    "requirements-dev.txt",
)
# What signs requests to AWS is as large as the rest, and most do without it, and without observers.
APART = {"aws", "otel"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=~! ]", name)[0]).lower()


def declared(*, without: tuple[str, ...] = ()) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].items()
    optional = [each for name, group in extras if name not in without for each in group]
    return {normal(each) for each in (*project["dependencies"], *optional)}


def imported() -> Iterator[str]:
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from (each.name for each in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                yield node.module


def by_name(module: str) -> list[str]:
    """The packages of a module that is not installed here, as an extra need not be."""
    return [each for each in declared() if each == module or each.startswith(f"{module}-")]


def test_what_is_imported_is_named() -> None:
    modules = {each.partition(".")[0] for each in imported()} - {"bot"} - sys.stdlib_module_names
    homes = packages_distributions()
    packages = {
        module: {normal(each) for each in homes.get(module, by_name(module))} for module in modules
    }

    assert {each for each in modules if not packages[each] & declared()} == set()
    assert "requests" in modules


@pytest.mark.parametrize("lock", LOCKS)
def test_what_is_named_is_locked_with_hashes_and_from_nowhere_in_particular(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text)[1:]
    locked = {normal(each) for each in entries}

    named = {"requirements-dev.txt": APART, "requirements.txt": set[str]()}
    inside = named.get(lock, {lock.removeprefix("requirements-").removesuffix(".txt")})
    assert declared(without=tuple(APART - inside)) <= locked
    assert [each for each in entries if "--hash=sha256:" not in each] == []
    assert "://" not in text
