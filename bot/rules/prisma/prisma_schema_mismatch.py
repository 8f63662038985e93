"""schema.prisma and the migrations no longer say the same.

Prisma's client is made from schema.prisma, and the database from the migrations. What only one of
them knows fails when the application uses it, or is removed by the next `prisma migrate dev`, which
writes a migration that takes the difference away. Only what can be told for sure is compared:
tables, columns, whether they may be empty, enums; and every change of a model where no migration
is added at all. Nothing is said while a migration does what its text does not tell.
"""

from collections.abc import Iterator, Mapping

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.datamodel import Datamodel, read_datamodel
from bot.core.migrations.history import History
from bot.core.migrations.layout import Layout
from bot.core.migrations.statement import Position
from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.context import HistoryContext
from bot.rules.prisma.model_facts import facts_of
from bot.rules.prisma.schema_compare import Key, Mismatch, mismatches

SEVERITY = Severity.WARNING

FIX = (
    "Let Prisma write the missing migration (`prisma migrate dev --create-only`), or change "
    "schema.prisma to match; `prisma migrate diff --exit-code` compares everything."
)

_SOURCE = 'datasource db {\n  provider = "postgresql"\n}\n'
_USER = f"{_SOURCE}\nmodel User {{\n  id   Int @id\n}}\n"
_NAMED = _USER.replace("@id\n", "@id\n  name String?\n")
_RENAMED = _USER.replace("id   Int @id", 'key Int @id @map("id")')
_SQL = 'CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY);\n'
_INIT = {"migrations/20240101000000_init/migration.sql": _SQL}
_ADDED = {
    "migrations/20240201000000_name/migration.sql": 'ALTER TABLE "User" ADD COLUMN "name" TEXT;\n'
}
_BASE = {"schema.prisma": _USER, **_INIT}

BAD = Layout(base=_BASE, head={**_BASE, "schema.prisma": _NAMED})
GOOD = Layout(base=_BASE, head={**_BASE, "schema.prisma": _NAMED, **_ADDED})
QUIET = [
    Layout(base=_BASE, head={**_BASE, "schema.prisma": f"// The users.\n{_USER}"}),
    Layout(base=_BASE, head={**_BASE, "schema.prisma": _RENAMED}),
    Layout(base={**_BASE, "schema.prisma": _NAMED}, head={**_BASE, "schema.prisma": _NAMED}),
    Layout(base=_BASE, head={**_BASE, "schema.prisma": "model of something else"}),
    Layout(base=_INIT, head={**_INIT, **_ADDED}),
]

_POSTGRES = ("postgresql", "postgres")
_EXTERNAL = "external"


def check_history(context: HistoryContext) -> Hits:
    head = _model(context.change.head)
    if head is None or head.source is None:
        return
    provider = head.source.text("provider")
    if provider is not None and provider not in _POSTGRES:
        yield from _other_provider(provider, head)
    elif not context.opaque:
        yield from _news(context, head)


def _news(context: HistoryContext, head: Datamodel) -> Iterator[Hit]:
    """What the change brings; all there is, if it is compared with nothing."""
    change = context.change
    base = _model(change.base) if change.base else None
    if base is None and change.base is not None and change.base.project is not None:
        return  # It cannot be read there, so nobody can tell what is new here.
    known = _compared(base, context.before, change.head) if base else {}
    found = _compared(head, context.after, change.head)
    new = [each for key, each in found.items() if key not in known]
    for each in new:
        place = each.path or head.source.path if head.source else each.path
        yield Hit(each.message, at=Position(each.line, 1), path=place, relation=each.table)
    if base is not None and not change.added_names:
        yield from _changed(base, head, {each.table for each in new})


def _changed(base: Datamodel, head: Datamodel, told: set[str]) -> Iterator[Hit]:
    before, after = facts_of(base), facts_of(head)
    for model in head.models:
        table = model.table
        now = after.get(table)
        if table not in told and now is not None and before.get(table, now) != now:
            yield Hit(
                f"This changes the model {model.name}, and no migration changes its table.",
                at=Position(model.line, 1),
                path=model.path,
                relation=table,
            )


def _compared(datamodel: Datamodel, catalogue: Catalogue, head: History) -> Mapping[Key, Mismatch]:
    config = head.project.config if head.project else ""
    return mismatches(datamodel, catalogue, unmanaged=_EXTERNAL in config)


def _model(history: History) -> Datamodel | None:
    return read_datamodel(history.project.schemas) if history.project else None


def _other_provider(provider: str, head: Datamodel) -> Iterator[Hit]:
    assert head.source is not None
    yield Hit(
        f"schema.prisma is for {provider}, and the migrations are for PostgreSQL.",
        at=Position(head.source.lines["provider"], 1),
        path=head.source.path,
    )
