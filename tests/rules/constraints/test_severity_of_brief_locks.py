"""Brief locks and unindexed keys: notices where nothing can come of them yet."""

import pytest

from bot.core.findings.finding import Severity
from tests.judging import judged

USER = 'CREATE TABLE "User" ("id" TEXT PRIMARY KEY); '
ORDER = 'CREATE TABLE "Order" ("id" TEXT PRIMARY KEY, "userId" TEXT); '
KEY = 'ALTER TABLE "Order" ADD CONSTRAINT k FOREIGN KEY ("userId") REFERENCES "User"("id")'


def severities(rule: str, sql: str, *before: str, prisma: str | None = None) -> set[Severity]:
    found = judged(sql, before=before, prisma=prisma).findings
    return {each.severity for each in found if each.rule == rule}


@pytest.mark.parametrize(
    ("rule", "before", "sql"),
    [
        ("fk-locks-referenced", USER, f"{ORDER}{KEY};"),
        ("fk-locks-referenced", USER + ORDER, f"{KEY} NOT VALID;"),
        ("fk-drop-locks-referenced", f"{USER}{ORDER}{KEY};", 'DROP TABLE "Order";'),
        (
            "invalid-index-retry",
            USER,
            'CREATE INDEX CONCURRENTLY IF NOT EXISTS "User_id_idx" ON "User"("id");',
        ),
    ],
)
def test_what_migration_bot_takes_care_of_is_a_notice(rule: str, before: str, sql: str) -> None:
    assert severities(rule, sql, before) == {Severity.NOTICE}
    assert severities(rule, sql, before, prisma="7.3.0") == {Severity.WARNING}


def test_a_key_without_an_index_is_a_notice_while_its_table_is_new() -> None:
    rule = "fk-without-index"
    assert severities(rule, f"{ORDER}{KEY};", USER) == {Severity.NOTICE}
    assert severities(rule, f"{KEY};", USER + ORDER) == {Severity.WARNING}
