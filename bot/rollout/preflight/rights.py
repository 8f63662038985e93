"""Whether our role may do what the pending migrations do, as far as that can be told before."""

from collections.abc import Iterator, Mapping, Sequence

from bot.core.findings.review import JudgedMigration, JudgedStatement
from bot.core.migrations.effects import LockMode
from bot.core.targets.server import ServerFacts, TableFacts
from bot.core.targets.target import Target
from bot.errors import PostgresError

# Statements after which our role, or what it owns, may be another.
_CHANGES_RIGHTS = {
    "AlterOwnerStmt",
    "GrantRoleStmt",
    "GrantStmt",
    "ReassignOwnedStmt",
    "AlterRoleStmt",
}
_ROLES = ("role", "session_authorization")
# A foreign key takes SHARE ROW EXCLUSIVE on a table that need not be ours.
_OWNERS_LOCKS = {
    "AlterTableStmt": (LockMode.ACCESS_EXCLUSIVE, LockMode.SHARE_UPDATE_EXCLUSIVE),
    "RenameStmt": (LockMode.ACCESS_EXCLUSIVE,),
    "IndexStmt": (LockMode.SHARE, LockMode.SHARE_UPDATE_EXCLUSIVE),
}
_CREATES = ("CreateStmt", "IndexStmt")


def altered_by(judged: Sequence[JudgedMigration]) -> frozenset[str]:
    """Tables that are there already, and that only their owner may change so."""
    return frozenset(name for each in _with_our_rights(judged) for name in _altered(each))


def require_rights(
    facts: ServerFacts,
    judged: Sequence[JudgedMigration],
    tables: Mapping[str, TableFacts],
    target: Target,
) -> None:
    """Raises PostgresError that says everything that is missing, and what grants it."""
    missing = [*_in_schema(facts, judged), *_on_history(facts)]
    for name in sorted(altered_by(judged) & tables.keys()):
        table = tables[name]
        if not table.owned:
            missing.append(
                (
                    f"{table.relation} belongs to {table.owner}",
                    f"GRANT {table.owner} TO {facts.role}",
                )
            )
    if not missing:
        return
    said = "; ".join(what for what, _ in missing)
    grants = "`, `".join(dict.fromkeys(grant for _, grant in missing))
    raise PostgresError(
        f"{target.name}: the role {facts.role} lacks rights that the migrations need: {said}. "
        "Nothing was changed.",
        hint=f"Let an owner run `{grants}`, or let {target.url_env} name a role that may.",
        sqlstate="42501",
    )


def _in_schema(facts: ServerFacts, judged: Sequence[JudgedMigration]) -> Iterator[tuple[str, str]]:
    rights, schema = facts.rights, facts.schema
    if not facts.has_schema:
        if not rights.create_schema:
            grant = f"GRANT CREATE ON DATABASE {facts.database} TO {facts.role}"
            yield f"there is no schema {schema}, and it may not create one", grant
        return
    wanted = rights.history is None or any(
        _creates_in(each, schema) for each in _with_our_rights(judged)
    )
    if wanted and not rights.create_in_schema:
        grant = f"GRANT CREATE ON SCHEMA {schema} TO {facts.role}"
        yield f"it may not create anything in the schema {schema}", grant


def _on_history(facts: ServerFacts) -> Iterator[tuple[str, str]]:
    if facts.rights.history is False:
        grant = f"GRANT SELECT, INSERT, UPDATE, DELETE ON _prisma_migrations TO {facts.role}"
        yield "it may not read and write _prisma_migrations", grant


def _with_our_rights(judged: Sequence[JudgedMigration]) -> Iterator[JudgedStatement]:
    """The statements before the first that changes who we are, or what is ours."""
    for migration in judged:
        for each in migration.statements:
            statement = each.statement
            becomes = statement.node == "VariableSetStmt" and statement.tree.get("name") in _ROLES
            if becomes or statement.node in _CHANGES_RIGHTS:
                return
            yield each


def _altered(each: JudgedStatement) -> Iterator[str]:
    named = each.statement.tree.get("relation")
    modes = _OWNERS_LOCKS.get(each.statement.node, ())
    if not isinstance(named, dict):
        return
    for lock in each.effects.locks:
        ours = lock.relation.endswith(f".{named.get('relname')}")
        if ours and lock.mode in modes and not lock.new:
            yield lock.relation


def _creates_in(each: JudgedStatement, schema: str) -> bool:
    """Whether it makes a table or an index in that schema."""
    named = each.statement.tree.get("relation")
    if each.statement.node not in _CREATES or not isinstance(named, dict):
        return False
    return named.get("relpersistence") != "t" and named.get("schemaname", schema) == schema
