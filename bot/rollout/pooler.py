"""What can be done behind a transaction pooler, where no two transactions share a session.

A migration that is one transaction is applied as safely as anywhere: the transaction itself takes
the migration lock, and what it sets ends with it.
"""

from collections.abc import Iterator, Sequence

from bot.core.review import JudgedMigration
from bot.core.server import Pooling, ServerFacts
from bot.core.statement import Statement
from bot.core.target import Target
from bot.errors import PostgresError
from bot.rollout.segments import segments_of

# What would stay behind in the pool, for whoever gets that connection next.
_OUTLASTING = {"ListenStmt": "LISTEN", "PrepareStmt": "PREPARE", "LoadStmt": "LOAD"}


def require_session(facts: ServerFacts, judged: Sequence[JudgedMigration], target: Target) -> None:
    """Raises PostgresError that names what needs a session of its own, if a pooler gives none."""
    if facts.pooling is not Pooling.TRANSACTION:
        return
    wanting = list(_wanting(judged))
    if target.backup.required:
        wanting.append("the backup")
    if wanting:
        raise PostgresError(
            f"{target.name} is reached through a transaction pooler, which gives no session to "
            f"{'; '.join(wanting)}. Nothing was changed.",
            hint=f"{_direct(target)} Only migrations that are one transaction, and leave nothing "
            "set, are applied through a pooler.",
        )


def _wanting(judged: Sequence[JudgedMigration]) -> Iterator[str]:
    for each in judged:
        name = each.migration.name
        segments = segments_of(each)
        alone = next((s for s in segments if not s.transactional), None)
        if alone is not None:
            first = alone.statements[0]
            yield f"{name}, line {first.start.line} ({first.kind} runs in no transaction)"
        elif len(segments) > 1:
            line = segments[1].statements[0].start.line
            yield f"{name}, line {line} (it is more than one transaction)"
        else:
            yield from _outlasting(name, [s.statement for s in each.statements])


def _outlasting(name: str, statements: Sequence[Statement]) -> Iterator[str]:
    for each in statements:
        what = _OUTLASTING.get(each.node) or _setting(each)
        if what:
            yield f"{name}, line {each.start.line} ({what} outlasts the transaction)"


def _setting(statement: Statement) -> str:
    tree = statement.tree
    if statement.node == "VariableSetStmt" and not tree.get("is_local"):
        return f"SET {tree.get('name', '')}".strip()
    if statement.node == "SelectStmt" and "set_config" in statement.sql.lower():
        return "set_config"
    relation = tree.get("relation")
    if statement.node == "CreateStmt" and isinstance(relation, dict):
        kept = relation.get("relpersistence") == "t" and tree.get("oncommit") != "ONCOMMIT_DROP"
        return "a temporary table" if kept else ""
    return ""


def _direct(target: Target) -> str:
    if target.direct_url_env:
        return f"Set {target.direct_url_env} to a URL that leads to the server itself."
    return (
        f"Set `direct_url_env` of the target {target.name} to the name of a variable whose URL "
        "leads to the server itself (Prisma's directUrl)."
    )
