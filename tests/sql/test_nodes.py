"""Every node of a tree, walked once however often it is asked for."""

from typing import Any

import pytest

from bot.sql.expressions import nodes
from bot.sql.parse import parse, parse_to_replay

SQL = "UPDATE t SET a = b + 1 WHERE c IN (SELECT x FROM u WHERE y = 2 LIMIT 3) AND d IS NULL"


def slowly(tree: Any) -> list[tuple[str, Any]]:
    """The same by recursion."""
    if isinstance(tree, list):
        return [found for each in tree for found in slowly(each)]
    found = []
    for key, value in tree.items() if isinstance(tree, dict) else ():
        if key[:1].isupper() and isinstance(value, dict):
            found.append((key, value))
        found += slowly(value)
    return found


def test_all_nodes_come_outer_before_inner() -> None:
    statement = parse(SQL).statements[0]
    whole = {statement.node: statement.tree}
    for tree in (whole, statement.tree, [whole, statement.tree["whereClause"]], None, {}):
        expected = slowly(tree)
        assert list(nodes(tree)) == expected
        assert list(nodes(tree)) == expected


def test_a_tree_is_not_taken_for_another_that_was_walked_before() -> None:
    found = [
        [fields["sval"] for node, fields in nodes(parse(f"SELECT {name}").statements[0].tree)
         if node == "String"]
        for name in ("a", "b", "c", "d", "e", "f", "g", "h")
    ]  # fmt: skip
    assert found == [["a"], ["b"], ["c"], ["d"], ["e"], ["f"], ["g"], ["h"]]


@pytest.mark.parametrize(
    "text",
    [
        f"-- first\n{SQL}; DROP TABLE x; /* last */ COMMENT ON TABLE t IS 'ü'; BEGIN;",
        "CREATE TABLE",
        "COPY t FROM STDIN;",
        'SELECT "{{ name }}";',
        "",
    ],
)
def test_what_is_replayed_does_what_the_whole_statement_does(text: str) -> None:
    whole, bare = parse(text), parse_to_replay(text)
    assert [(each.index, each.kind, each.node, each.tree) for each in bare.statements] == [
        (each.index, each.kind, each.node, each.tree) for each in whole.statements
    ]
    assert (bare.fault is None) == (whole.fault is None)
