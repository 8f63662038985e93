"""Roles that statements speak of, and those that they make."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.migrations.statement import Statement

_SETTINGS = ("role", "session_authorization")


@dataclass(frozen=True)
class Roles:
    """Names as the catalogue stores them. `named` may be there before, `made` are not."""

    named: frozenset[str] = frozenset()
    made: frozenset[str] = frozenset()


def roles_in(statements: Iterable[Statement]) -> Roles:
    named: set[str] = set()
    made: set[str] = set()
    for each in statements:
        if each.node == "CreateRoleStmt":
            made.add(str(each.tree.get("role", "")))
        named.update(_named(each.node, each.tree))
    return Roles(frozenset(named - {""}), frozenset(made - {""}))


def _named(node: str, tree: Any) -> Iterator[str]:
    for each in _mappings(tree):
        if each.get("roletype") == "ROLESPEC_CSTRING":
            yield str(each.get("rolename", ""))
    if node == "GrantRoleStmt":
        for privilege in tree.get("granted_roles", ()):
            yield str(privilege["AccessPriv"].get("priv_name", ""))
    if node == "VariableSetStmt" and tree.get("name") in _SETTINGS:
        for argument in tree.get("args", ()):
            value = argument.get("A_Const", {}).get("sval", {}).get("sval", "")
            yield "" if value == "none" else str(value)


def _mappings(tree: Any) -> Iterator[Any]:
    """Every mapping of a tree. Some fields hold a role without its node's name around it."""
    waiting = [tree]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting += each
        elif isinstance(each, Mapping):
            yield each
            waiting += each.values()
