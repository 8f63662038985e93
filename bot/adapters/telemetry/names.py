"""What spans, attributes and metrics are called. docs/reference/telemetry.md tells the same to
people, and a test holds the two together.

What the semantic conventions of OpenTelemetry have a name for has that name.
"""

from collections.abc import Mapping

ROLLOUT = "rollout"
LOCK = "migration lock"
GATES = "gates"
DRIFT = "drift"
BACKUP = "backup"
MIGRATION = "migration"
REHEARSAL = "rehearsal"
# A statement's span is called after its kind and its database.
STATEMENT = "statement"

SPANS: Mapping[str, str] = {
    ROLLOUT: "A rollout or rollback of one target, from its beginning to its end",
    LOCK: "Waiting for the migration lock",
    GATES: "Asking the gates; an event `gate` for each of them",
    DRIFT: "Comparing the target with what its history makes",
    BACKUP: "Taking and proving a backup",
    MIGRATION: "One migration; events such as `blocked` and `retry` for what held it up",
    STATEMENT: "One statement, called after its kind and the database, such as `CREATE INDEX shop`",
    REHEARSAL: "A rehearsal, with the migrations and statements that it has run",
}

SYSTEM = "db.system.name"
NAMESPACE = "db.namespace"
OPERATION = "db.operation.name"
ERROR = "error.type"
TARGET = "migration_bot.target"
RUN = "migration_bot.run"
DIGEST = "migration_bot.plan.digest"
PENDING = "migration_bot.plan.pending"
APPLIED = "migration_bot.applied"
EXIT_CODE = "migration_bot.exit_code"
GATE = "migration_bot.gate.name"
OPEN = "migration_bot.gate.open"
DIFFERENCES = "migration_bot.drift.differences"
BACKUP_ID = "migration_bot.backup.id"
BACKUP_BYTES = "migration_bot.backup.bytes"
NAME = "migration_bot.migration"
ATTEMPTS = "migration_bot.attempts"
INDEX = "migration_bot.statement.index"
LINE = "migration_bot.statement.line"
ROWS = "migration_bot.statement.rows"
WAL = "migration_bot.statement.wal_bytes"
SERVER = "migration_bot.server.version"
WAIT = "migration_bot.wait"
OUTCOME = "migration_bot.outcome"

POSTGRESQL = "postgresql"
DONE = "done"
LOST = "ConnectionLost"
REFUSED = "Refused"
NO_REHEARSAL = "NoRehearsal"

ATTRIBUTES: Mapping[str, str] = {
    SYSTEM: "Always `postgresql`",
    NAMESPACE: "The database's name",
    OPERATION: "The kind of a statement, such as `CREATE INDEX`; never its text",
    ERROR: "The kind of error, where there was one",
    TARGET: "The target's name",
    RUN: "The same for all of one rollout, and as in its [log](rollout-log.md)",
    DIGEST: "The plan's digest",
    PENDING: "How many migrations are to be applied",
    APPLIED: "How many this rollout has applied",
    EXIT_CODE: "The [exit code](exit-codes.md) that it ends with",
    GATE: "The gate's name",
    OPEN: "Whether it lets the rollout through",
    DIFFERENCES: "How many things differ",
    BACKUP_ID: "The backup's name",
    BACKUP_BYTES: "Its bytes",
    NAME: "The migration's name",
    ATTEMPTS: "How often its longest-fought transaction was begun",
    INDEX: "The statement's place in its file, from 0",
    LINE: "The line it begins on",
    ROWS: "How many rows it changed",
    WAL: "How much WAL was written meanwhile; in a rehearsal",
    SERVER: "The server's version",
    WAIT: "What the server says a long statement waits for, or is at",
    OUTCOME: "`done`, or the kind of error",
}

STATEMENTS = "db.client.operation.duration"
ROLLOUTS = "migration_bot.rollout.duration"
REHEARSALS = "migration_bot.rehearsal.duration"
RETRIES = "migration_bot.lock.retries"
BYTES = "migration_bot.backup.size"

# What is measured, in which unit, and what it is told by.
METRICS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    STATEMENTS: ("s", "How long statements of rollouts took", (SYSTEM, NAMESPACE, OPERATION)),
    ROLLOUTS: ("s", "How long rollouts took", (TARGET, OUTCOME)),
    REHEARSALS: ("s", "How long rehearsals took", (OUTCOME,)),
    RETRIES: ("{retry}", "Transactions given up for a lock, and begun again", (TARGET,)),
    BYTES: ("By", "How big backups are", (TARGET,)),
}
COUNTED = frozenset({RETRIES})
