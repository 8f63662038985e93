"""A function with its owner's rights looks names up where its caller says.

Without a search_path of its own, a caller can put a table or function of the same name in front,
and the owner's rights then run the caller's code.
"""

from collections.abc import Mapping, Sequence

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, MigrationContext, shown
from bot.sql.actions import CreateFunction
from bot.sql.expressions import qualified, strings_of

SEVERITY = Severity.ERROR

FIX = "Add `SET search_path = ''` to the function, and write schemas before the names in its body."

BAD = """
CREATE FUNCTION balance() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
"""

GOOD = """
CREATE FUNCTION balance() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS 'SELECT 1';
"""

QUIET = [
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY INVOKER AS 'SELECT 1';",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER "
    "SET search_path = pg_catalog, pg_temp AS 'SELECT 1';",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; "
    "ALTER FUNCTION f() SET search_path = '';",
    "ALTER FUNCTION f() SECURITY DEFINER SET search_path = '';",
    "ALTER FUNCTION f() SET statement_timeout = '5s';",
]


def check(statement: Statement, context: Context) -> Hits:
    for function in context.all(CreateFunction):
        settled = "search_path" in function.settings or _set_later(function.name, context)
        if function.security_definer and not settled:
            yield Hit(
                f"{shown(function.name)} runs with its owner's rights and no search_path.",
                about=function,
            )
    name, options = _altered(statement)
    if not options.get("security") or "search_path" in options:
        return
    if not _set_before(name, context) and not _set_later(name, context):
        yield f"{shown(name)} gets its owner's rights, and no search_path."


def _set_before(name: str, context: Context) -> bool:
    """Whether the file created or altered the function with a search_path before."""
    created = context.earlier.all(CreateFunction, about=name)
    if any(each.name == name and "search_path" in each.settings for each in created):
        return True
    set_at = context.file.once(_paths).get(name)
    return set_at is not None and set_at[0] < context.position


def _set_later(name: str, context: Context) -> bool:
    set_at = context.file.once(_paths).get(name)
    return set_at is not None and set_at[-1] > context.position


def _paths(file: MigrationContext) -> Mapping[str, Sequence[int]]:
    """Where ALTER FUNCTION sets a search_path, by function."""
    found: dict[str, list[int]] = {}
    for position, step in enumerate(file.steps):
        name, options = _altered(step.statement)
        if "search_path" in options:
            found.setdefault(name, []).append(position)
    return found


def _altered(statement: Statement) -> tuple[str, dict[str, bool]]:
    """The function of an ALTER FUNCTION, with "security" and the settings it touches."""
    if statement.node != "AlterFunctionStmt":
        return "", {}
    found: dict[str, bool] = {}
    for each in statement.tree.get("actions", ()):
        option = each["DefElem"]
        argument = option.get("arg", {})
        if option["defname"] == "security":
            found["security"] = argument.get("Boolean", {}).get("boolval", False)
        elif option["defname"] == "set" and "RESET" not in argument["VariableSetStmt"]["kind"]:
            found[argument["VariableSetStmt"].get("name", "")] = True
    return qualified(strings_of(statement.tree["func"]["objname"])), found
