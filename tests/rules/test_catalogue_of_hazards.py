"""Every known hazard has its rule, with its severity and its examples."""

from typing import Any

import pytest

from bot import rules
from bot.core.findings.finding import Severity
from bot.core.findings.rule import name_of, subject_of

BY_NAME: dict[str, Any] = {name_of(rule): rule for rule in rules.RULES}

ERROR = [
    "index-create-blocking",
    "index-drop-constraint-owned",
    "concurrently-in-transaction",
    "concurrently-unsupported-target",
    "reindex-blocking",
    "index-build-corruption-pg14",
    "add-column-required",
    "add-column-volatile-default",
    "add-column-default-pre-11",
    "add-column-autoincrement",
    "add-column-generated-stored",
    "add-column-constrained-domain",
    "add-column-inline-unique",
    "column-type-rewrite",
    "column-type-index-rebuild",
    "column-type-timestamptz3",
    "column-type-narrowing",
    "column-type-blocked",
    "set-not-null-scan",
    "generated-expression-change",
    "check-add-validating",
    "fk-add-validating",
    "unique-constraint-add-blocking",
    "pk-add-blocking",
    "exclusion-add-blocking",
    "not-valid-validate-same-tx",
    "notnull-constraint-add",
    "pk-dropped",
    "check-volatile",
    "domain-constraint-add",
    "table-dropped",
    "column-dropped",
    "schema-dropped",
    "database-dropped",
    "extension-dropped",
    "drop-cascade",
    "truncate",
    "truncate-cascade",
    "rename-table",
    "rename-column",
    "rename-schema",
    "set-schema-move",
    "table-replaced",
    "set-logged-unlogged",
    "set-tablespace-rewrite",
    "vacuum-full-cluster",
    "lock-table",
    "partition-detach-blocking",
    "partitioned-index-build",
    "matview-refresh-blocking",
    "enum-value-used-same-tx",
    "enum-add-value-in-tx",
    "enum-value-rename",
    "enum-value-removed",
    "transaction-unclosed",
    "savepoint-in-migration",
    "non-transactional-statement",
    "pending-trigger-events",
    "ddl-dml-mixed",
    "syntax-error",
    "update-without-where",
    "delete-without-where",
    "duplicate-assignment",
    "grant-to-public",
    "secret-in-sql",
    "security-definer-search-path",
    "rls-disabled",
    "rls-enabled-no-policy",
    "server-config-change",
    "untrusted-code",
    "identifier-too-long",
    "prisma-concurrently-not-alone",
    "prisma-edited-applied",
    "prisma-deleted-migration",
    "prisma-out-of-order",
    "prisma-missing-dependency",
    "prisma-bad-folder",
    "prisma-bookkeeping-touched",
    "prisma-rename-as-drop-add",
    "prisma-drop-recreate-column",
    "prisma-enum-replace",
    "file-encoding",
    "prisma-psql-meta",
]

WARNING = [
    "index-drop-blocking",
    "index-drop-guarantee",
    "invalid-index-retry",
    "concurrently-under-timeout",
    "index-unique-may-fail",
    "fk-without-index",
    "add-column-inline-check",
    "add-column-inline-fk",
    "add-column-json",
    "column-type-recheck",
    "column-type-client-break",
    "set-not-null-may-fail",
    "drop-not-null",
    "default-dropped",
    "identity-change",
    "fk-locks-referenced",
    "fk-drop-locks-referenced",
    "pk-using-index-nullable",
    "constraint-dropped",
    "constraint-not-enforced",
    "domain-constraint",
    "view-dropped",
    "function-dropped",
    "type-dropped",
    "domain-dropped",
    "sequence-dropped",
    "sequence-changed",
    "trigger-dropped",
    "rename-object",
    "autovacuum-disabled",
    "replica-identity-change",
    "inheritance-change",
    "table-no-primary-key",
    "partition-attach-scan",
    "partition-default-scan",
    "partition-create-locks-parent",
    "partition-drop-locks-parent",
    "trigger-create",
    "trigger-toggle",
    "uninspectable-sql",
    "lock-timeout-missing",
    "timeout-ineffective",
    "statement-after-access-exclusive",
    "wide-lock-window",
    "transaction-nested",
    "transaction-control-in-migration",
    "suppression-problem",
    "backfill-unbatched",
    "sequence-not-reset",
    "insert-without-columns",
    "privilege-removed",
    "role-change",
    "security-definer-view",
    "policy-change",
    "extension-create",
    "extension-upgrade",
    "type-char",
    "prisma-split-not-atomic",
    "prisma-duplicate-timestamp",
    "prisma-lock-file",
    "prisma-warning-unreviewed",
    "prisma-schema-mismatch",
    "prisma-shadow-incompatible",
    "prisma-js-engine-split",
    "prisma-updated-at-required",
]

NOTICE = [
    "concurrently-advisory-deadlock",
    "index-wide",
    "index-redundant",
    "index-unnamed",
    "index-ext-params",
    "add-column-stable-default",
    "add-column-if-not-exists",
    "column-storage-change",
    "unique-using-index",
    "not-valid-never-validated",
    "constraint-unnamed",
    "fk-cascade-action",
    "fk-definition-risk",
    "constraint-deferrable-change",
    "new-write-restriction",
    "primary-key-type",
    "dependent-objects",
    "matview-refresh-concurrent",
    "enum-value-client-break",
    "multiple-alter-same-table",
    "identifier-reserved",
    "prisma-batch-one-transaction",
    "prisma-pooled-connection",
]

OFF = [
    "add-column-shape-change",
    "default-changed",
    "drop-name-convention",
    "column-order-padding",
    "partition-design",
    "view-function-replaced",
    "function-options-change",
    "enum-value-order",
    "enum-created",
    "statement-timeout-missing",
    "idle-timeout-missing",
    "application-name-missing",
    "non-idempotent-ddl",
    "retry-storm",
    "operator-context",
    "analyze-missing",
    "seed-data",
    "query-quality",
    "mixed-ddl-dml-policy",
    "cluster-audit",
    "unqualified-table",
    "type-int",
    "type-serial",
    "type-varchar",
    "type-timestamp",
    "policy-naming",
    "policy-columns",
    "policy-comments",
    "policy-charset",
    "policy-ownership",
    "policy-sql-size",
]

# Ours beside them: three of what Prisma does with a folder that nobody lists as hazards.
OURS = {"prisma-lock-file-missing", "prisma-order-by-version", "prisma-stray-file"}
# A mistake in how a change is to be batched, which only this bot does.
OURS.add("batch-impossible")
OURS |= {name for name, rule in BY_NAME.items() if subject_of(rule) == "rehearsal"}

HAZARDS: dict[str, Severity | None] = {
    **dict.fromkeys(ERROR, Severity.ERROR),
    **dict.fromkeys(WARNING, Severity.WARNING),
    **dict.fromkeys(NOTICE, Severity.NOTICE),
    **dict.fromkeys(OFF),
}
# Where ours is another severity, and why.
DECIDED: dict[str, Severity | None] = {
    # Whatever adds a constraint in the safe way would be told of, and nobody can tell from the
    # files what the running version writes: a notice on every good example is no notice.
    "new-write-restriction": None,
    # A provider that is not PostgreSQL's stops every command of Prisma. A lock file that is only
    # missing is the warning prisma-lock-file-missing.
    "prisma-lock-file": Severity.ERROR,
}


def test_there_are_as_many_hazards_as_are_known() -> None:
    counts = [len(set(each)) for each in (ERROR, WARNING, NOTICE, OFF)]
    assert counts == [83, 65, 23, 31]
    assert len(HAZARDS) == sum(counts) == 202


def test_every_hazard_has_a_rule_and_every_rule_is_known() -> None:
    assert set(BY_NAME) == set(HAZARDS) | OURS


@pytest.mark.parametrize("name", HAZARDS)
def test_a_hazard_has_its_severity(name: str) -> None:
    assert BY_NAME[name].SEVERITY is DECIDED.get(name, HAZARDS[name])


@pytest.mark.parametrize("name", DECIDED)
def test_a_severity_of_our_own_is_another_one(name: str) -> None:
    assert DECIDED[name] is not HAZARDS[name]


@pytest.mark.parametrize("name", BY_NAME)
def test_a_rule_has_an_example_of_each_kind(name: str) -> None:
    """That they are found, or quiet, is proved in test_examples.py."""
    rule = BY_NAME[name]
    assert rule.BAD
    assert rule.GOOD
    assert rule.BAD != rule.GOOD
    assert len({repr(each) for each in rule.QUIET}) >= 3
