"""Thousands of comments full of hostile text, read by two parsers of GitHub's Markdown.

A link, an image, a mention, a heading, an element or the end of a code block is only where the
templates put one. Needs npm; without it these tests are skipped and say so.
"""

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.report.comment.comment import marker, render_comment
from bot.report.comment.markdown import render_markdown
from tests.npm import installed
from tests.report.hostile_text import PIECES
from tests.report.huge import huge
from tests.report.regenerate import KEY, every
from tests.report.rehearsal_samples import hostile_rehearsal

pytestmark = pytest.mark.slow
SOAK = pytest.mark.soak

HERE = Path(__file__).parent
OURS = {
    *("p", "h3", "h4", "strong", "br", "a", "code", "pre", "span", "b", "sub"),
    *("details", "summary", "table", "thead", "tbody", "tr", "th", "td", "ul", "li"),
    # That the SQL is shortened.
    "blockquote",
}
LINKS = (
    "https://github.com/acme/shop/",
    "https://github.com/migration-bot/migration-bot/blob/main/docs/rules/",
    # A run's address that wants to be more.
    "https://github.com/x%29%20%3Cb%3E",
)
# What GitHub makes a link of in text: a person, an issue, a commit, an address.
REFERENCES = (
    r"(?<![\w/])@[A-Za-z0-9]",
    r"(?:^|[^\w&])#\d",
    r"(?i)\bgh-\d",
    r"(?<!\w)[0-9a-f]{7,40}(?!\w)",
    r"(?i)\b(?:https?|ftp)://",
    r"(?i)\bwww\.",
    r"(?i)\b(?:mailto|xmpp):\w",
    r":[a-z_+\d-]+:",
)
UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff\x00-\x08\x0b-\x1f\x7f]")


def looked_at(bodies: Sequence[str]) -> Iterator[dict[str, Any]]:
    """By one process of node for all of them."""
    folder = installed(HERE / "renderers", unasked="no comment was read as GitHub would")
    given = "".join(f"{json.dumps(body)}\n" for body in bodies)
    done = subprocess.run(
        ["node", "look.mjs"], cwd=folder, input=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    # A line ends nowhere else: JSON of node has U+2028 as it is.
    answers = [json.loads(line) for line in done.stdout.rstrip("\n").split("\n")]
    assert len(answers) == len(bodies)
    yield from answers


def held(body: str, seen: dict[str, Any]) -> None:
    assert set(seen["elements"]) <= OURS
    assert seen["elements"].get("blockquote", 0) <= 1
    assert all(link.startswith(LINKS) for link in seen["links"])
    (title, *others) = seen["headings"]
    assert title[0] == "h3"
    assert all(
        name == "h4" and re.fullmatch(r"🔴 Must change \(\d+\)", text) for name, text in others
    )
    assert seen["last"] == "sub"
    for text in seen["running"]:
        for reference in REFERENCES:
            assert not re.search(reference, text), (reference, text)
        assert not UNSEEN.search(text)
        assert "begin-" not in text
    statements(seen["blocks"])


def statements(blocks: Sequence[str]) -> None:
    """One that begins in a block of code ends there, or the block was closed by what is in it."""
    for block in blocks:
        begun = re.findall(r"^begin-(\d+-\d+)-", block, flags=re.M)
        assert begun == re.findall(r"-end-(\d+-\d+)-;", block)


def check(bodies: Sequence[str]) -> None:
    for body, seen in zip(bodies, looked_at(bodies), strict=True):
        for name in ("remark", "markdownIt", "sanitized"):
            held(body, seen[name])
        assert seen["remark"]["comments"] == seen["markdownIt"]["comments"]
        assert len(seen["remark"]["comments"]) == 1
        assert seen["sanitized"]["elements"] == seen["remark"]["elements"]
        for what in ("elements", "links", "headings", "summaries"):
            assert seen["remark"][what] == seen["markdownIt"][what]


def test_every_expected_comment_is_read_alike_and_as_meant() -> None:
    check([render_comment(report, KEY) for report in every().values()])


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=SOAK) for seed in range(1, 18))])
def test_hostile_reports_are_text_and_nothing_else(seed: int) -> None:
    random = Random(seed)
    check([render_comment(huge(random, most=2), KEY) for _ in range(30)])


@SOAK
@pytest.mark.parametrize("seed", range(100, 110))
def test_hostile_reports_that_had_to_be_shortened_are_text_and_nothing_else(seed: int) -> None:
    random = Random(seed)
    first = f"{marker(KEY)}\n"
    made = [render_markdown(huge(random, most=3), budget=8_000) for _ in range(150)]
    check([f"{first}{each}" for each in made])


def test_every_hostile_piece_in_every_place_of_a_rehearsal() -> None:
    pairs = [a + b for a in PIECES for b in ("", "\n", "`", "x")]
    check([render_comment(hostile_rehearsal(each), KEY) for each in pairs])
