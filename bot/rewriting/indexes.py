"""Indexes built, dropped and rebuilt CONCURRENTLY, each alone in its folder."""

from bot.core.findings.rewrite import Piece, Place, Rewrite
from bot.core.migrations.statement import Statement
from bot.core.quoting import quoted
from bot.judge.context import Context
from bot.rewriting.words import fits, inserted_after, without
from bot.sql.actions import CreateIndex, DropObjects, Reindex
from bot.sql.words import find, parts_of, words_of

INDEX = "index"
_IF_NOT_EXISTS = ("IF", "NOT", "EXISTS")


def apart(sql: str | None, what: str = INDEX) -> Rewrite | None:
    return None if sql is None else Rewrite((Piece(sql, Place.APART, what),))


def built_concurrently(statement: Statement, context: Context) -> Rewrite | None:
    created = context.all(CreateIndex)
    if len(created) != 1:
        return None
    sql: str | None = statement.sql
    if created[0].if_not_exists:
        # An invalid index left by a build that was stopped would be taken for the one wanted.
        sql = without(statement.sql, *_IF_NOT_EXISTS)
    return apart(inserted_after(sql, "CONCURRENTLY", "INDEX") if sql else None)


def built_for_certain(statement: Statement, context: Context) -> Rewrite | None:
    """CREATE INDEX without IF NOT EXISTS, where no migration has created it."""
    created = context.all(CreateIndex)
    if len(created) != 1 or created[0].name in context.catalogue.indexes:
        return None
    sql = without(statement.sql, *_IF_NOT_EXISTS)
    return None if sql is None else Rewrite((Piece(sql),))


def dropped_concurrently(statement: Statement, context: Context) -> Rewrite | None:
    dropped = context.all(DropObjects)
    if len(dropped) != 1 or dropped[0].cascade:
        return None
    if len(dropped[0].names) == 1:
        return apart(inserted_after(statement.sql, "CONCURRENTLY", "INDEX"), "drop_index")
    words = words_of(statement.sql)
    first = find(words, "INDEX")
    assert first is not None
    exists = words[first + 1].key == "IF"
    start = first + (3 if exists else 1)
    names = [
        statement.sql[part[0].start : part[-1].end]
        for part in parts_of([each for each in words[start:] if each.key != "RESTRICT"])
    ]
    said = "IF EXISTS " if exists else ""
    return Rewrite(
        tuple(
            Piece(f"DROP INDEX CONCURRENTLY {said}{name}", Place.APART, "drop_index")
            for name in names
        )
    )


def rebuilt_concurrently(statement: Statement, context: Context) -> Rewrite | None:
    found = context.all(Reindex)
    if len(found) != 1 or found[0].kind == "SYSTEM":
        return None
    return apart(inserted_after(statement.sql, "CONCURRENTLY", found[0].kind), "reindex")


def given_a_name(statement: Statement, context: Context) -> Rewrite | None:
    """CREATE INDEX with the name that the server would choose."""
    created = context.all(CreateIndex)
    if len(created) != 1 or created[0].name or not all(each.name for each in created[0].columns):
        return None
    schema, _, bare = created[0].table.partition(".")
    columns = [each.name or "" for each in created[0].columns] + list(created[0].includes)
    name = "_".join([bare, *columns, "idx"])
    words = words_of(statement.sql)
    on = find(words, "ON")
    taken = f"{schema}.{name}" in {**context.catalogue.indexes, **context.catalogue.tables}
    if on is None or taken or not fits(name):
        return None
    at = words[on].start
    return Rewrite((Piece(f"{statement.sql[:at]}{quoted(name)} {statement.sql[at:]}"),))
