"""Leaving findings out by migration and by table; how many they were is not forgotten."""

import pytest

from bot.core.findings.exclusion import Exclusion
from bot.core.findings.finding import Severity, Verdict
from bot.core.findings.review import Review
from bot.core.findings.rule import Hit
from tests.judging import review

TABLES = "CREATE TABLE audit_log (id INT, user_id INT); CREATE TABLE users (id INT PRIMARY KEY);"
INDEX = "CREATE INDEX i ON audit_log (id);"
ALLOW = "-- migration-bot: allow index-create-blocking because small\n"


def judged(sql: str, **exclusion: object) -> Review:
    left_out = Exclusion(**exclusion)  # type: ignore[arg-type]
    rules = ("index-create-blocking", "fk-add-validating", "table-dropped", "index-drop-blocking")
    return review(sql, before=[TABLES], exclusions=dict.fromkeys(rules, left_out))


def rules_of(found: Review) -> set[str]:
    return {each.rule for each in found.all_findings}


@pytest.mark.parametrize("pattern", ["2024*", "*_new", "20240201000000_new"])
def test_a_migration_is_left_out_by_a_pattern_of_its_name(pattern: str) -> None:
    found = judged(INDEX, migrations=(pattern,))
    assert found.all_findings == ()
    assert found.excluded == 1
    assert found.verdict is Verdict.PASS


@pytest.mark.parametrize("pattern", ["2023*", "new", "20240201000000_NEW"])
def test_another_migration_is_judged(pattern: str) -> None:
    found = judged(INDEX, migrations=(pattern,))
    assert rules_of(found) == {"index-create-blocking"}
    assert found.excluded == 0


@pytest.mark.parametrize("pattern", ["public.audit_*", "audit_log", "*"])
def test_a_table_is_left_out_with_its_schema_or_in_any(pattern: str) -> None:
    assert judged(INDEX, tables=(pattern,)).excluded == 1


@pytest.mark.parametrize("pattern", ["other.audit_*", "users", "audit", "public.AUDIT_*"])
def test_another_table_is_judged(pattern: str) -> None:
    assert rules_of(judged(INDEX, tables=(pattern,))) == {"index-create-blocking"}


def test_an_index_belongs_to_its_table() -> None:
    before = [TABLES, INDEX]
    exclusions = {"index-drop-blocking": Exclusion(tables=("audit_*",))}
    found = review("DROP INDEX i;", before=before, exclusions=exclusions)
    assert "index-drop-blocking" not in rules_of(found)
    assert found.excluded == 1


def test_a_statement_about_another_table_too_is_judged() -> None:
    sql = "ALTER TABLE audit_log ADD FOREIGN KEY (user_id) REFERENCES users (id);"
    assert "fk-add-validating" in rules_of(judged(sql, tables=("audit_*",)))
    assert "fk-add-validating" not in rules_of(judged(sql, tables=("audit_*", "users")))
    assert "table-dropped" in rules_of(judged("DROP TABLE audit_log, users;", tables=("audit_*",)))


def test_only_the_rules_that_say_so_are_left_out() -> None:
    found = judged("ALTER TABLE audit_log DROP COLUMN id;", tables=("*",), migrations=("*",))
    assert "column-dropped" in rules_of(found)


def test_allowing_what_is_left_out_is_no_mistake() -> None:
    assert judged(ALLOW + INDEX, tables=("audit_log",)).all_findings == ()


class Everywhere:
    """A rule about the history that finds something in two places."""

    __name__ = "rules.everywhere"
    SEVERITY = None
    FIX = "Nothing."

    def check_change(self, change: object) -> list[Hit]:
        del change
        return [
            Hit("old", path="prisma/migrations/20200101000000_old"),
            Hit("new", path="prisma/migrations/20240101000000_new"),
            Hit("model", path="prisma/schema.prisma", relation="public.audit_log"),
        ]


def test_findings_about_the_history_are_left_out_by_folder_and_by_table() -> None:
    found = review(
        "SELECT 1;",
        rules=[Everywhere()],
        severities={"everywhere": Severity.NOTICE},
        exclusions={"everywhere": Exclusion(migrations=("2020*",), tables=("audit_*",))},
    )
    assert [each.message for each in found.all_findings] == ["new"]
    assert found.excluded == 2
