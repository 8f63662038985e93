"""Another version of an extension changes functions that the application is using.

Results, signatures and plans may differ from one version to the next, and there is no way back.
Without a version in the statement, each database gets the one its server happens to have.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.sql.actions import CreateExtension, Other

SEVERITY = Severity.WARNING

ABOUT = (Other,)

FIX = (
    "Read the extension's release notes, and have whoever runs the server upgrade it, first on "
    "staging."
)

BAD = """
ALTER EXTENSION pg_trgm UPDATE;
"""

GOOD = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
"""

QUIET = [
    "COMMENT ON EXTENSION pg_trgm IS 'ALTER EXTENSION pg_trgm UPDATE';",
    "CREATE EXTENSION citext VERSION '1.6'; ALTER EXTENSION citext UPDATE TO '1.7';",
    "ALTER EXTENSION hstore ADD FUNCTION f();",
]


def check(statement: Statement, context: Context) -> Hits:
    name = statement.tree.get("extname", "")
    if any(True for _ in context.earlier.all(CreateExtension, about=name)):
        return
    if statement.node == "AlterExtensionStmt":
        versions = [
            each["DefElem"].get("arg", {}).get("String", {}).get("sval", "")
            for each in statement.tree.get("options", ())
        ]
        target = f"version {versions[0]}" if versions else "whatever version the server has"
        yield f"{name} changes to {target} while the application uses it."
    elif statement.node == "AlterExtensionContentsStmt" and statement.tree.get("action") == -1:
        yield f"A member of {name} is taken out: backups then treat it as your own object."
