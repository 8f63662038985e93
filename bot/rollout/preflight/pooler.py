"""What can be done behind a transaction pooler, where no two transactions share a session.

A migration that is one transaction is applied as safely as anywhere: the transaction itself takes
the migration lock, and what it sets ends with it.
"""

from collections.abc import Iterator, Sequence

from bot.core.findings.review import JudgedMigration
from bot.core.migrations.statement import Statement
from bot.core.targets.server import Pooling, ServerFacts
from bot.core.targets.target import Target
from bot.errors import PostgresError
from bot.rollout.segments import is_atomic, segments_of
from bot.rollout.settings import sets_session

# What would stay behind in the pool, for whoever gets that connection next.
_OUTLASTING = ("ListenStmt", "PrepareStmt", "LoadStmt")


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
            hint=f"{_direct(target)} Only what is one transaction, and leaves nothing set, is "
            "run through a pooler.",
        )


def _wanting(judged: Sequence[JudgedMigration]) -> Iterator[str]:
    for each in judged:
        name, segments = each.migration.name, segments_of(each)
        apart = next((s for s in segments if not s.transactional or s.batched), None)
        if apart is not None:
            how = "is run in batches" if apart.batched else "runs in no transaction"
            yield f"{name}, line {apart.line} ({apart.statements[0].kind} {how})"
        elif not is_atomic(segments):
            yield f"{name}, line {segments[1].line} (it is more than one transaction)"
        else:
            yield from _outlasting(name, [s.statement for s in each.statements])


def _outlasting(name: str, statements: Sequence[Statement]) -> Iterator[str]:
    for each in statements:
        if sets_session(each) or each.node in _OUTLASTING or _is_temporary(each):
            yield f"{name}, line {each.start.line} ({each.kind} outlasts the transaction)"


def _is_temporary(statement: Statement) -> bool:
    """A temporary table that is there after COMMIT."""
    relation = statement.tree.get("relation")
    if statement.node != "CreateStmt" or not isinstance(relation, dict):
        return False
    kept = statement.tree.get("oncommit") != "ONCOMMIT_DROP"
    return kept and relation.get("relpersistence") == "t"


def _direct(target: Target) -> str:
    if target.direct_url_env:
        return f"Set {target.direct_url_env} to a URL that leads to the server itself."
    return (
        f"Set `direct_url_env` of the target {target.name} to the name of a variable whose URL "
        "leads to the server itself (Prisma's directUrl)."
    )
