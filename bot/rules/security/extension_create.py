"""Creating an extension may need rights that the migration does not have.

Many extensions can be installed by a superuser alone, or only if the provider allows it: the
migration fails where it matters, though it worked on the author's machine.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.sql.actions import CreateExtension

SEVERITY = Severity.WARNING

ABOUT = (CreateExtension,)

FIX = "Have the extension installed where the database is set up, before this migration is applied."

BAD = """
CREATE EXTENSION IF NOT EXISTS "postgis";
"""

GOOD = """
CREATE EXTENSION IF NOT EXISTS "pg_trgm";
"""

QUIET = [
    'CREATE EXTENSION IF NOT EXISTS "uuid-ossp";',
    "CREATE EXTENSION citext;",
    "CREATE EXTENSION pgcrypto WITH SCHEMA public;",
]

# Those that the owner of a database may install (`trusted` in their control files).
_TRUSTED = {
    "btree_gin", "btree_gist", "citext", "cube", "dict_int", "fuzzystrmatch", "hstore", "intarray",
    "isn", "lo", "ltree", "pgcrypto", "pg_trgm", "plpgsql", "seg", "tablefunc", "tcn",
    "tsm_system_rows", "tsm_system_time", "unaccent", "uuid-ossp",
}  # fmt: skip


def check(statement: Statement, context: Context) -> Hits:
    for extension in context.all(CreateExtension):
        if extension.name not in _TRUSTED:
            yield f"Installing {extension.name} needs a superuser, or a provider that allows it."
