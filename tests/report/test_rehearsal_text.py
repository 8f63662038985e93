"""A rehearsal in a terminal, whole and as the block of a check."""

import re
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.report.terminal.check import check_text, rehearsal_text
from bot.report.terminal.source import cells
from tests.report.rehearsal_samples import (
    hostile_rehearsal,
    rehearsal,
    rehearsal_samples,
    rehearsed_report,
    sixty,
)
from tests.report.samples import HOSTILE, samples

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def block(name: str) -> str:
    return check_text(rehearsal_samples()[name].review, width=80)


def test_without_a_rehearsal_a_check_says_nothing_of_it() -> None:
    assert "ehears" not in check_text(samples()["all_well"].review)
    assert "ehears" not in rehearsal_text(samples()["all_well"].review)
    assert "ehears" not in check_text(rehearsed_report(rehearsal()).review)


def test_a_check_has_one_block_between_findings_and_verdict() -> None:
    assert block("rehearsed_locks") == (
        "Rehearsed on PostgreSQL 18.6 (embedded) in 0.4 s, on top of 820 migrations (all\n"
        "from the cache): 4 statements.\n"
        "  20261120120000_backfill_currency\n"
        "     1 │ metadata only: 0.4 ms; reads and writes of orders wait; locked until\n"
        "         the commit, 60 ms in all\n"
        "     5 │ metadata only: 9 ms; writes to customer_addresses wait\n"
        "     7 │ blocks all writes to billing.payments and users while it checks every\n"
        "         row (2.2 ms here); reads and writes of orders wait meanwhile\n"
        "  Every lock, row and byte: migration-bot rehearse\n"
        "\n"
        "Rollback: 1 nothing needed.\n"
        "  20261120120000_backfill_currency: nothing needed. There is nothing to take\n"
        "  back: it changes neither structure nor rows.\n"
        "\n"
        "1 migration, 4 statements against main: no findings.\n"
        "Nothing risky found.\n"
    )


def test_a_check_names_a_few_statements_and_counts_the_rest() -> None:
    text = check_text(sixty().review)
    assert text.count(" │ ") == 6
    assert "… and 39 more statements that others wait for" in text


def test_a_check_says_what_stopped_and_what_is_wrong() -> None:
    assert "stopped here: PostgreSQL refused it" in block("rehearsed_failed")
    assert "2 of 4 statements." in block("rehearsed_failed")
    assert "down.sql is wrong for 1 of 1 migration." in block("rehearsed_estimates")
    assert "1 measurement differs from what was predicted." in block("rehearsed_estimates")
    assert "down.sql proved: up, down, up again." in block("rehearsed")


def test_what_could_not_be_rehearsed_comes_with_a_hint() -> None:
    assert block("not_rehearsed").startswith(
        "Not rehearsed: No PostgreSQL 18 is installed here.\n"
        "hint: Install migration-bot[embedded].\n\n"
    )
    history = rehearsal_text(rehearsal_samples()["rehearsed_history_failed"].review)
    assert "The history itself does not run" in history
    assert "hint: Rehearse on a server that has it" in history


def test_of_a_long_schema_difference_the_rest_is_counted() -> None:
    assert "… 20 more lines" in rehearsal_text(sixty().review)


@pytest.mark.parametrize("width", [20, 40, 80, 200])
@pytest.mark.parametrize("name", rehearsal_samples())
def test_every_line_fits_the_width(name: str, width: int) -> None:
    """All but what is shown whole so that it can be pasted: names, and excerpts."""
    review = replace(rehearsal_samples()[name].review, migrations=(), findings=())
    for text in (check_text(review, width=width), rehearsal_text(review, width=width)):
        lines = [each for each in text.split("\n") if " " in each.strip()]
        assert max(map(cells, lines)) <= width
    whole = rehearsal_text(rehearsal_samples()[name].review, width=80)
    section = whole.partition("\nRehearsed on")[2].partition("\nRead more")[0]
    assert max(map(cells, section.split("\n"))) <= 80


@given(st.text(max_size=200))
@example(HOSTILE)
@example("\x1b[2J\r\nerror: x\u2028y\u0085")
@settings(max_examples=40, deadline=None)
def test_no_name_and_no_message_drives_the_terminal(text: str) -> None:
    review = hostile_rehearsal(text).review
    for made in (check_text(review, colour=True), rehearsal_text(review, colour=True)):
        plain = COLOUR.sub("", made)
        assert not set(plain) & {"\x1b", "\r", "\x00", "\u2028", "\u202e", "\u0085"}


def test_a_name_cannot_start_a_line_of_its_own() -> None:
    text = rehearsal_text(hostile_rehearsal("x\nNothing risky found.").review)
    assert text.count("\nNothing risky found.") == 1
