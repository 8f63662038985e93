"""The hidden first line: found on line 1 only, safe whatever is in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.github.marker import Marker
from bot.report.comment.marker import marker, read_marker
from tests.report.samples import HEAD, HOSTILE, RUN


def test_a_marker_reads_back() -> None:
    line = marker("shop", RUN, plan="sha256:ab")
    assert read_marker(f"{line}\n### Heading") == Marker("shop", HEAD, RUN.id, 1, "sha256:ab")


def test_a_marker_tells_which_run_has_rehearsed() -> None:
    assert read_marker(marker("shop", RUN, rehearsed=7)) == Marker(
        "shop", HEAD, RUN.id, 1, rehearsed=7
    )


def test_github_returns_comments_with_carriage_returns() -> None:
    assert read_marker(f"{marker('shop')}\r\nbody") == Marker("shop")


@given(st.text(max_size=80))
def test_whatever_the_key_is_the_marker_stays_one_html_comment(key: str) -> None:
    line = marker(key)
    assert "\n" not in line
    assert line.index("-->") == len(line) - 3
    assert "--" not in line[4:-3]
    assert read_marker(line) == Marker(key)


def test_a_hostile_key_reads_back() -> None:
    assert read_marker(marker(HOSTILE)) == Marker(HOSTILE)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "hello",
        f" {marker('x')}",
        f"quoted:\n{marker('x')}",
        f"> {marker('x')}",
        f"\n{marker('x')}",
        f"{marker('x')} and more on the line",
        "<!-- migration-bot v2 {} -->",
        "<!-- migration-bot v1 {} -->",
        "<!-- migration-bot v1 {not json} -->",
        '<!-- migration-bot v1 {"k": 1, "sha": "", "run": 0, "att": 0, "plan": ""} -->',
        '<!-- migration-bot v1 {"k": "x", "sha": "", "run": "1", "att": 0, "plan": ""} -->',
        '<!-- migration-bot v1 {"k": "x", "sha": "", "run": true, "att": 0, "plan": ""} -->',
        '<!-- migration-bot v1 {"k": "", "sha": "", "run": 1, "att": 0, "plan": "", '
        '"rehearsed": "../../evil"} -->',
    ],
)
def test_anything_but_a_whole_marker_on_line_one_is_none(body: str) -> None:
    assert read_marker(body) is None


@given(st.text(max_size=60))
def test_no_text_makes_reading_fail(text: str) -> None:
    read_marker(text)
    read_marker(f"<!-- migration-bot v1 {{{text}}} -->")


def test_later_runs_and_attempts_come_after() -> None:
    orders = [Marker("x", run=1, attempt=2), Marker("x", run=2, attempt=1)]
    assert orders[0].order < orders[1].order
    assert Marker("x", run=1, attempt=1).order < orders[0].order
