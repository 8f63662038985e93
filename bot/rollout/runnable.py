"""What cannot be run so that any end of it can be gone on from: refused before anything is run."""

from collections.abc import Iterable, Iterator

from bot.core.findings.review import JudgedMigration
from bot.core.migrations.statement import Statement
from bot.errors import UsageError
from bot.rollout.outside.alone import outside_of
from bot.rollout.segments import Segment, own_blocks, segments_of
from bot.rollout.settings import chooses_encoding, makes_read_only
from bot.sql.expressions import nodes, strings_of

_UNLOCKING = {"pg_advisory_unlock_all"}


def require_runnable(judged: Iterable[JudgedMigration]) -> None:
    """Raises UsageError for a migration that cannot be run as it stands, before any is run.

    One whose statements are not known would be recorded as applied without having run.
    """
    for each in judged:
        if each.fault is not None:
            place = each.fault.position
            raise UsageError(
                f"{each.migration.name}, line {place.line}, column {place.column}: "
                f"{each.fault.message}",
                hint=each.fault.fix or "Mend it in a new pull request; nothing was changed.",
            )
        segments = segments_of(each)
        for statement, why, hint in _obstacles(each, segments):
            raise UsageError(
                f"{each.migration.name}, line {statement.start.line}: {why}", hint=hint
            )


def _obstacles(
    judged: JudgedMigration, segments: tuple[Segment, ...]
) -> Iterator[tuple[Statement, str, str]]:
    alone = [each.statements[0] for each in segments if not each.transactional]
    within = {each.index for each in own_blocks(each.statement for each in judged.statements)}
    for statement in alone:
        if statement.index in within:
            yield (
                statement,
                f"{_words(statement)} cannot run between BEGIN and COMMIT.",
                "Put it after the COMMIT; PostgreSQL runs it outside a transaction only.",
            )
        if statement.kind == "DROP INDEX" and len(statement.tree["objects"]) > 1:
            yield (
                statement,
                "DROP INDEX CONCURRENTLY drops one index at a time.",
                "Write a statement for each.",
            )
        if outside_of(statement) is None:
            yield (
                statement,
                f"{_words(statement)} cannot be run safely: it runs outside a transaction, "
                "and if it is broken off nobody can see how far it was.",
                "Run it by hand, outside of the migrations; nothing was changed.",
            )
    for statement in (each.statement for each in judged.statements):
        if _unlocks(statement):
            yield (
                statement,
                "pg_advisory_unlock_all() would let go of the migration lock.",
                "Let go of the one lock that is meant: pg_advisory_unlock(key).",
            )
        if _writes_to_us(statement):
            yield (
                statement,
                "COPY … TO STDOUT gives its rows to whoever runs the script, and nobody takes "
                "them.",
                "Take it out, or copy to a file or a table.",
            )
        if makes_read_only(statement):
            yield (
                statement,
                "in a transaction that is READ ONLY nothing can be recorded.",
                "Take it out: a migration that changes nothing needs no such promise.",
            )
        if not judged.migration.sql.isascii() and chooses_encoding(statement):
            yield (
                statement,
                "client_encoding is set in a way that cannot be passed over, and the file holds "
                "characters beyond ASCII, which would be read as others.",
                "Take it out: every statement is sent as UTF-8, whatever the database stores.",
            )
        if len(segments) > 1 and _ends_with_the_session(statement):
            yield (
                statement,
                f"what {_words(statement)} makes ends with the session, and this script is run "
                "in several transactions: after an interruption the rest would lack it.",
                "Use an ordinary table, or put it into a migration of its own.",
            )


def _words(statement: Statement) -> str:
    return f"{statement.kind} CONCURRENTLY" if _concurrent(statement) else statement.kind


def _concurrent(statement: Statement) -> bool:
    return bool(statement.tree.get("concurrent"))


def _unlocks(statement: Statement) -> bool:
    text = statement.sql.lower()
    if "unlock_all" not in text and 'u&"' not in text:
        # Most statements: the name can be written in no other way.
        return False
    calls = (fields for node, fields in nodes(statement.tree) if node == "FuncCall")
    return any(_UNLOCKING & {*strings_of(each.get("funcname"))} for each in calls)


def _writes_to_us(statement: Statement) -> bool:
    tree = statement.tree
    return statement.node == "CopyStmt" and not tree.get("is_from") and not tree.get("filename")


def _ends_with_the_session(statement: Statement) -> bool:
    """A temporary relation, a prepared statement, a cursor that is held."""
    if statement.node in ("PrepareStmt", "DeclareCursorStmt"):
        return True
    tree = statement.tree
    made = [tree.get("into", {}).get("rel"), tree.get("intoClause", {}).get("rel")]
    if statement.node in ("CreateStmt", "ViewStmt"):
        made += [tree.get("relation"), tree.get("view")]
    return any(each and each.get("relpersistence") == "t" for each in made)
