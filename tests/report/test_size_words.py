"""Sizes in words, and in every face of a finding."""

from dataclasses import replace

import pytest

from bot.core.findings.finding import Severity
from bot.core.findings.review import Review
from bot.core.rehearsals.sizes import RelationKind, RelationSize, RowSource, Sizes, SizesNote
from bot.report.comment.markdown import render_markdown
from bot.report.faces.annotations import annotations
from bot.report.formats.as_json import review_json
from bot.report.report import Report
from bot.report.size_words import bytes_words, size_sentence, size_words, sizes_sentence
from bot.report.terminal.check import check_text
from bot.report.terminal.sizes import sizes_text
from tests.report.formats.test_as_json import validated
from tests.report.samples import AT, BLOCKING_INDEX, HOSTILE, INDEX, judged

ORDERS = RelationSize(
    "public.orders",
    bytes=840_000_000,
    indexes=140_000_000,
    rows=1_200_000,
    rows_from=RowSource.PLANNER,
    writes=40.3,
)
LARGE = replace(BLOCKING_INDEX, size=ORDERS, usual=Severity.WARNING)
WEIGHED = Review("18", (judged(INDEX, LARGE),), base="main", sizes=SizesNote("production", AT))
SAID = (
    "orders has 1.2 M rows, 840 MB, about 40 writes a second. It is large, so this is an error; "
    "usually it is a warning."
)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (8192, "8.2 kB"),
        (99_960, "100 kB"),
        (999_600, "1 MB"),
        (840_000_000, "840 MB"),
        (1_240_000_000, "1.2 GB"),
        (5 * 10**15, "5,000 TB"),
    ],
)
def test_bytes(number: int, said: str) -> None:
    assert bytes_words(number) == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "1.2 M rows, 840 MB, about 40 writes a second"),
        ({"writes": 1.2}, "1.2 M rows, 840 MB, about 1 write a second"),
        ({"writes": 0.5}, "1.2 M rows, 840 MB, about 30 writes a minute"),
        ({"writes": 0.001}, "1.2 M rows, 840 MB, about 1 write a minute"),
        ({"writes": 0.0}, "1.2 M rows, 840 MB"),
        ({"writes": None, "rows": 1}, "1 row, 840 MB"),
        ({"writes": None, "rows": 0}, "no rows, 840 MB"),
        ({"writes": None, "rows": 9_999}, "9,999 rows, 840 MB"),
        ({"writes": None, "rows": 12_345}, "12.3 k rows, 840 MB"),
        ({"writes": None, "rows": 3_400_000_000}, "3,400 M rows, 840 MB"),
        (
            {"writes": None, "rows": 5000, "rows_from": RowSource.COUNTERS},
            "about 5,000 rows, 840 MB",
        ),
        (
            {"writes": None, "rows": None},
            "an unknown number of rows (never analysed), 840 MB",
        ),
        ({"writes": None, "measured": False}, "1.2 M rows, 840 MB when last counted"),
    ],
)
def test_a_size(changes: dict[str, object], said: str) -> None:
    assert size_words(replace(ORDERS, **changes)) == said  # type: ignore[arg-type]


def test_a_finding_says_what_its_size_made_of_it() -> None:
    small = replace(LARGE, severity=Severity.NOTICE, usual=Severity.ERROR)

    assert size_sentence(LARGE) == SAID
    assert size_sentence(small).endswith(
        "It is small, so this is a notice; usually it is an error."
    )
    assert size_sentence(replace(LARGE, usual=None)).endswith("a second.")
    assert size_sentence(BLOCKING_INDEX) == ""


def test_a_review_says_how_old_its_sizes_are() -> None:
    assert sizes_sentence(None) == ""
    fresh = "Sizes are those of production, 2026-11-22 14:29 UTC."
    assert sizes_sentence(WEIGHED.sizes) == fresh
    stale = sizes_sentence(SizesNote("production", AT, stale=True))
    assert stale.startswith(f"{fresh} That is more than a month ago")
    assert stale.endswith("migration-bot stats production")


def test_a_terminal_shows_the_size_under_the_message() -> None:
    text = check_text(WEIGHED, width=80)

    assert (
        "  size: orders has 1.2 M rows, 840 MB, about 40 writes a second. It is large, so\n"
        "        this is an error; usually it is a warning.\n"
        "  why: "
    ) in text
    assert "\nSizes are those of production, 2026-11-22 14:29 UTC.\n" in text


def test_a_comment_shows_the_size_and_whose_it_is() -> None:
    text = render_markdown(Report(WEIGHED))

    assert f"\n**Size:** {SAID}\n\n" in text
    assert "· Sizes are those of production, 2026-11-22 14:29 UTC" in text


def test_an_annotation_says_the_size_after_the_message() -> None:
    assert f"%0A%0A{SAID}%0A%0A" in annotations([LARGE])


def test_json_has_numbers_and_words() -> None:
    read = validated("check", review_json(WEIGHED))

    (finding,) = read["migrations"][0]["findings"]
    assert read["sizes"] == {
        "target": "production",
        "taken_at": "2026-11-22T14:29:41Z",
        "stale": False,
    }
    assert finding["size"] == {
        "relation": "public.orders",
        "rows": 1_200_000,
        "bytes": 840_000_000,
        "writes_per_second": 40.3,
        "words": "1.2 M rows, 840 MB, about 40 writes a second",
    }
    assert finding["usual_severity"] == "warning"


def test_a_hostile_name_is_only_text() -> None:
    """A file of sizes may come from anywhere."""
    bad = replace(LARGE, size=replace(ORDERS, relation=HOSTILE))
    review = replace(WEIGHED, migrations=(judged(INDEX, bad),), sizes=SizesNote(HOSTILE, AT))

    text = check_text(review)
    assert not any(character in text for character in "\x1b\u202e")
    assert len(annotations([bad]).splitlines()) == 1
    markdown = render_markdown(Report(review))
    assert "<script" not in markdown
    assert "\x1b" not in markdown


def test_a_table_of_sizes_begins_with_the_greatest() -> None:
    log = RelationSize("public.log", RelationKind.PARTITIONED, bytes=9_000_000_000)
    part = RelationSize("public.log_1", bytes=9_000_000_000, partition_of="public.log")
    text = sizes_text(Sizes("production", AT, 16, (log, part, ORDERS)), width=100)

    lines = [each.split()[0] for each in text.splitlines()[2:5]]
    assert lines == ["public.log", "public.log_1", "public.orders"]
    assert "1.2 M" in text
    assert text.endswith(
        "\nproduction, PostgreSQL 16, 2026-11-22 14:29 UTC: 2 relations, 9.8 GB.\n"
    )


def test_an_empty_database_has_no_table() -> None:
    text = sizes_text(Sizes("production", AT, 16))

    assert text == "production, PostgreSQL 16, 2026-11-22 14:29 UTC: 0 relations, 0 bytes.\n"
