"""The view shows rows that row level security would hide.

A view reads its tables with the rights of its owner, for whom policies usually do not hold. Whoever
may read the view sees every row, whatever the policies say.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.context import Context, shown
from bot.sql.actions import CreateView, TableOption

SEVERITY = Severity.WARNING

ABOUT = (CreateView,)

FIX = "Create the view WITH (security_invoker = true), so that the reader's own rights count."

BEFORE = """
CREATE TABLE "Invoice" ("id" TEXT NOT NULL, "owner" TEXT);
CREATE TABLE "Country" ("code" TEXT NOT NULL);
CREATE POLICY own ON "Invoice" USING ("owner" = current_user);
ALTER TABLE "Invoice" ENABLE ROW LEVEL SECURITY;
"""

BAD = """
CREATE VIEW "OpenInvoice" AS SELECT "id" FROM "Invoice";
"""

GOOD = """
CREATE VIEW "OpenInvoice" WITH (security_invoker = true) AS SELECT "id" FROM "Invoice";
"""

QUIET = [
    'CREATE VIEW v AS SELECT "code" FROM "Country";',
    'CREATE VIEW v WITH (security_invoker) AS SELECT "id" FROM "Invoice";',
    'CREATE VIEW v AS SELECT "id" FROM "Invoice"; ALTER VIEW v SET (security_invoker = on);',
    "CREATE VIEW v AS SELECT 1;",
    'CREATE TEMP VIEW v AS SELECT "id" FROM "Invoice";',
]

_INVOKER_SINCE = 15


def check(statement: Statement, context: Context) -> Hits:
    for view in context.all(CreateView):
        if view.security_invoker or view.name.startswith("pg_temp.") or _fixed(view.name, context):
            continue
        guarded = sorted(set(_guarded(view.reads, context.catalogue)))
        if not guarded:
            continue
        named = ", ".join(shown(each) for each in guarded)
        kind = "materialized view keeps" if view.materialized else "view shows"
        yield Hit(
            f"The {kind} the rows of {named} past its policies.",
            fix=_fix(view, context.settings.postgres),
            about=view,
        )


def _fix(view: CreateView, postgres: int) -> str | None:
    if view.materialized or postgres < _INVOKER_SINCE:
        return "Put the policies' conditions in the query, or let only trusted roles read the view."
    return None


def _guarded(reads: tuple[str, ...], catalogue: Catalogue) -> Iterator[str]:
    """The tables with row level security that the relations are, or read in the end."""
    waiting, seen = list(reads), set(reads)
    while waiting:
        name = waiting.pop()
        table, view = catalogue.tables.get(name), catalogue.views.get(name)
        if table and table.row_security:
            yield name
        inner = set(view.reads if view else ()) - seen
        seen |= inner
        waiting += inner


def _fixed(view: str, context: Context) -> bool:
    return any(
        each.table == view
        and each.command == "AT_SetRelOptions"
        and "security_invoker" in dict(each.settings)
        for each in context.later.all(TableOption, about=view)
    )
