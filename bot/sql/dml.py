"""Conditions that hold for every row, worked out by sqlglot where the look of them asks for it."""

from itertools import count
from typing import Any

from bot.sql.expressions import nodes

_MOST_NODES = 200
_COMPARISONS = {"=", "<>", "<", ">", "<=", ">="}


def always_true(where: Any) -> bool:
    """Whether a condition is true whatever the row: `true`, `1 = 1`, `a > 5 OR true`.

    sqlglot simplifies a condition rebuilt from PostgreSQL's tree, so that nothing depends on
    its reading of the text. What cannot be rebuilt is taken for a real condition.
    """
    found = [node for node, _ in zip(nodes(where), range(_MOST_NODES), strict=False)]
    if len(found) == _MOST_NODES or not _worth_a_look(found):
        return False
    return _simplifies_to_true(_Rebuilder().sql(where))


def _worth_a_look(found: list[tuple[str, Any]]) -> bool:
    """Every tautology that sqlglot can see through contains a comparison of constants, or one."""
    for node, fields in found:
        if node == "A_Const" and "boolval" in fields:
            return True
        if node == "A_Expr" and _compares_constants(fields):
            return True
        if node == "NullTest" and "A_Const" in fields["arg"]:
            return True
    return False


def _compares_constants(fields: Any) -> bool:
    sides = fields.get("lexpr", {}), fields.get("rexpr", {})
    return all("A_Const" in side for side in sides)


class _Rebuilder:
    """SQL for the skeleton of a condition; what is not constant gets a name of its own."""

    def __init__(self) -> None:
        self._numbers = count()

    def sql(self, tree: Any) -> str:
        node, fields = next(iter(tree.items()))
        if node == "BoolExpr":
            parts = [f"({self.sql(each)})" for each in fields["args"]]
            if fields["boolop"] == "NOT_EXPR":
                return f"NOT {parts[0]}"
            return (" AND " if fields["boolop"] == "AND_EXPR" else " OR ").join(parts)
        if node == "A_Expr":
            return self._comparison(fields)
        if node == "NullTest" and "A_Const" in fields["arg"]:
            null = bool(fields["arg"]["A_Const"].get("isnull"))
            return "TRUE" if null == (fields["nulltesttype"] == "IS_NULL") else "FALSE"
        return self._constant(fields) if node == "A_Const" else self._unknown()

    def _unknown(self) -> str:
        return f"unknown{next(self._numbers)}"

    def _comparison(self, fields: Any) -> str:
        operator = fields["name"][0]["String"]["sval"] if fields.get("name") else ""
        known = fields.get("kind") == "AEXPR_OP" and operator in _COMPARISONS
        if not known or not _compares_constants(fields):
            return self._unknown()
        left, right = (self._constant(fields[side]["A_Const"]) for side in ("lexpr", "rexpr"))
        return f"{left} {operator} {right}"

    def _constant(self, fields: Any) -> str:
        if "boolval" in fields:
            return "TRUE" if fields["boolval"].get("boolval") else "FALSE"
        if "ival" in fields:
            return str(fields["ival"].get("ival", 0))
        if "sval" in fields:
            quoted = fields["sval"].get("sval", "").replace("'", "''")
            return f"'{quoted}'"
        return "NULL" if fields.get("isnull") else self._unknown()


def _simplifies_to_true(condition: str) -> bool:
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError
    from sqlglot.optimizer.simplify import simplify

    try:
        simplified = simplify(sqlglot.parse_one(condition, dialect="postgres"))
    except SqlglotError:
        return False
    return isinstance(simplified, exp.Boolean) and bool(simplified.this)
