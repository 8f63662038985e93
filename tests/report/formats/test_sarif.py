"""SARIF: valid, within what code scanning takes, exact about places, and inert."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.findings.finding import Finding, Severity
from bot.core.findings.review import Review
from bot.core.findings.rewrite import Piece, Place, Rewrite
from bot.core.findings.rule import name_of
from bot.core.migrations.history import History
from bot.report.formats.sarif import LIMIT, plain, sarif_json
from bot.rules import RULES
from tests.judging import judged as judged_by_rules
from tests.judging import review
from tests.report.samples import BLOCKING_INDEX, HOSTILE, INDEX, judged, report, samples
from tests.sarif.schema import faults_of

BEFORE = 'CREATE TABLE "Order" ("id" INT PRIMARY KEY, "userId" INT);'
RISKY = 'CREATE INDEX "Order_userId_idx" ON "Order"("userId");'
CONCURRENT = 'CREATE INDEX CONCURRENTLY "i" ON "orders"("user_id")'


def results(made: Review) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sarif_json(made, RULES)["runs"][0]["results"]
    return found


def one(found: Finding, sql: str = "") -> dict[str, Any]:
    """The result of one finding about the sample's index, or about another text."""
    about = judged(INDEX, found)
    if sql:
        about = replace(about, migration=replace(about.migration, sql=sql))
    (result,) = results(Review(postgres="18", migrations=(about,)))
    return result


def region(result: dict[str, Any]) -> tuple[int, int, int, int]:
    return ends(result["locations"][0]["physicalLocation"]["region"])


def ends(found: dict[str, int]) -> tuple[int, int, int, int]:
    return found["startLine"], found["startColumn"], found["endLine"], found["endColumn"]


def rewritten(*pieces: Piece) -> Finding:
    return replace(BLOCKING_INDEX, rewrite=Rewrite(pieces))


def edit(result: dict[str, Any]) -> tuple[tuple[int, int, int, int], str]:
    (fix,) = result["fixes"]
    (change,) = fix["artifactChanges"]
    (made,) = change["replacements"]
    return ends(made["deletedRegion"]), made["insertedContent"]["text"]


@pytest.mark.parametrize("name", samples())
def test_every_review_is_valid(name: str) -> None:
    assert faults_of(sarif_json(samples()[name].review, RULES)) == []


def test_real_findings_are_valid() -> None:
    made = review(RISKY, 'ALTER TABLE "Order" DROP COLUMN "userId";', before=(BEFORE,))
    assert len(results(made)) > 1
    assert faults_of(sarif_json(made, RULES)) == []


def test_every_rule_is_described() -> None:
    driver = sarif_json(Review("18"), RULES)["runs"][0]["tool"]["driver"]
    assert [each["id"] for each in driver["rules"]] == [name_of(rule) for rule in RULES]
    (found,) = (each for each in driver["rules"] if each["id"] == "index-create-blocking")
    assert found["name"] == "IndexCreateBlocking"
    assert found["helpUri"].endswith("/docs/rules/index-create-blocking.md")
    assert found["defaultConfiguration"] == {"enabled": True, "level": "error"}
    assert found["properties"]["tags"] == ["migration", "postgresql", "indexes"]
    for said in ("Found in:", "CREATE INDEX CONCURRENTLY", "Safe way"):
        assert said in found["help"]["text"]
        assert said in found["help"]["markdown"]


def test_a_rule_that_is_off_is_described_as_disabled() -> None:
    off = next(rule for rule in RULES if rule.SEVERITY is None)
    driver = sarif_json(Review("18"), [off])["runs"][0]["tool"]["driver"]
    assert driver["rules"][0]["defaultConfiguration"] == {"enabled": False, "level": "note"}


def test_a_result_names_its_rule_level_and_file() -> None:
    (found,) = (
        each for each in results(review(RISKY, before=(BEFORE,))) if each["level"] == "error"
    )
    assert found["ruleId"] == "index-create-blocking"
    assert name_of(RULES[found["ruleIndex"]]) == "index-create-blocking"
    assert found["locations"][0]["physicalLocation"]["artifactLocation"] == {
        "uri": "prisma/migrations/20240201000000_new/migration.sql",
        "uriBaseId": "%SRCROOT%",
    }
    assert found["message"]["text"].startswith("Building ")
    assert "suppressions" not in found


@pytest.mark.parametrize(
    ("severity", "level"),
    [(Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.NOTICE, "note")],
)
def test_a_severity_has_the_level_of_the_same_weight(severity: Severity, level: str) -> None:
    assert one(replace(BLOCKING_INDEX, severity=severity))["level"] == level


def test_a_region_is_the_statement_without_its_semicolon() -> None:
    assert region(one(BLOCKING_INDEX)) == (2, 1, 2, 57)


def test_a_place_inside_a_statement_is_one_character() -> None:
    assert region(one(replace(BLOCKING_INDEX, column=14))) == (2, 14, 2, 15)


def test_columns_count_what_editors_count() -> None:
    beyond = judged_by_rules("SELECT '🐘🐘'; VACUUM FULL;", rules=RULES)
    found = next(each for each in beyond.findings if each.column > 1)
    assert found.column == 14
    made = results(Review("18", migrations=(replace(beyond, findings=(found,)),)))
    assert region(made[0])[1] == 16


def test_a_column_behind_the_end_of_the_line_is_its_end() -> None:
    assert region(one(replace(BLOCKING_INDEX, column=999, statement=None))) == (2, 58, 2, 58)


def test_a_finding_about_the_folder_has_a_place_and_a_fingerprint() -> None:
    about = replace(
        BLOCKING_INDEX, path=History("prisma/migrations").folder, line=1, statement=None
    )
    (found,) = results(Review("18", findings=(about,)))
    assert region(found) == (1, 1, 1, 1)
    assert found["partialFingerprints"]["primaryLocationLineHash"] == f"{about.fingerprint}:1"


def test_the_fingerprint_outlives_lines_above() -> None:
    moved = f"-- new\n\n{INDEX.migration.sql}"
    before, after = one(BLOCKING_INDEX), one(replace(BLOCKING_INDEX, line=4), moved)
    assert before["partialFingerprints"] == after["partialFingerprints"]
    assert before["partialFingerprints"].keys() == {
        "migrationBotFinding/v1",
        "primaryLocationLineHash",
    }


def test_an_allowed_finding_is_suppressed_with_its_reason() -> None:
    found = one(BLOCKING_INDEX.allow("the table is empty"))
    assert found["suppressions"] == [
        {"kind": "inSource", "status": "accepted", "justification": "the table is empty"}
    ]
    assert found["level"] == "note"
    assert "fixes" not in found


def test_a_rewrite_in_place_is_a_fix() -> None:
    assert edit(one(rewritten(Piece(CONCURRENT)))) == ((2, 1, 2, 57), CONCURRENT)


def test_several_pieces_are_one_replacement() -> None:
    made = edit(one(rewritten(Piece("SET lock_timeout = '2s'"), Piece("SELECT 1"))))
    assert made[1] == "SET lock_timeout = '2s';\nSELECT 1"


def test_a_statement_that_goes_takes_its_semicolon() -> None:
    assert edit(one(rewritten())) == ((2, 1, 2, 58), "")


def test_a_file_with_crlf_keeps_it() -> None:
    crlf = INDEX.migration.sql.replace("\n", "\r\n")
    found = one(rewritten(Piece("SELECT 1"), Piece("SELECT 2")), crlf)
    assert edit(found) == ((2, 1, 2, 57), "SELECT 1;\r\nSELECT 2")


@pytest.mark.parametrize("place", [Place.APART, Place.LATER])
def test_a_rewrite_that_needs_another_folder_is_no_fix(place: Place) -> None:
    assert "fixes" not in one(rewritten(Piece(CONCURRENT, place)))


def test_the_message_in_markdown_shows_a_rewrite_of_any_kind() -> None:
    said = one(rewritten(Piece("SELECT 1", Place.APART)))["message"]["markdown"]
    assert said.endswith(
        "Write this instead:\n\n```sql\n-- alone in a migration folder of its own:\nSELECT 1;\n```"
    )


@pytest.mark.parametrize("sql", ["SELECT '\u202e'", "SELECT '\ud800'", "SELECT '\x07'"])
def test_what_a_reader_could_not_see_is_not_offered(sql: str) -> None:
    assert "fixes" not in one(rewritten(Piece(sql)))


def test_a_message_can_neither_link_nor_be_filled_in() -> None:
    assert plain("DEFAULT '{0}' [click](https://evil)") == "DEFAULT '{{0}}' [click] (https://evil)"
    assert faults_of(log_of(replace(BLOCKING_INDEX, message="{0} [a](1) {}", why="{x}"))) == []


def test_what_is_particular_to_a_place_is_in_the_message() -> None:
    general = next(rule for rule in RULES if name_of(rule) == "index-create-blocking").FIX
    assert one(replace(BLOCKING_INDEX, fix=general))["message"]["text"] == BLOCKING_INDEX.message
    assert "CREATE INDEX CONCURRENTLY" in one(BLOCKING_INDEX)["message"]["text"]


def log_of(*found: Finding) -> dict[str, Any]:
    """With one rule described: all of them are checked above, and take their time."""
    return sarif_json(report(judged(INDEX, *found)).review, RULES[:1])


HOSTILE_TEXT = st.one_of(
    st.text(st.characters(), max_size=40), st.sampled_from([HOSTILE, "{}{0}](", "\ud800", "{{{"])
)


@given(HOSTILE_TEXT, HOSTILE_TEXT, st.integers(1, 9), st.integers(1, 90))
def test_no_text_and_no_place_makes_it_invalid(
    one_text: str, other: str, line: int, column: int
) -> None:
    bad = replace(
        BLOCKING_INDEX, message=f"m {one_text}", why=other, fix=one_text, line=line, column=column
    )
    path = replace(bad, path=f"{one_text}.sql", statement=None)
    logged = log_of(bad, bad.allow(f"r {other}"), rewritten(Piece(other)))
    about = sarif_json(Review("18", findings=(path,)), RULES[:1])
    assert faults_of(logged) + faults_of(about) == []


def test_more_than_code_scanning_takes_is_cut_to_the_gravest_and_said() -> None:
    assert LIMIT == 25_000
    many = [replace(BLOCKING_INDEX, severity=Severity.NOTICE)] * LIMIT + [BLOCKING_INDEX] * 2
    (run,) = sarif_json(Review("18", findings=tuple(many)), RULES[:1])["runs"]
    assert len(run["results"]) == LIMIT
    assert [each["level"] for each in run["results"][:3]] == ["error", "error", "note"]
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("2 more findings left out")


def test_a_result_of_an_unknown_rule_has_no_index() -> None:
    assert "ruleIndex" not in one(replace(BLOCKING_INDEX, rule="gone"))
