"""Statements that are safe elsewhere, or with a word before or after them."""

from bot.core.findings.rewrite import Piece, Place, Rewrite
from bot.core.migrations.statement import Statement
from bot.core.quoting import quoted
from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.context import Context
from bot.rewriting.partitions import written
from bot.rewriting.words import MOST_NAME_BYTES, fits, inserted_after, without
from bot.sql.actions import AlterColumnType, DropObjects, Insert, RefreshView, Transaction, Update
from bot.sql.lexer import Part
from bot.sql.words import find, words_of

LOCK_TIMEOUT = "SET lock_timeout = '2s'"


def moved_apart(statement: Statement, what: str) -> Rewrite:
    """Into a folder of its own; what follows it comes in a third."""
    return Rewrite((Piece(statement.sql, Place.APART, what),))


def moved_on(statement: Statement, what: str) -> Rewrite:
    """Into the next folder, with all that follows it."""
    return Rewrite((Piece(statement.sql, Place.NEXT, what),))


def moved_last(statement: Statement, what: str) -> Rewrite:
    """Into a folder after everything else."""
    return Rewrite((Piece(statement.sql, Place.LATER, what),))


def cut_after(statement: Statement, what: str) -> Rewrite:
    """What follows the statement goes into the next folder."""
    return Rewrite((Piece(statement.sql), Piece("", Place.NEXT, what)))


def after(before: str, statement: Statement) -> Rewrite:
    return Rewrite((Piece(before), Piece(statement.sql)))


def followed_by(statement: Statement, then: str) -> Rewrite:
    return Rewrite((Piece(statement.sql), Piece(then)))


def taken_out(statement: Statement, context: Context, *verbs: str) -> Rewrite | None:
    """Without the statement, if it is one of these words about transactions."""
    if any(each.verb in verbs for each in context.all(Transaction)):
        return Rewrite()
    return None


def under_a_timeout(statement: Statement, context: Context) -> Rewrite | None:
    """A lock timeout that works: SET and not SET LOCAL, or one before the statement."""
    if statement.node == "VariableSetStmt":
        sql = without(statement.sql, "LOCAL")
        return None if sql is None else Rewrite((Piece(sql),))
    return after(LOCK_TIMEOUT, statement)


def analysed(statement: Statement, context: Context) -> Rewrite | None:
    """The statement, and its table counted anew."""
    changed: tuple[AlterColumnType | Update, ...] = (
        *context.all(AlterColumnType),
        *context.all(Update),
    )
    tables = dict.fromkeys(each.table for each in changed)
    if len(tables) != 1:
        return None
    return followed_by(statement, f"ANALYZE {written(next(iter(tables)))}")


def dropped_alone(statement: Statement, context: Context) -> Rewrite | None:
    """DROP without CASCADE, where nothing is known that depends on it."""
    dropped = context.all(DropObjects)
    if len(dropped) != 1 or not dropped[0].cascade:
        return None
    if any(_needed(name, dropped[0].kind, context.catalogue) for name in dropped[0].names):
        return None
    sql = without(statement.sql, "CASCADE")
    return None if sql is None else Rewrite((Piece(sql.rstrip()),))


def _needed(name: str, kind: str, catalogue: Catalogue) -> bool:
    if kind not in ("TABLE", "VIEW", "MATERIALIZED VIEW"):
        return True  # What uses a type, a function or a schema is not known well enough.
    return bool(catalogue.views_on(name)) or any(catalogue.references_to(name))


def with_columns(statement: Statement, context: Context) -> Rewrite | None:
    """INSERT with the columns that its values go into."""
    inserted = context.all(Insert)
    if len(inserted) != 1 or statement.node != "InsertStmt":
        return None
    table = context.catalogue.tables.get(inserted[0].table)
    rows = statement.tree.get("selectStmt", {}).get("SelectStmt", {}).get("valuesLists")
    if table is None or not rows or table.partition_of:
        return None
    widths = {len(row["List"]["items"]) for row in rows}
    values = find(words_of(statement.sql), "VALUES")
    if len(widths) != 1 or values is None or statement.tree.get("relation", {}).get("alias"):
        return None
    names = ", ".join(map(quoted, list(table.columns)[: widths.pop()]))
    words = words_of(statement.sql)
    at = words[values].start
    if "OVERRIDING" in (each.key for each in words[:values]):
        return None
    return Rewrite((Piece(f"{statement.sql[:at]}({names}) {statement.sql[at:]}"),))


def counted_on(statement: Statement, context: Context) -> Rewrite | None:
    """INSERT with numbers of its own, and the counter set behind the highest."""
    inserted = context.all(Insert)
    if len(inserted) != 1:
        return None
    table = context.catalogue.tables.get(inserted[0].table)
    given = inserted[0].columns or tuple(table.columns if table else ())
    numbered = [each for each in given if table and table.columns[each].numbers_itself]
    if table is None or len(numbered) != 1:
        return None
    name = written(table.name)
    literals = (f"'{text.replace(chr(39), chr(39) * 2)}'" for text in (name, numbered[0]))
    return followed_by(
        statement,
        f"SELECT setval(pg_get_serial_sequence({', '.join(literals)}), "  # noqa: S608
        f"max({quoted(numbered[0])})) FROM {name}",
    )


def shortened(statement: Statement) -> Rewrite | None:
    """Names as the server keeps them: cut to what it has room for."""
    sql = statement.sql
    for word in reversed(words_of(sql)):
        if word.part not in (Part.NAME, Part.CODE):
            continue
        name = word.text[1:-1].replace('""', '"') if word.part is Part.NAME else word.text
        if not fits(name):
            cut = name.encode("utf-8")[:MOST_NAME_BYTES].decode("utf-8", "ignore")
            kept = quoted(cut) if word.part is Part.NAME else cut
            sql = sql[: word.start] + kept + sql[word.end :]
    return None if sql == statement.sql else Rewrite((Piece(sql),))


def refreshed_concurrently(statement: Statement, context: Context) -> Rewrite | None:
    """REFRESH … CONCURRENTLY, where a unique index is known that it needs."""
    refreshed = context.all(RefreshView)
    if len(refreshed) != 1:
        return None
    unique = (
        each.unique and not each.partial and all(column.name for column in each.columns)
        for each in context.catalogue.indexes_of(refreshed[0].name)
    )
    sql = inserted_after(statement.sql, "CONCURRENTLY", "VIEW") if any(unique) else None
    return None if sql is None else Rewrite((Piece(sql),))
