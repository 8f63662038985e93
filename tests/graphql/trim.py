"""Cuts GitHub's GraphQL schema down to what the bot asks for and the hub answers.

    npm pack @octokit/graphql-schema && tar xzf octokit-graphql-schema-*.tgz
    python -m tests.graphql.trim package/schema.graphql tests/graphql/github.graphql

What is kept is kept as GitHub wrote it, without prose. Types that only interfaces or arguments
name, and nothing that is kept, fall away.
"""

import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from graphql import parse, print_ast, visit
from graphql.language import (
    DocumentNode,
    EnumTypeDefinitionNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    NamedTypeNode,
    Node,
    ObjectTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    TypeDefinitionNode,
    Visitor,
)

CONNECTION = "totalCount nodes pageInfo"
FIELDS = {
    "Query": "repository viewer",
    "Mutation": "resolveReviewThread unresolveReviewThread minimizeComment",
    "Repository": "id nameWithOwner pullRequest",
    "PullRequest": "id number reviewThreads",
    "PullRequestReviewThreadConnection": CONNECTION,
    "PullRequestReviewThread": "id path line startLine isResolved resolvedBy comments",
    "PullRequestReviewCommentConnection": CONNECTION,
    "PullRequestReviewComment": (
        "id databaseId body path createdAt author viewerDidAuthor isMinimized minimizedReason"
    ),
    "PageInfo": "hasNextPage endCursor",
    "Actor": "login",
    "Bot": "login",
    "User": "login",
    "Minimizable": "isMinimized minimizedReason",
    "ResolveReviewThreadPayload": "thread",
    "UnresolveReviewThreadPayload": "thread",
    "MinimizeCommentPayload": "minimizedComment",
}
WHOLE = (InputObjectTypeDefinitionNode, EnumTypeDefinitionNode, ScalarTypeDefinitionNode)
OWNERS = (ObjectTypeDefinitionNode, InterfaceTypeDefinitionNode)
BUILT_IN = {"Boolean", "Float", "ID", "Int", "String"}


def trim(text: str) -> str:
    """The schema of the kept fields, with every type they lead to."""
    whole = {
        each.name.value: each
        for each in parse(text, no_location=True).definitions
        if isinstance(each, TypeDefinitionNode)
    }
    kept = {name: _cut(whole[name], names.split()) for name, names in FIELDS.items()}
    waiting = [name for each in kept.values() for name in _named(each)]
    while waiting:
        name = waiting.pop()
        if name not in kept and name not in BUILT_IN:
            found = whole[name]
            if not isinstance(found, WHOLE):
                raise SystemExit(f"{name} is led to: say which of its fields are kept")
            kept[name] = _without_prose(found)
            waiting += _named(kept[name])
    document = DocumentNode(definitions=tuple(kept[name] for name in sorted(kept)))
    return print_ast(document) + "\n"


def _cut(found: TypeDefinitionNode, names: list[str]) -> TypeDefinitionNode:
    """A type with some of its fields, and of its interfaces those that are kept themselves."""
    assert isinstance(found, OWNERS)
    known = {each.name.value: each for each in found.fields or ()}
    interfaces = tuple(each for each in found.interfaces or () if each.name.value in FIELDS)
    kept = tuple(known[name] for name in names)
    return _without_prose(replace(found, fields=kept, interfaces=interfaces))


class _Silence(Visitor):
    """Takes descriptions and directives away, wherever they stand."""

    def enter(self, node: Node, *_: object) -> Node | None:
        wordy = {field.name for field in fields(node)} & {"description", "directives"}
        empty: dict[str, Any] = {"description": None, "directives": ()}
        return replace(node, **{name: empty[name] for name in wordy}) if wordy else None


def _without_prose(node: TypeDefinitionNode) -> TypeDefinitionNode:
    silent: TypeDefinitionNode = visit(node, _Silence())
    return silent


class _Names(Visitor):
    """Collects the types that a definition names."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def enter_named_type(self, node: NamedTypeNode, *_: object) -> None:
        self.found.append(node.name.value)


def _named(node: TypeDefinitionNode) -> list[str]:
    names = _Names()
    visit(node, names)
    return names.found


def main(source: str, target: str) -> None:
    Path(target).write_text(trim(Path(source).read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
