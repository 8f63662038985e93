"""What a target's role may do, beside what rollouts, kept rows and backups need; never more."""

from collections.abc import Iterator

from bot.core.backups.sources import PgBaseBackup, PgDump
from bot.core.counting import count
from bot.core.doctor.access import Access
from bot.core.doctor.check import Check, failed, passed, skipped, warned
from bot.core.quoting import quoted
from bot.core.rollouts.audit import AUDIT_SCHEMA
from bot.core.targets.server import ServerFacts
from bot.core.targets.target import Target

_SHOWN = 3


def privilege_checks(target: Target, facts: ServerFacts, access: Access) -> Iterator[Check]:
    yield superuser(facts, access)
    yield history(facts)
    yield ownership(facts, access)
    yield sessions(facts)
    yield shelf(target, facts, access)
    yield reading(target, facts, access)
    yield replication(target, facts, access)


def superuser(facts: ServerFacts, access: Access) -> Check:
    if access.superuser:
        return warned(
            "superuser",
            f"The role {facts.role} is a superuser, which no rollout needs.",
            "Let the connection string name a role of its own that owns the tables.",
        )
    return passed("superuser", f"The role {facts.role} is no superuser.")


def history(facts: ServerFacts) -> Check:
    """The migrations table, or the place for it."""
    role, rights, name = quoted(facts.role), facts.rights, "migrations-table"
    if not facts.has_schema and not rights.create_schema:
        return failed(
            name,
            f"There is no schema {facts.schema}, and the role may not make one.",
            _run(f"GRANT CREATE ON DATABASE {quoted(facts.database)} TO {role}"),
        )
    if facts.has_schema and not rights.create_in_schema:
        said = f"The role may make nothing in the schema {facts.schema}."
        grant = _run(f"GRANT CREATE ON SCHEMA {quoted(facts.schema)} TO {role}")
        # A history may come without new tables, and the bot's own is there.
        return (failed if rights.history is None else warned)(name, said, grant)
    table = f"{quoted(facts.schema)}._prisma_migrations"
    if rights.history is False:
        grant = f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {role}"
        said = "The role may not read and write _prisma_migrations."
        return failed(name, said, _run(grant))
    if not rights.every_row:
        return failed(
            name,
            "Row level security may keep rows of _prisma_migrations from the role.",
            _run(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"),
        )
    if rights.history is None:
        return passed(name, "The role may make _prisma_migrations, which is not there yet.")
    return passed(name, "The role may read and write _prisma_migrations.")


def ownership(facts: ServerFacts, access: Access) -> Check:
    """Only its owner alters a table."""
    if not access.others:
        return passed("ownership", f"The role may alter every table of the schema {facts.schema}.")
    owner, number = max(access.others.items(), key=lambda each: each[1])
    verb = "belongs" if number == 1 else "belong"
    return warned(
        "ownership",
        f"{count(number, 'table')} of the schema {facts.schema} {verb} to {owner}, and only that "
        "role may alter them.",
        _run(f"GRANT {quoted(owner)} TO {quoted(facts.role)}"),
    )


def sessions(facts: ServerFacts) -> Check:
    if facts.rights.see_everybody:
        return passed("sessions", "The role sees what a migration would wait for.")
    return warned(
        "sessions",
        "The role does not see the sessions of others, which a migration may have to wait for.",
        _run(f"GRANT pg_read_all_stats TO {quoted(facts.role)}"),
    )


def shelf(target: Target, facts: ServerFacts, access: Access) -> Check:
    """The schema for kept rows and audit rows."""
    wanted = [
        *(["kept rows"] if target.keeping else []),
        *(["audit rows"] if target.audit_rows else []),
    ]
    if not wanted:
        return skipped(
            "kept-rows", f"neither kept rows nor audit rows are wanted of {target.name}."
        )
    what, role = " and ".join(wanted), quoted(facts.role)
    if access.shelf is None and not facts.rights.create_schema:
        said = f"The role may not make the schema {AUDIT_SCHEMA}, for {what}."
        statements = f"CREATE SCHEMA {AUDIT_SCHEMA} AUTHORIZATION {role}"
        return warned("kept-rows", said, _run(statements))
    if access.shelf is False:
        said = f"The role may not make tables in the schema {AUDIT_SCHEMA}, for {what}."
        statements = f"GRANT USAGE, CREATE ON SCHEMA {AUDIT_SCHEMA} TO {role}"
        return warned("kept-rows", said, _run(statements))
    return passed("kept-rows", f"There is a place for {what}.")


def reading(target: Target, facts: ServerFacts, access: Access) -> Check:
    """What pg_dump reads: everything, whatever the schema."""
    if not isinstance(target.backup.source, PgDump):
        return skipped("backup-rights", "backups are not taken by pg_dump.")
    role, build = quoted(facts.role), failed if target.backup.required else warned
    if access.unreadable:
        grant = f"GRANT pg_read_all_data TO {role}"
        if facts.major < 14:
            schema = quoted(facts.schema)
            grant = f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}; "
            grant += f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}"
        said = f"The role may not read {_some(access.unreadable)}, so no backup can be taken."
        return build("backup-rights", said, _run(grant))
    if access.filtered:
        said = f"Row level security holds for the role on {_some(access.filtered)}: pg_dump stops."
        return build("backup-rights", said, _run(f"ALTER ROLE {role} BYPASSRLS"))
    return passed("backup-rights", "The role may read everything, as a backup wants.")


def replication(target: Target, facts: ServerFacts, access: Access) -> Check:
    """Only a copy of the whole cluster is fetched over the protocol of standbys."""
    if not isinstance(target.backup.source, PgBaseBackup):
        return skipped("replication", "only backups by pg_basebackup need it.")
    build = failed if target.backup.required else warned
    if access.wal_level == "minimal":
        said = "wal_level is minimal, and a copy of the cluster needs more."
        advice = "ALTER SYSTEM SET wal_level = 'replica'"
        return build("replication", said, f"{_run(advice)} Then restart the server.")
    if not access.wal_senders:
        said = "max_wal_senders is 0, so nobody can copy the cluster."
        advice = _run("ALTER SYSTEM SET max_wal_senders = 10")
        return build("replication", said, f"{advice} Then restart the server.")
    if not (access.replication or access.superuser):
        said = "The role may not copy the cluster."
        return build("replication", said, _run(f"ALTER ROLE {quoted(facts.role)} REPLICATION"))
    return passed("replication", "The role may copy the cluster.")


def _run(statement: str) -> str:
    return f"Let an owner or administrator run `{statement};`."


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - _SHOWN
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {more:,} more" if more > 0 else shown
