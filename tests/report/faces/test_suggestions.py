"""Suggestions: whole lines or nothing, shown as they would be committed, and known again."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.core.findings.finding import Finding, Severity
from bot.core.findings.review import JudgedMigration, Review
from bot.core.findings.rewrite import Piece, Place, Rewrite
from bot.core.github.pull import LineComment
from bot.report.faces.suggestions import (
    MOST,
    introduction,
    read_fingerprint,
    suggestion_of,
    suggestions_of,
    unposted,
)
from bot.sql.parse import parse
from tests.report.samples import BLOCKING_INDEX, HOSTILE, INDEX, RUN, judged, samples
from tests.report.samples import statement as made_statement

SAFE = "SET lock_timeout = '2s'", 'DROP INDEX "i"'


def about(sql: str, index: int = 0, *, pieces: tuple[str, ...] = SAFE) -> LineComment | None:
    """What is suggested for one statement of a script, cut as it really is."""
    made, found = accused(sql, index, pieces)
    return suggestion_of(found, made)


def accused(sql: str, index: int, pieces: tuple[str, ...]) -> tuple[JudgedMigration, Finding]:
    statements = parse(sql).statements
    each = made_statement("SELECT 1")
    made = replace(
        INDEX,
        migration=replace(INDEX.migration, sql=sql),
        statements=tuple(replace(each, statement=cut) for cut in statements),
    )
    rewrite = Rewrite(tuple(Piece(piece) for piece in pieces))
    place = statements[index].start
    return made, replace(
        BLOCKING_INDEX, statement=index, line=place.line, column=place.column, rewrite=rewrite
    )


def suggested(found: LineComment | None) -> str:
    """The content of the suggestion block, as GitHub's Markdown reads it."""
    assert found is not None
    tokens = MarkdownIt("commonmark").parse(found.body)
    (block,) = (each for each in tokens if each.type == "fence")
    assert block.info == "suggestion"
    return block.content


def applied(sql: str, found: LineComment) -> str:
    """The file after the click."""
    lines = sql.split("\n")
    new = suggested(found).removesuffix("\n").split("\n") if suggested(found) else []
    return "\n".join([*lines[: found.start_line - 1], *new, *lines[found.line :]])


def test_a_suggestion_stands_on_the_lines_of_its_statement() -> None:
    found = about('-- DropIndex\nDROP INDEX\n  "i";\nSELECT 1;\n')
    assert found is not None
    assert (found.path, found.start_line, found.line) == (INDEX.migration.path, 2, 3)
    assert suggested(found) == "SET lock_timeout = '2s';\nDROP INDEX \"i\";\n"


def test_a_comment_behind_the_semicolon_and_the_indentation_stay() -> None:
    assert suggested(about('  DROP INDEX "i" ; -- old\n', pieces=("SELECT 1",))) == (
        "  SELECT 1 ; -- old\n"
    )


def test_the_last_statement_needs_no_semicolon() -> None:
    assert suggested(about('DROP INDEX "i"', pieces=("SELECT 1",))) == "SELECT 1\n"


def test_a_statement_that_goes_leaves_no_line_behind() -> None:
    sql = "SELECT 1;\nDROP INDEX i\n;\nSELECT 2;\n"
    found = about(sql, 1, pieces=())
    assert found is not None
    assert "```suggestion\n```" in found.body
    assert applied(sql, found) == "SELECT 1;\nSELECT 2;\n"


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT 1; DROP INDEX "i";',
        'SELECT 1;\nDROP INDEX "i"; SELECT 2;',
        'SELECT 1;\n/* x */ DROP INDEX "i";',
        'SELECT 1;\nDROP INDEX "i" /* x */;',
        'SELECT 1;\nDROP INDEX "i"; -- \u202e',
    ],
)
def test_lines_that_hold_more_than_the_statement_are_left_alone(sql: str) -> None:
    assert about(sql, 1) is None


def test_a_comment_is_not_left_without_its_statement() -> None:
    assert about("DROP INDEX i; -- it is old\n", pieces=()) is None


@pytest.mark.parametrize("place", [Place.APART, Place.LATER])
def test_what_needs_another_folder_is_not_suggested(place: Place) -> None:
    found = replace(BLOCKING_INDEX, rewrite=Rewrite((Piece("SELECT 1", place),)))
    assert suggestion_of(found, judged(INDEX, found)) is None


def test_nothing_is_suggested_for_what_was_allowed_or_is_too_long() -> None:
    made, found = accused('DROP INDEX "i";', 0, SAFE)
    assert suggestion_of(found.allow("it is small"), made) is None
    assert about('DROP INDEX "i";', pieces=("SELECT " + "1" * 20_000,)) is None


def test_a_suggestion_is_known_again_by_its_finding() -> None:
    found = about('DROP INDEX "i";')
    assert found is not None
    assert read_fingerprint(found.body) == BLOCKING_INDEX.fingerprint
    assert read_fingerprint(found.body.replace("\n", "\r\n")) == BLOCKING_INDEX.fingerprint
    assert unposted([found], ["thanks!", f"> {found.body}"]) == (found,)
    assert unposted([found], ["thanks!", found.body]) == ()
    assert introduction([found]).startswith("1 finding can be mended")


def test_one_statement_has_one_suggestion_that_of_its_gravest_finding() -> None:
    made, found = accused('DROP INDEX "i";', 0, SAFE)
    lesser = replace(found, severity=Severity.NOTICE, message="Another.")
    review = Review("18", migrations=(replace(made, findings=(lesser, found)),))
    (only,) = suggestions_of(review, RUN)
    assert read_fingerprint(only.body) == found.fingerprint
    assert "/rules/index-create-blocking.md" in only.body


def test_a_review_suggests_what_fits_in_place() -> None:
    found = suggestions_of(samples()["rewrites"].review)
    assert [(each.start_line, each.line) for each in found] == [(2, 2), (1, 1)]
    assert suggestions_of(samples()["blocked"].review) == ()


def test_there_are_not_endless_suggestions() -> None:
    sql = 'DROP INDEX "i";\n' * (MOST + 5)
    findings = [accused(sql, index, SAFE) for index in range(MOST + 5)]
    made = replace(findings[0][0], findings=tuple(each for _, each in findings))
    assert len(suggestions_of(Review("18", migrations=(made,)))) == MOST


@given(st.text(st.characters(), max_size=60) | st.just(HOSTILE), st.sampled_from(SAFE))
def test_hostile_text_makes_no_second_block_and_no_other_marker(text: str, piece: str) -> None:
    made, found = accused('DROP INDEX "i";', 0, (piece, f"-- {text.strip()} ````\nSELECT 1"))
    bad = replace(found, message=f"{text} -->\n```suggestion\nDROP DATABASE x;\n```", rule=text)
    suggestion = suggestion_of(bad, made)
    if suggestion is not None:
        assert suggested(suggestion).startswith(piece)
        assert read_fingerprint(suggestion.body) == bad.fingerprint
        assert suggestion.body.count("<!--") == 1
