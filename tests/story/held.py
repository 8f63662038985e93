"""What holds a promise: the tests that are named for it, looked up in the tests themselves."""

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parents[1]


def not_there(named: Iterable[str]) -> list[str]:
    """Those of `path::test` or `path::test[case]` that are no test of their file's.

    A case is a function of the file, or an id or a text in it.
    """
    return [each for each in named if not _is_there(each)]


def _is_there(named: str) -> bool:
    path, _, test = named.partition("::")
    name, _, case = test.partition("[")
    functions, words = _known(path)
    known = name.startswith("test_") and name in functions
    return known and (not case or case.removesuffix("]") in functions | words)


@cache
def _known(path: str) -> tuple[frozenset[str], frozenset[str]]:
    file = TESTS / path
    if not file.is_file() or not file.name.startswith("test_"):
        return frozenset(), frozenset()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}
    constants = (each.value for each in ast.walk(tree) if isinstance(each, ast.Constant))
    return frozenset(functions), frozenset(each for each in constants if isinstance(each, str))
