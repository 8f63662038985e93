"""`check` in a terminal: readable at any width, and nothing in a file can drive the terminal."""

import re
from dataclasses import replace
from datetime import date

import pytest

from bot.core.review import Review
from bot.report.source import cells
from bot.report.text import check_text
from tests.report.samples import BLOCKING_INDEX, HOSTILE, INDEX, judged, samples

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def test_a_finding_is_shown_as_a_compiler_would() -> None:
    assert check_text(samples()["risky_statement"].review, width=80) == (
        "prisma/migrations/20261120100000_index_orders_by_user/migration.sql:2:1 error "
        "index-create-blocking\n"
        '  2 │ CREATE INDEX "orders_user_id_idx" ON "orders"("user_id");\n'
        "    │ ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"
        '  Building "orders_user_id_idx" makes every write to public.orders wait until it\n'
        "  is done.\n"
        "  why: PostgreSQL holds a SHARE lock for the whole build: reads go on, but\n"
        "  INSERT, UPDATE and DELETE wait. On a table of 10 million rows that is minutes.\n"
        "  fix: Build it without blocking, alone in its own migration:\n"
        '       CREATE INDEX CONCURRENTLY "orders_user_id_idx" ON "orders"("user_id");\n'
        "\n"
        "1 migration, 1 statement against main: 1 error. Blocked until the errors are\n"
        "fixed.\n"
    )


@pytest.mark.parametrize("name", samples())
@pytest.mark.parametrize("width", [40, 80, 200])
def test_every_review_fits_every_width(name: str, width: int) -> None:
    text = check_text(samples()[name].review, width=width)
    for line in text.splitlines():
        whole = re.search(r":\d+:\d+ (error|warning|notice) |git mv|CREATE INDEX CONC|DROP", line)
        assert whole or cells(line) <= width


def test_without_colour_there_is_no_escape_at_all() -> None:
    assert "\x1b" not in check_text(samples()["hostile"].review, with_sql=True)


def test_with_colour_only_our_own_escapes_reach_the_terminal() -> None:
    text = check_text(samples()["hostile"].review, colour=True, with_sql=True)
    assert COLOUR.search(text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e]", COLOUR.sub("", text))


def test_text_from_a_file_is_never_markup() -> None:
    named = replace(BLOCKING_INDEX, message="[bold red]x[/] :smile: [link=https://evil]y[/link]")
    text = check_text(Review(postgres="18", migrations=(judged(INDEX, named),)), width=100)
    assert "[bold red]x[/] :smile: [link=https://evil]y[/link]" in text


def test_hostile_text_is_shown_as_written() -> None:
    named = replace(BLOCKING_INDEX, message=HOSTILE.replace("\u202e", "").split("\x1b")[0])
    text = check_text(Review(postgres="18", migrations=(judged(INDEX, named),)), width=400)
    assert named.message.strip() in text


def test_the_planned_sql_is_shown_on_request() -> None:
    review = samples()["all_well"].review
    assert 'ADD COLUMN "note"' not in check_text(review)
    assert 'ALTER TABLE "orders" ADD COLUMN "note" TEXT;\n' in check_text(review, with_sql=True)


def test_allowed_findings_are_a_line_with_their_reason() -> None:
    text = check_text(samples()["warnings"].review, width=200)
    assert "allowed column-name-case: the export format asks for it\n" in text
    assert "2 warnings, 1 notice and 1 allowed. Nothing blocks; read the warnings.\n" in text


def test_no_new_migrations_is_one_line() -> None:
    assert check_text(Review(postgres="18", base="main")) == "No new migrations against main.\n"


def test_a_finding_about_the_history_has_no_excerpt() -> None:
    about = replace(BLOCKING_INDEX, path="prisma/migrations", statement=None)
    text = check_text(Review(postgres="18", findings=(about,)))
    assert text.startswith("prisma/migrations:2:1 error index-create-blocking\n  Building")


def test_an_allowance_that_ends_says_when() -> None:
    ending = BLOCKING_INDEX.allow("40 rows", date(2026, 12, 31))
    text = check_text(Review(postgres="18", migrations=(judged(INDEX, ending),)), width=200)
    assert "allowed index-create-blocking until 2026-12-31: 40 rows\n" in text
    assert "1 allowed. Nothing risky found." in text


def test_what_was_not_judged_or_not_shown_is_told() -> None:
    review = Review(postgres="18", baseline="20240101000000_a", accepted=812, left_out=1)
    assert check_text(review, width=200) == (
        "812 migrations up to 20240101000000_a are the baseline and not judged. "
        "1 finding is excluded by the configuration.\n"
        "No new migrations.\n"
    )


def test_a_baseline_that_took_nothing_out_is_not_worth_a_word() -> None:
    review = Review(postgres="18", baseline="20240101000000_a", base="main")
    assert check_text(review) == "No new migrations against main.\n"
