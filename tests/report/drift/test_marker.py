import pytest

from bot.core.github.issue import IssueMark
from bot.report.drift.marker import issue_mark_line, read_issue_mark, with_mark
from tests.fakes import NOON

MARK = IssueMark("k-->", "d", NOON)


def test_a_marker_is_read_as_it_was_written() -> None:
    line = issue_mark_line(MARK)
    assert line.count("-->") == 1
    assert read_issue_mark(f"{line}\nText") == MARK
    settled = with_mark(f"{line}\nText", IssueMark("k", "", NOON))
    assert read_issue_mark(settled) == IssueMark("k", "", NOON)
    assert settled.endswith("\nText")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Text\n" + issue_mark_line(MARK),
        "<!-- migration-bot issue v1 {} -->",
        "<!-- migration-bot issue v1 {nonsense} -->",
        '<!-- migration-bot issue v1 {"k": 1, "d": "", "since": "2026-01-01T00:00:00+00:00"} -->',
        '<!-- migration-bot issue v1 {"k": "", "d": "", "since": "2026-01-01"} -->',
        '<!-- migration-bot issue v1 {"k": "", "d": "", "since": 7} -->',
    ],
)
def test_what_is_no_marker_is_none(body: str) -> None:
    assert read_issue_mark(body) is None
