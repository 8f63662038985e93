"""Judging a change: what counts as new, severities, order, faults, and the shape of a review."""

from typing import Any

import pytest

from bot import rules
from bot.core.findings.finding import Severity, Verdict
from bot.core.findings.rule import Rule, name_of
from bot.core.migrations.effects import Lock, LockMode
from bot.core.migrations.history import Change, History
from bot.judge.context import MigrationRule, StatementRule
from bot.judge.judge import judge
from tests.judging import applied_by, change, judged, migration, names, review

ORDER = 'CREATE TABLE "Order" ("id" TEXT NOT NULL PRIMARY KEY, "userId" TEXT);'
INDEX = 'CREATE INDEX "i" ON "Order"("userId");'
OTHER_INDEX = 'CREATE INDEX "j" ON "Order"("id") WHERE "userId" IS NULL;'


def test_an_index_on_a_table_of_the_base_is_found() -> None:
    (finding,) = judged(INDEX, before=[ORDER]).findings
    assert finding.rule == "index-create-blocking"
    assert finding.path == "prisma/migrations/20240201000000_new/migration.sql"
    assert (finding.line, finding.column, finding.end_line, finding.statement) == (1, 1, 1, 0)
    assert "Order" in finding.message
    assert finding.why
    assert finding.fix


def test_a_table_of_the_same_pull_request_is_new() -> None:
    assert names(judged(ORDER, INDEX)) == []


def test_without_a_base_only_the_same_migration_counts_as_new() -> None:
    found = judge(change(ORDER + INDEX, OTHER_INDEX, compared=False), rules.RULES)
    assert [names(each) for each in found.migrations] == [[], ["index-create-blocking"]]
    assert found.base is None


def test_a_renamed_new_table_stays_new() -> None:
    rename = 'ALTER TABLE "Order" RENAME TO "Sale";'
    assert names(judged(ORDER + rename + INDEX.replace("Order", "Sale"))) == []


def test_a_baseline_is_never_a_hazard() -> None:
    baseline = migration("0_init", INDEX)
    only = Change(History("m", (baseline,), provider="postgresql"), now=change().now)
    assert judge(only, rules.RULES).verdict is Verdict.PASS


def test_locks_say_whether_the_relation_is_new() -> None:
    created = 'CREATE TABLE "Item" ("id" INT, "order" TEXT);'
    key = 'ALTER TABLE "Item" ADD FOREIGN KEY ("order") REFERENCES "Order"("id");'
    found = judged(created + key, before=[ORDER])
    assert found.statements[1].effects.locks == (
        Lock("public.Item", LockMode.SHARE_ROW_EXCLUSIVE, new=True),
        Lock("public.Order", LockMode.SHARE_ROW_EXCLUSIVE, new=False),
    )


def test_severities_are_overridden_and_turned_off() -> None:
    notice = judged(INDEX, before=[ORDER], severities={"index-create-blocking": Severity.NOTICE})
    assert [each.severity for each in notice.findings] == [Severity.NOTICE]
    assert names(judged(INDEX, before=[ORDER], severities={"index-create-blocking": None})) == []


def test_findings_come_in_the_order_of_the_file() -> None:
    sql = "TRUNCATE a;\n\nDROP TABLE b;\nTRUNCATE c;"
    lines = [each.line for each in judged(sql).findings]
    assert lines == sorted(lines)
    assert set(lines) == {1, 3, 4}


def test_a_file_that_cannot_be_read_blocks_whatever_is_configured() -> None:
    found = review("SELEC 1", severities={"syntax-error": None})
    assert found.verdict is Verdict.BLOCK
    assert found.migrations[0].statements == ()
    assert (found.all_findings[0].line, found.all_findings[0].column) == (1, 1)


def test_a_file_too_large_to_read_blocks() -> None:
    found = review("SELECT '" + "x" * 3_000_000 + "'")
    assert [(each.rule, each.severity) for each in found.all_findings] == [
        ("uninspectable-sql", Severity.ERROR)
    ]


def test_an_unreadable_migration_of_the_base_does_not_stop_the_check() -> None:
    assert names(judged(INDEX, before=["SELEC 1", ORDER])) == ["index-create-blocking"]


@pytest.mark.parametrize(
    ("sql", "atomic"),
    [
        ("SELECT 1; SELECT 2", True),
        ("", True),
        ("BEGIN; SELECT 1; COMMIT;", True),
        ("SELECT 1; COMMIT; SELECT 2", False),
        ("CREATE INDEX CONCURRENTLY i ON t (a)", False),
        ("SELECT 1; VACUUM t", False),
        ("ALTER TYPE e ADD VALUE 'x'; SELECT 1", True),
    ],
)
def test_a_migration_says_whether_one_transaction_carries_it(sql: str, atomic: bool) -> None:
    assert judged(sql).atomic is atomic


def test_prisma_that_splits_commits_each_statement() -> None:
    added = "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;"
    sql = added + "ALTER TABLE t VALIDATE CONSTRAINT c"
    together = judged(sql, before=["CREATE TABLE t (a INT);"])
    split = judged(sql, before=["CREATE TABLE t (a INT);"], prisma="7.8.0")
    assert "not-valid-validate-same-tx" in names(together)
    assert "not-valid-validate-same-tx" not in names(split)
    assert (together.atomic, split.atomic) == (True, False)


def test_a_statement_the_splitter_cannot_read_keeps_the_file_whole() -> None:
    assert judged("SELECT 1; DO 'BEGIN NULL; END'", prisma="7.8.0").atomic is True


def test_enum_values_of_a_new_type_depend_on_the_server() -> None:
    sql = (
        "CREATE TYPE e AS ENUM ('a'); ALTER TYPE e ADD VALUE 'b'; CREATE TABLE n (x e DEFAULT 'b')"
    )
    assert "enum-value-used-same-tx" not in names(judged(sql, postgres=17))
    assert "enum-value-used-same-tx" in names(judged(sql, postgres=16))


def test_every_rule_looks_at_something() -> None:
    by_the_parser = {"syntax-error", "prisma-psql-meta", "suppression-problem"}
    for rule in rules.RULES:
        others = ("check_change", "check_history", "check_rehearsed", "check_rehearsal")
        of_more = any(hasattr(rule, each) for each in others)
        looks = isinstance(rule, StatementRule | MigrationRule) or of_more
        assert looks or name_of(rule) in by_the_parser


RISKY = [
    rule for rule in rules.RULES
    if isinstance(rule, Rule) and isinstance(rule, StatementRule)
]  # fmt: skip


@pytest.mark.parametrize("rule", RISKY, ids=name_of)
def test_comments_blank_lines_and_line_endings_change_no_finding(rule: Any) -> None:
    before = [rule.BEFORE] if getattr(rule, "BEFORE", "") else []
    options = applied_by(rule)
    bad = judged(rule.BAD, before=before, **options)
    plain = [(each.rule, each.fingerprint) for each in bad.findings]
    noisy = "-- a comment\n\n/* another\n one */\n" + rule.BAD.replace("\n", "\n\n") + "\n-- end"
    for sql in (noisy, noisy.replace("\n", "\r\n")):
        found = judged(sql, before=before, **options).findings
        assert [(each.rule, each.fingerprint) for each in found] == plain


def test_a_severity_that_somebody_chose_holds_for_all_that_a_rule_finds() -> None:
    before = ["CREATE TABLE a (id INT PRIMARY KEY); CREATE TABLE b (a_id INT);"]
    sql = "ALTER TABLE b ADD FOREIGN KEY (a_id) REFERENCES a (id) NOT VALID;"
    rule = "fk-locks-referenced"

    (usual,) = [each for each in judged(sql, before=before).findings if each.rule == rule]
    severities = {rule: Severity.ERROR}
    found = judged(sql, before=before, severities=severities).findings
    (chosen,) = [each for each in found if each.rule == rule]

    assert usual.severity is Severity.NOTICE
    assert chosen.severity is Severity.ERROR
