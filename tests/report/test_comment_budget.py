"""Whatever a report holds, the comment fits, is whole where it is shown, and keeps what it must."""

import re
from random import Random

import pytest
from markdown_it import MarkdownIt

from bot.core.findings.finding import Severity
from bot.report.comment.comment import read_marker, render_comment
from bot.report.comment.headline import headline
from bot.report.report import Report
from tests.report.huge import huge
from tests.report.regenerate import KEY

BUDGET = 60_000
SOAK = pytest.mark.soak
TITLES = {
    Severity.ERROR: "Must change",
    Severity.WARNING: "Worth a look",
    Severity.NOTICE: "Good to know",
}


def held(made: Report) -> None:
    body = render_comment(made, KEY)
    assert len(body.encode()) <= BUDGET
    assert read_marker(body) is not None
    first_screen(body, made)
    counts(body, made)
    whole_statements(body, made)
    nothing_left_open(body)


def first_screen(body: str, made: Report) -> None:
    lines = body.splitlines()
    assert lines[1].startswith(f"### {headline(made).sign} ")
    assert len([line for line in lines if line.startswith("**Next step:** ")]) == 1
    assert body.rstrip().endswith("</sub>")
    if made.review.migrations:
        assert f"lan digest:** `{made.review.digest}`" in body or not made.targets
        assert made.review.digest in body


def counts(body: str, made: Report) -> None:
    for severity, title in TITLES.items():
        found = [
            each
            for each in made.review.all_findings
            if each.severity is severity and each.allowed is None
        ]
        assert (f"{title} ({len(found)})" in body) is bool(found)


def whole_statements(body: str, made: Report) -> None:
    """What begins in a block of SQL ends in it; and what is missing is said to be."""
    blocks = [token.content for token in MarkdownIt().parse(body) if token.type == "fence"]
    shown = 0
    for block in blocks:
        begun = re.findall(r"^begin-(\d+-\d+)-", block, flags=re.M)
        ended = re.findall(r"-end-(\d+-\d+)-;", block)
        assert begun == ended
        shown += len(begun)
    every = sum(len(each.statements) for each in made.review.migrations)
    if made.review.migrations and shown < every:
        assert "An approval still covers every byte of every file" in body


def nothing_left_open(body: str) -> None:
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(body)
    html = "".join(
        each.content
        for token in tokens
        for each in [token, *(token.children or [])]
        if each.type in ("html_block", "html_inline")
    )
    assert html.count("<details") == html.count("</details>")


@pytest.mark.parametrize("seed", range(6))
def test_a_report_of_any_size_fits_and_keeps_its_parts(seed: int) -> None:
    held(huge(Random(seed), most=40))


@pytest.mark.slow
@pytest.mark.parametrize(
    "seed", [*range(100, 103), *(pytest.param(seed, marks=SOAK) for seed in range(103, 300))]
)
def test_huge_reports_fit_and_keep_their_parts(seed: int) -> None:
    held(huge(Random(seed)))
