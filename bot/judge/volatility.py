"""How often an expression changes its answer, where it calls functions of the history."""

from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.catalogue.schema import Function
from bot.sql.expressions import expression_of, function_volatility
from bot.sql.parse import parse
from bot.sql.values import Expression, Volatility

_DEEPEST = 10


def volatility_of(expression: Expression, catalogue: Catalogue, depth: int = 0) -> Volatility:
    """As PostgreSQL sees it once it has put the bodies of plain SQL functions in their place."""
    if expression.volatility is not Volatility.VOLATILE or depth > _DEEPEST:
        return expression.volatility
    found = Volatility.IMMUTABLE
    for name in expression.functions:
        function = catalogue.functions.get(f"public.{name}")
        known = _of_function(function, catalogue, depth) if function else function_volatility(name)
        found = max(found, known)
    return found


def _of_function(function: Function, catalogue: Catalogue, depth: int) -> Volatility:
    body = _plain_expression(function)
    if body is None:
        return function.volatility
    return min(function.volatility, volatility_of(body, catalogue, depth + 1))


def _plain_expression(function: Function) -> Expression | None:
    """The expression that a function of SQL is, if it is one SELECT without FROM."""
    if function.language != "sql" or not function.inlined:
        return None
    statements = parse(function.body).statements
    if len(statements) != 1 or statements[0].node != "SelectStmt":
        return None
    tree = statements[0].tree
    targets = tree.get("targetList", ())
    if len(targets) != 1 or not tree.keys() <= {"targetList", "limitOption", "op"}:
        return None
    return expression_of(targets[0]["ResTarget"]["val"])
