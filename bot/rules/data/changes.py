"""The data changes in a statement, and which rows they can reach. No rule by itself."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from bot.core.migrations.statement import Statement
from bot.judge.catalogue.catalogue import Catalogue
from bot.sql.expressions import nodes, relation_name, relations_of, strings_of

Fields = Mapping[str, Any]
Key = frozenset[str]

_CHANGES = {"UpdateStmt", "DeleteStmt", "InsertStmt"}
_WITH_CHANGES = {*_CHANGES, "SelectStmt", "MergeStmt"}
_SMALL = 1000
_DEEPEST = 5
_LOWER, _UPPER = {">", ">="}, {"<", "<="}


def changes_of(statement: Statement) -> Iterator[tuple[str, Fields]]:
    """Every INSERT, UPDATE and DELETE a statement runs, those inside WITH included."""
    if statement.node in _WITH_CHANGES:
        whole = {statement.node: statement.tree}
        yield from ((node, fields) for node, fields in nodes(whole) if node in _CHANGES)


def limited(tree: Any) -> bool:
    """Whether a LIMIT or FETCH FIRST stands anywhere in it."""
    return any(node == "SelectStmt" and "limitCount" in fields for node, fields in nodes(tree))


def keys_of(table: str, catalogue: Catalogue) -> set[Key]:
    """The sets of columns that name one row. A column `id` does, known or not."""
    unique = (
        frozenset(column.name or "" for column in index.columns)
        for index in catalogue.indexes_of(table)
        if index.unique and not index.partial
    )
    return {frozenset({"id"}), frozenset({"ctid"}), *unique}


def reaches_many(fields: Fields, statement: Statement, catalogue: Catalogue) -> bool:
    """Whether nothing bounds the number of rows that an UPDATE or DELETE changes."""
    where = fields.get("whereClause")
    if limited(statement.tree) or "CurrentOfExpr" in (where or {}):
        return False
    others = fields.get("fromClause") or fields.get("usingClause")
    listed = bool(others) and not relations_of([fields.get("withClause"), others])
    keys = keys_of(relation_name(fields["relation"]), catalogue)
    return where is None or not chooses_few(where, keys, joined=listed)


def chooses_few(where: Any, keys: Collection[Key], *, joined: bool = False, depth: int = 0) -> bool:
    """Whether a condition names its rows, or a stretch of them, by one of the table's keys.

    `joined` says that the rows are compared with a short list that stands in the statement.
    """
    equal: set[str] = set()
    lower: set[str] = set()
    upper: set[str] = set()
    for node, fields in _conjuncts(where):
        if node == "BoolExpr" and fields["boolop"] == "OR_EXPR" and depth < _DEEPEST:
            arms: Sequence[Any] = fields["args"]
            if all(chooses_few(arm, keys, joined=joined, depth=depth + 1) for arm in arms):
                return True
        if node != "A_Expr":
            equal |= _named_by_subquery(node, fields)
            continue
        names, operator = _compared(fields, joined=joined)
        equal |= names if operator == "=" else set()
        lower |= names if operator in _LOWER or operator == "BETWEEN" else set()
        upper |= names if operator in _UPPER or operator == "BETWEEN" else set()
    ranged = lower & upper
    return any(key <= equal or key <= (equal | ranged) for key in keys)


def _conjuncts(where: Any) -> Iterator[tuple[str, Fields]]:
    stack = [where]
    while stack:
        node, fields = next(iter(stack.pop().items()))
        if node == "BoolExpr" and fields["boolop"] == "AND_EXPR":
            stack.extend(fields["args"])
        else:
            yield node, fields


def _named_by_subquery(node: str, fields: Fields) -> set[str]:
    """`column IN (SELECT … LIMIT …)`."""
    if node == "SubLink" and fields.get("subLinkType") == "ANY_SUBLINK" and limited(fields):
        return _column(fields.get("testexpr"))
    return set()


def _compared(fields: Fields, *, joined: bool) -> tuple[set[str], str]:
    """The column that is compared with values, and by which operator."""
    operator = strings_of(fields.get("name"))[-1]
    left, right = fields.get("lexpr"), fields.get("rexpr")
    kind = fields["kind"]
    if kind == "AEXPR_OP" and _column(left) and _values(right, joined=joined):
        return _column(left), operator
    if kind == "AEXPR_OP" and operator == "=" and _values(left, joined=joined):
        return _column(right), operator
    if kind == "AEXPR_BETWEEN" and _values(right):
        return _column(left), "BETWEEN"
    if kind in ("AEXPR_IN", "AEXPR_OP_ANY") and operator == "=" and _values(right):
        return _column(left), "="
    return set(), ""


def _column(tree: Any) -> set[str]:
    while tree and "TypeCast" in tree:
        tree = tree["TypeCast"]["arg"]
    reference = (tree or {}).get("ColumnRef")
    return set(strings_of(reference["fields"])[-1:]) if reference else set()


def _values(tree: Any, *, joined: bool = False) -> bool:
    """Whether it is a few values: constants, or the answer of a query with at most so many."""
    count = 0
    for node, fields in nodes(tree):
        if node == "SubLink":
            return limited(fields) or fields.get("subLinkType") == "EXPR_SUBLINK"
        if node == "ColumnRef" and not joined:
            return False
        count += node == "A_Const"
    return count <= _SMALL
